import t from 'tap'
import { createRingReader, createRingWriter, ringMemory } from './datagram-ring.ts'

/** The same numbers with each run. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
const ring = (bytes = 0) => {
  const memory = ringMemory(bytes)
  return { writer: createRingWriter(memory), reader: createRingReader(memory) }
}

t.test('what is written is read, once and in order, whatever the sizes and however far the reader is behind', async (t) => {
  const roll = dice(28181)
  const { writer, reader } = ring()
  const waiting: { socket: number; atUs: number; address: number; port: number; length: number; first: number }[] = []
  let [written, refused, wrong] = [0, 0, 0]
  for (let round = 0; round < 200_000; round++) {
    // Long phases of falling behind, and of catching up.
    const isBehind = Math.floor(round / 5_000) % 2 === 0
    if (roll(10) < (isBehind ? 7 : 3)) {
      const length = roll(20) === 0 ? roll(65_508) : roll(1_500)
      const bytes = Buffer.alloc(length, round & 0xff)
      const head = { socket: roll(2 ** 31), atUs: round * 1000.5, address: roll(2 ** 32) | 0, port: roll(65_536) }
      if (writer.write(head.socket, head.atUs, head.address, head.port, bytes)) {
        waiting.push({ ...head, length, first: round & 0xff })
        written++
      } else refused++
    } else
      reader.drain(1 + roll(isBehind ? 2 : 40), (head, bytes) => {
        const due = waiting.shift()
        const isRight = due?.socket === head.socket && due.atUs === head.atUs && due.address === head.address && due.port === head.port && due.length === bytes.length
        if (!isRight || (bytes.length > 0 && (bytes[0] !== due.first || bytes.at(-1) !== due.first))) wrong++
      })
  }
  reader.drain(Infinity, () => waiting.shift())
  t.equal(wrong, 0)
  t.equal(waiting.length, 0)
  t.ok(written > 50_000 && refused > 1_000, `${written} written, ${refused} found no room`)
})

t.test('memory is touched no farther than is needed: an empty ring begins again at the front', async (t) => {
  const memory = ringMemory(16 * 1024 * 1024)
  const [writer, reader] = [createRingWriter(memory), createRingReader(memory)]
  for (let i = 0; i < 20_000; i++) {
    writer.write(1, i, 0, 0, Buffer.alloc(1400, 0xff))
    reader.drain(1, () => {})
  }
  const bytes = Buffer.from(memory)
  const untouched = bytes.subarray(1024 * 1024).every((byte) => byte === 0)
  t.ok(untouched)
})

t.test('who sleeps is told of the next one, once; who fell asleep over something is not asleep', async (t) => {
  const { writer, reader } = ring()
  t.equal(writer.isAsleep(), false)
  t.equal(reader.sleep(), true)
  writer.write(1, 0, 0, 0, Buffer.from('one'))
  t.equal(writer.isAsleep(), true)
  t.equal(writer.wakes(), true)
  t.equal(writer.wakes(), false)
  t.equal(reader.sleep(), false, 'there is something to read')
  t.equal(writer.isAsleep(), false)
  t.equal(reader.drain(10, () => {}), 1)
})

t.test('a reader that breaks on one datagram has read it', async (t) => {
  const { writer, reader } = ring()
  for (const word of ['one', 'two']) writer.write(1, 0, 0, 0, Buffer.from(word))
  t.throws(() => reader.drain(10, () => { throw new Error('broke') }), { message: 'broke' })
  const read: string[] = []
  reader.drain(10, (_, bytes) => read.push(bytes.toString()))
  t.strictSame(read, ['two'])
})
