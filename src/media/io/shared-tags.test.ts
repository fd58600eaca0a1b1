// Tags that are lent to connections: whatever waits in one of them, each viewer gets its own bytes. Real sockets, one of which stops reading.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import t from 'tap'
import { flvVideoTag } from '../flv/tag.ts'
import type { AccessUnit } from '../types.ts'
import { socketSink, writableSink, type FlvSink } from './flv-sink.ts'
import { sendPicture } from './shared-tags.ts'

const picture = (n: number, bytes: number): AccessUnit => ({
  codec: 'h264', pts90k: n * 3600, isKeyframe: false, receivedUs: n, isDamaged: false,
  nalUnits: [Buffer.concat([Buffer.from([0x41]), Buffer.alloc(bytes, n + 1)])],
})

/** A connection with what comes out at its other end. */
async function createLine() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [near] = (await once(server, 'connection')) as [Socket]
  near.setNoDelay(true)
  server.close()
  const chunks: Buffer[] = []
  far.on('data', (chunk: Buffer) => chunks.push(chunk))
  return { near, far, sink: socketSink(near), ended: once(far, 'end').then(() => Buffer.concat(chunks)) }
}

t.test('viewers that read, one that stops for a while, and one behind a response get their own bytes', async (t) => {
  const lines = [await createLine(), await createLine(), await createLine(), await createLine()] as const
  const [, stuck, , plain] = lines
  const sinks: readonly FlvSink[] = lines.map(({ sink, near }) => (near === plain.near ? writableSink(near) : sink))
  const wanted = sinks.map((): Buffer[] => [])
  stuck.far.pause()
  let held = 0
  for (let n = 0; n < 150; n++) {
    const unit = picture(n, n % 50 === 0 ? 300_000 : 40_000 + n * 1_000)
    sinks.forEach((sink, i) => {
      const ms = n * 40 + i * 100_000
      wanted[i]?.push(flvVideoTag(unit, ms))
      t.equal(sendPicture(unit, ms, sink), wanted[i]?.at(-1)?.length)
    })
    held = Math.max(held, stuck.near.writableLength)
    if (n === 120) stuck.far.resume()
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.ok(held > 300_000, 'the stuck one did have to wait')
  for (const { near } of lines) near.end()
  for (const [i, { ended }] of lines.entries()) t.ok((await ended).equals(Buffer.concat(wanted[i] ?? [])), `viewer ${i}`)
})

t.test('a closed connection takes what it is given, and nothing comes of it', async (t) => {
  const line = await createLine()
  line.near.destroy()
  t.equal(sendPicture(picture(1, 100), 0, line.sink), flvVideoTag(picture(1, 100), 0).length)
  await once(line.far, 'close')
})
