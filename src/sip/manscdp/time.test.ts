import t from 'tap'
import { formatTime, parseTime } from './time.ts'

const noon = Date.UTC(2026, 0, 2, 4, 0, 0)

t.test('times as devices write them', async (t) => {
  const read: readonly (readonly [string, number | undefined])[] = [
    ['2026-01-02T12:00:00', noon],
    ['2026-01-02T12:00:00.000', noon],
    ['2026-01-02T12:00:00.5', noon + 500],
    ['2026-01-02T12:00:00.123456789', noon + 123],
    ['2026-01-02T12:00:00,25', noon + 250],
    ['2026-01-02T12:00:00+08:00', noon],
    ['2026-01-02T12:00:00+0800', noon],
    ['2026-01-02T04:00:00Z', noon],
    ['2026-01-01T23:00:00-05:00', noon],
    ['2026-01-02 12:00:00', noon],
    ['2026/01/02 12:00:00', noon],
    ['2026-1-2T12:0:0', noon],
    ['20260102T120000', noon],
    ['20260102120000', noon],
    ['2026-01-02T12:00', noon],
    ['2026-01-02', noon - 12 * 3600_000],
    ['2026-01-02T11:59:60', noon],
    ['2026-01-02T11:58:120', noon],
    ['2026-01-02T11:60:00', noon],
    ['2026-01-01T24:00:00', noon - 12 * 3600_000],
    [' 2026-01-02T12:00:00 ', noon],
    ['', undefined],
    ['now', undefined],
    ['0000-00-00T00:00:00', undefined],
    ['2026-13-01T00:00:00', undefined],
    ['2026-01-32T00:00:00', undefined],
    ['2026-01-02T25:00:00', undefined],
    ['2026-01-02T12:00:00 CST', undefined],
    ['1767326400', undefined],
  ]
  for (const [text, ms] of read) t.equal(parseTime(text), ms, text)
})

t.test('written in Beijing time without a zone; milliseconds only when there are any', async (t) => {
  t.equal(formatTime(noon), '2026-01-02T12:00:00')
  t.equal(formatTime(noon + 7), '2026-01-02T12:00:00.007')
  t.equal(formatTime(Date.UTC(2025, 11, 31, 16)), '2026-01-01T00:00:00')
  for (const ms of [0, noon, noon + 999, Date.UTC(2099, 11, 31)]) t.equal(parseTime(formatTime(ms)), ms)
})
