// RTCP: packets read and written, and our own reports as arithmetic of RFC 3550. Bytes from fixtures/rtp.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { ParseError } from '../../base/index.ts'
import { parseRtp, writeRtp } from './packet.ts'
import { createReception } from './reception.ts'
import { createReporter } from './reporter.ts'
import { parseRtcp, writeRtcp, type RtcpPacket } from './rtcp.ts'

const folder = join(import.meta.dirname, '../../../fixtures/rtp')
const fixture = (name: string): Buffer => readFileSync(join(folder, name))
const camera = 0x05f5ed76

t.test('a sender report with a block, and a description', (t) => {
  t.same(parseRtcp(fixture('rtcp-sr-sdes.rtcp')), [
    {
      type: 'sender-report',
      ssrc: camera,
      ntp: { seconds: 0xe8a1b2c3, fraction: 0x80000000 },
      rtpTimestamp: 900_000,
      packets: 1561,
      octets: 1_747_208,
      reports: [{ ssrc: 7, fractionLost: 25, lost: 3, highestSequence: 0x1fde8, jitter: 90, lastSr: 0xb2c38000, delaySinceLastSr: 65_536 }],
    },
    { type: 'description', sources: [{ ssrc: camera, items: [{ id: 1, text: 'cam@192.0.2' }, { id: 6, text: 'Probe' }] }] },
  ])
  t.end()
})

t.test('a farewell with its reason; what is not known is passed over; padding is no content', (t) => {
  t.same(parseRtcp(fixture('rtcp-rr-bye.rtcp')), [
    { type: 'receiver-report', ssrc: camera, reports: [] },
    { type: 'bye', ssrcs: [camera, 9], reason: 'restart' },
  ])
  t.match(parseRtcp(fixture('rtcp-app-padded.rtcp')), [{ type: 'other', packetType: 204, count: 0 }, { type: 'receiver-report', ssrc: camera, reports: [] }])
  t.same(parseRtcp(Buffer.alloc(0)), [])
  t.end()
})

t.test('write(parse(x)) = x', (t) => {
  for (const name of ['rtcp-sr-sdes.rtcp', 'rtcp-rr-bye.rtcp', 'rtcp-first.rtcp']) t.same(writeRtcp(parseRtcp(fixture(name))), fixture(name), name)
  const farewell: RtcpPacket = { type: 'bye', ssrcs: [1] }
  t.same(parseRtcp(writeRtcp([farewell, { type: 'other', packetType: 205, count: 1, bytes: Buffer.alloc(8) }])), [farewell, { type: 'other', packetType: 205, count: 1, bytes: Buffer.alloc(8) }])
  t.equal(writeRtcp([{ type: 'bye', ssrcs: [], reason: 'x'.repeat(300) }]).length, 4 + 256, 'a text is cut')
  t.end()
})

t.test('damaged ones are refused with rtcp.malformed', (t) => {
  const damaged = readdirSync(folder).filter((name) => name.startsWith('rtcp-damaged'))
  t.equal(damaged.length, 4)
  for (const name of damaged) t.throws(() => parseRtcp(fixture(name)), { name: 'ParseError', code: 'rtcp.malformed' }, name)
  t.end()
})

t.test('chewing: only ParseError, the input is not altered, and what is read is written again', (t) => {
  const samples = readdirSync(folder).filter((name) => name.endsWith('.rtcp')).map(fixture)
  let whole = 0
  for (const bytes of chew(samples, 20_000, 3550)) {
    const before = Buffer.from(bytes)
    try {
      const packets = parseRtcp(bytes)
      whole++
      const again = parseRtcp(writeRtcp(packets))
      if (packets.every((packet) => packet.type === 'sender-report' || packet.type === 'receiver-report')) t.strictSame(again, packets)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
    if (!bytes.equals(before)) t.fail('the input was altered')
  }
  t.ok(whole > 1000, `${whole} of 20,000 could be read`)
  t.end()
})

/** A reception of packets by sequence number, 40 ms apart, of a camera whose clock runs true. */
const receptionOf = (sequences: readonly number[], ssrc = camera) => {
  const reception = createReception()
  sequences.forEach((sequence, i) => {
    const bytes = writeRtp({ payloadType: 96, sequence, timestamp: i * 3600, ssrc, payload: Buffer.alloc(10) })
    reception.note(parseRtp(bytes), bytes.length, i * 40_000)
  })
  return reception
}

t.test('our report: who, how much is missing, the last report of the sender and how long ago', (t) => {
  const reporter = createReporter()
  reporter.heard(fixture('rtcp-sr-sdes.rtcp'), 1_000_000)
  const reception = receptionOf([65_534, 65_535, 0, 2, 3, 3])
  const soFar = reception.soFar()
  if (!soFar) return t.end()
  const [report, description] = parseRtcp(reporter.report(soFar, 'yiji@192.0.2.1', 3_500_000))
  t.match(report, {
    type: 'receiver-report',
    reports: [{ ssrc: camera, fractionLost: 0, lost: 0, highestSequence: 0x10003, jitter: 0, lastSr: 0xb2c38000, delaySinceLastSr: 163_840 }],
  })
  t.match(description, { type: 'description', sources: [{ items: [{ id: 1, text: 'yiji@192.0.2.1' }] }] })
  t.not((report as { ssrc: number }).ssrc, camera, 'under a number of our own')
  t.match(reporter.figures(), { senderReports: 1, sent: 1, malformed: 0 })
  t.end()
})

t.test('our report: loss of the interval and of the whole; a sender that begins anew begins a new count', (t) => {
  const reporter = createReporter()
  const block = (reception: ReturnType<typeof receptionOf>) => {
    const soFar = reception.soFar()
    const [report] = soFar ? parseRtcp(reporter.report(soFar, 'a', 0)) : []
    return report?.type === 'receiver-report' ? report.reports[0] : undefined
  }
  const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
  t.match(block(receptionOf([...numbers(0, 50), ...numbers(75, 100)])), { fractionLost: 64, lost: 25, highestSequence: 99, lastSr: 0, delaySinceLastSr: 0 })
  t.match(block(receptionOf([...numbers(0, 50), ...numbers(75, 200)])), { fractionLost: 0, lost: 25, highestSequence: 199 })
  t.match(block(receptionOf(numbers(0, 10), 5)), { ssrc: 5, fractionLost: 0, lost: 0, highestSequence: 9 })
  t.equal(createReception().soFar(), undefined, 'nothing to report before the first packet')
  t.end()
})

t.test('reports that cannot be read are counted, farewells too', (t) => {
  const reporter = createReporter()
  reporter.heard(fixture('rtcp-damaged-length.rtcp'), 0)
  reporter.heard(fixture('rtcp-rr-bye.rtcp'), 0)
  t.match(reporter.figures(), { malformed: 1, receiverReports: 1, byes: 1, senderReports: 0 })
  t.end()
})
