import t from 'tap'
import { ParseError } from '../../base/index.ts'
import { chew } from '../../base/chew.ts'
import { parseMediaFormat, writeMediaFormat } from './media-format.ts'

t.test('every code of the standard, read and written back', async (t) => {
  const cases: readonly (readonly [string, object])[] = [
    ['v/2/6/25/1/4000a/1/8/1', { video: { codec: 'h264', resolution: '1080P', fps: 25, bitRateType: 'cbr', kbps: 4000 }, audio: { codec: 'g711', kbps: 64, kHz: 8 } }],
    ['v/////a/1/8/1', { video: {}, audio: { codec: 'g711', kbps: 64, kHz: 8 } }],
    ['v/////a///', { video: {}, audio: {} }],
    ['v/5/1920x1080/30/2/100000a/6/15/17', { video: { codec: 'h265', resolution: '1920x1080', fps: 30, bitRateType: 'vbr', kbps: 100000 }, audio: { codec: 'aac', kbps: 192, kHz: 38.4 } }],
    ['v/7/9/25/3/0a/8/16/12', { video: { codec: 'code:7', resolution: 'code:9', fps: 25, bitRateType: 'code:3', kbps: 0 }, audio: { codec: 'code:8', kbps: 'code:16', kHz: 'code:12' } }],
  ]
  for (const [text, value] of cases) {
    t.same(parseMediaFormat(text), value, text)
    t.equal(writeMediaFormat(parseMediaFormat(text)), text)
  }
  const codes = (make: (code: number) => string, count: number) => Array.from({ length: count }, (_, i) => make(i + 1))
  const all = [...codes((n) => `v/${n}////a///`, 5), ...codes((n) => `v//${n}///a///`, 6), ...codes((n) => `v////${n}/a///`, 2), ...codes((n) => `v/////a/${n}//`, 6), ...codes((n) => `v/////a//${n}/`, 15), ...codes((n) => `v/////a///${n}`, 11)]
  for (const text of all) {
    t.equal(writeMediaFormat(parseMediaFormat(text)), text)
    t.notMatch(JSON.stringify(parseMediaFormat(text)), /code:/, text)
  }
})

t.test('as devices write it: empty, a blank between the parts, one part alone, cut short', async (t) => {
  t.same(parseMediaFormat(''), { video: {}, audio: {} })
  t.match(parseMediaFormat('v/2/4/25/1/2048 a/1/8/1'), { video: { kbps: 2048 }, audio: { kbps: 64 } })
  t.match(parseMediaFormat('a/1/8/1'), { video: {}, audio: { codec: 'g711' } })
  t.match(parseMediaFormat('v/2/6'), { video: { codec: 'h264', resolution: '1080P' } })
  for (const text of ['x', 'v/2/6/fast/1/1a///', 'v/2/6/25/1/100001a///', 'v/2/<x>////a///', `v/${'1'.repeat(300)}`]) t.throws(() => parseMediaFormat(text), { code: 'sdp.malformed' }, text.slice(0, 20))
})

t.test('chewed lines raise ParseError and nothing else', async (t) => {
  let refused = 0
  for (const bytes of chew(['v/2/6/25/1/4000a/1/8/1', 'v/5/1920x1080/25/2/2048a///', 'v/////a/1/8/1'].map((text) => Buffer.from(text)), 4000, 26)) {
    try {
      const value = parseMediaFormat(bytes.toString('latin1'))
      t.same(parseMediaFormat(writeMediaFormat(value)), value)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      refused++
    }
  }
  t.ok(refused > 500 && refused < 4000, `${refused} of 4000 refused`)
})
