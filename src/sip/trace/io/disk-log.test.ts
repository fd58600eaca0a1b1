import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { chew } from '../../../base/chew.ts'
import { manualClock, ParseError, silentLog, type Log } from '../../../base/index.ts'
import type { Address } from '../../types.ts'
import { mergeRecords, readHead } from '../block.ts'
import type { TraceRecord } from '../types.ts'
import { openDiskLog } from './disk-log.ts'

const at: Address = { transport: 'udp', host: '203.0.113.7', port: 5060 }
const id = (n: number): string => `3201160000118${String(n).padStart(7, '0')}`
const message = (seq: number, text = `MESSAGE sip:${seq}@3201160000 SIP/2.0\r\nCall-ID: ${seq}-\xb6\xab\xc3\xc5\r\n\r\n`): TraceRecord => ({ kind: 'message', seq, atUs: seq * 1000, direction: 'in', local: at, remote: at, text, length: text.length })
const note = (seq: number): TraceRecord => ({ kind: 'note', seq, atUs: seq * 1000, note: { type: 'presence', from: 'online', to: 'offline', reason: 'keepalive-lost' } })

function folder(t: { teardown: (f: () => void) => void }): string {
  const path = mkdtempSync(join(tmpdir(), 'yiji-disk-log-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return join(path, 'traces')
}
const noise = (length: number, seed: number): string => {
  let state = seed
  return Array.from({ length }, () => String.fromCharCode(33 + ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16) % 94)).join('')
}

t.test('what was written yesterday is read today, one device without the others', async (t) => {
  const path = folder(t)
  const first = openDiskLog({ folder: path, limitBytes: 1e6, clock: manualClock(), log: silentLog })
  for (let n = 0; n < 50; n++) for (let i = 0; i < 4; i++) first.write(id(n), message(n * 10 + i))
  first.write(id(7), note(900))
  await first.close()
  t.equal(readdirSync(path).length, 1)

  const second = openDiskLog({ folder: path, limitBytes: 1e6, clock: manualClock(Date.UTC(2026, 0, 2)), log: silentLog })
  t.teardown(() => second.close())
  t.same(await second.read(id(7), 100), [message(70), message(71), message(72), message(73), note(900)])
  t.same(await second.read(id(51), 100), [])
  second.write(id(7), message(2000))
  t.same((await second.read(id(7), 2)).map(({ seq }) => seq), [900, 2000], 'the latest, and what was not yet written is there too')
  t.match(second.stats(), { state: 'ok', segments: 2, written: 1, lost: 0 })
  t.equal(statSync(join(path, readdirSync(path)[0] ?? '')).mode & 0o007, 0, 'nobody else may read it')
})

t.test('it stays within its bound, the oldest go first', async (t) => {
  const path = folder(t)
  const log = openDiskLog({ folder: path, limitBytes: 1024 * 1024, clock: manualClock(), log: silentLog, batchBytes: 64 * 1024 })
  t.teardown(() => log.close())
  for (let i = 0; i < 120; i++) {
    log.write(id(1), message(i, noise(40_000, i + 1)))
    if (i % 10 === 0) await log.flush()
  }
  await log.flush()
  const size = readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0)
  t.ok(size <= 1024 * 1024 + 300_000, `${size} bytes`)
  const found = await log.read(id(1), 1000)
  t.equal(found.at(-1)?.seq, 119)
  t.ok((found[0]?.seq ?? 0) > 50 && found.length > 5)
  t.equal(log.stats().lost, 0)
})

t.test('a folder that cannot be written costs one line, and is tried again', async (t) => {
  const path = folder(t)
  writeFileSync(path, 'a file where the folder should be')
  const lines: string[] = []
  const said: Log = { ...silentLog, warn: (_fields, text) => void lines.push(text), info: (_fields, text) => void lines.push(text) }
  const clock = manualClock()
  const log = openDiskLog({ folder: path, limitBytes: 1e6, clock, log: said })
  t.teardown(() => log.close())
  for (let i = 0; i < 5; i++) {
    log.write(id(1), message(i))
    await log.flush()
  }
  t.same(await log.read(id(1), 10), [])
  t.equal(lines.length, 1)
  t.match(lines[0], /not written to the disk/)
  t.match(log.stats(), { state: 'broken', lost: 5 })
  rmSync(path)
  clock.advance(61_000)
  log.write(id(1), message(9))
  t.same((await log.read(id(1), 10)).map(({ seq }) => seq), [9])
  t.match(lines, [/not written/, /again/])
  t.equal(log.stats().state, 'ok')
})

t.test('a batch is written by itself after two seconds', async (t) => {
  const path = folder(t)
  const clock = manualClock()
  const log = openDiskLog({ folder: path, limitBytes: 1e6, clock, log: silentLog })
  t.teardown(() => log.close())
  log.write(id(1), message(1))
  t.equal(clock.pending(), 1)
  clock.advance(2_000)
  await log.flush()
  t.equal(log.stats().written, 1)
  t.equal(clock.pending(), 0)
})

t.test('damaged segments: what is whole before the damage is read, nothing throws', async (t) => {
  const path = folder(t)
  const made = openDiskLog({ folder: path, limitBytes: 1e6, clock: manualClock(), log: silentLog })
  for (let block = 0; block < 3; block++) {
    for (let i = 0; i < 5; i++) made.write(id(1), message(block * 10 + i))
    await made.flush()
  }
  await made.close()
  const file = join(path, readdirSync(path)[0] ?? '')
  const whole = readFileSync(file)
  const reader = openDiskLog({ folder: path, limitBytes: 1e6, clock: manualClock(), log: silentLog })
  t.teardown(() => reader.close())
  t.equal((await reader.read(id(1), 100)).length, 15)
  for (let cut = 0; cut <= whole.length; cut += 37) {
    writeFileSync(file, whole.subarray(0, cut))
    t.ok([0, 5, 10, 15].includes((await reader.read(id(1), 100)).length))
  }
  for (const bytes of chew([whole], 300, 11)) {
    writeFileSync(file, bytes)
    await reader.read(id(1), 100)
  }
  for (const bytes of chew([whole.subarray(0, 60)], 2000, 12)) {
    try {
      readHead(bytes)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
  chmodSync(file, 0o000)
  await reader.read(id(1), 100)
  t.pass('unreadable, too')
})

t.test('disk and memory make one list', async (t) => {
  const cut: TraceRecord = { kind: 'message', seq: 2, atUs: 2000, direction: 'in', local: at, remote: at, text: 'MES', length: 7 }
  const whole: TraceRecord = { ...cut, text: 'MESSAGE' }
  const run = (count: number): TraceRecord => ({ kind: 'run', what: 'keepalives', seq: 3, atUs: 3000, lastUs: 4000, count, remote: at })
  t.same(mergeRecords([note(1), whole, run(4)], [cut, run(9), note(5)]), [note(1), whole, run(9), note(5)])
})
