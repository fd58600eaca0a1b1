// Records one RTSP session as a fixture: `node scripts/record-rtsp.ts rtsp://user:password@host:port/path udp|tcp SECONDS FILE.pcapng`.
// What the file holds is what an inspection's recording holds: every byte of both directions, credentials overwritten.
import { writeFileSync } from 'node:fs'
import { createPcapngWriter, silentLog, systemClock as clock, systemRandom as random } from '../src/base/index.ts'
import { createPipeline, createPorts, createRelays, createRtspSource } from '../src/media/index.ts'

const [url = '', transport = 'tcp', seconds = '2', file = 'session.pcapng'] = process.argv.slice(2)
/** Recordings do not say when they were made: they begin on 2026-01-01T00:00Z. */
const beginUs = Date.UTC(2026, 0, 1) * 1000
const ports = createPorts({ first: 41_000, last: 41_098, clock })
const writer = createPcapngWriter('yiji record-rtsp')
const blocks = [writer.header()]
let zeroUs: number | undefined
const relays = createRelays({
  clock,
  log: { ...silentLog, info: (fields, message) => console.error(message, fields) },
  createPipeline,
  openReceiver: () => Promise.reject(new Error('a camera that is pulled needs none')),
  upstreamFor: () => Promise.resolve(createRtspSource({ url, transport: transport === 'udp' ? 'udp' : 'tcp', ports, bindHost: '127.0.0.1', clock, log: silentLog, random })),
})
const member = relays.join('camera', {
  kind: 'inspector',
  onWire: (event) => {
    zeroUs ??= event.atUs
    blocks.push(writer.wire({ ...event, atUs: beginUs + event.atUs - zeroUs }))
  },
})
const joined = await member.joined
if (joined.ok) await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000))
console.log(joined, relays.list())
await member.leave({ linger: false })
await relays.close()
writeFileSync(file, Buffer.concat(blocks))
