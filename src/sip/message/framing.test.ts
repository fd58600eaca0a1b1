// The framer: the same stream cut anywhere gives the same messages; wrong lengths, noise and bounds.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { createFramer, parseMessage, type FramedItem } from './index.ts'

const fixture = (name: string): Buffer => readFileSync(new URL(`../../../fixtures/sip/${name}`, import.meta.url))
const xml = '<?xml version="1.0"?>\r\n<Notify>\r\n<SN>12</SN>\r\n<Info>MESSAGE sip: is no start line</Info>\r\n</Notify>\r\n'
const sdp = 'v=0\r\ns=Play\r\nm=video 30000 RTP/AVP 96\r\ny=0200000031\r\n'

function message(options: { readonly n: number; readonly type?: string; readonly body?: string; readonly length?: number | string }): string {
  const type = options.type === undefined ? '' : `Content-Type: ${options.type}\r\n`
  const length = options.length === undefined ? '' : `Content-Length: ${options.length}\r\n`
  return `MESSAGE sip:a@3402000000 SIP/2.0\r\nVia: SIP/2.0/TCP b\r\nCSeq: ${options.n} MESSAGE\r\n${type}${length}\r\n${options.body ?? ''}`
}
const MANSCDP = 'Application/MANSCDP+xml'
const good = (n: number): string => message({ n, type: MANSCDP, body: xml, length: xml.length })

/** Each message as its CSeq number and its body, then a final flush. */
function read(pieces: readonly Buffer[]): { readonly messages: readonly string[]; readonly pings: number; readonly skipped: number; readonly repairs: readonly string[] } {
  const framer = createFramer()
  const items: FramedItem[] = []
  for (const piece of pieces) items.push(...framer.push(piece))
  items.push(...framer.flush())
  const messages = items.flatMap((item) => (item.type === 'message' ? [item] : []))
  return {
    messages: messages.map((item) => {
      const end = item.bytes.indexOf('\r\n\r\n')
      return `${/CSeq: *(\d+)/i.exec(item.bytes.toString('latin1'))?.[1] ?? '?'} ${item.bytes.subarray(end + 4).toString('latin1')}`
    }),
    pings: items.filter((item) => item.type === 'ping').length,
    skipped: items.reduce((sum, item) => sum + (item.type === 'skipped' ? item.length : 0), 0),
    repairs: messages.map((item) => item.repaired ?? ''),
  }
}

const streams: Readonly<Record<string, { readonly text: string; readonly messages: readonly string[]; readonly repairs?: readonly string[]; readonly pings?: number; readonly skipped?: number }>> = {
  'three in a row': { text: good(1) + good(2) + message({ n: 3, length: 0 }), messages: [`1 ${xml}`, `2 ${xml}`, '3 '] },
  'pings and blanks between': { text: `\r\n\r\n${good(1)}\r\n\r\n\r\n\r\n\0${good(2)}\r\n`, messages: [`1 ${xml}`, `2 ${xml}`], pings: 3 },
  'length missing, XML': {
    text: message({ n: 1, type: MANSCDP, body: xml }) + good(2),
    messages: [`1 ${xml.trimEnd()}`, `2 ${xml}`],
    repairs: ['length-missing', ''],
  },
  'length missing, SDP': { text: message({ n: 1, type: 'application/sdp', body: sdp }) + good(2), messages: [`1 ${sdp}`, `2 ${xml}`], repairs: ['length-missing', ''] },
  'length missing, no body': { text: message({ n: 1 }) + good(2), messages: ['1 ', `2 ${xml}`], repairs: ['length-missing', ''] },
  'length means nothing': { text: message({ n: 1, type: MANSCDP, body: xml, length: '-1' }) + good(2), messages: [`1 ${xml.trimEnd()}`, `2 ${xml}`], repairs: ['length-missing', ''] },
  'length zero with a body': { text: message({ n: 1, type: MANSCDP, body: xml, length: 0 }) + good(2), messages: [`1 ${xml.trimEnd()}`, `2 ${xml}`], repairs: ['length-short', ''] },
  'length too small': { text: message({ n: 1, type: MANSCDP, body: xml, length: xml.length - 20 }) + good(2), messages: [`1 ${xml.trimEnd()}`, `2 ${xml}`], repairs: ['length-short', ''] },
  'length too small by the last line end': { text: message({ n: 1, type: MANSCDP, body: xml, length: xml.length - 2 }) + good(2), messages: [`1 ${xml.trimEnd()}`, `2 ${xml}`] },
  'length too small, SDP: the rest is skipped': {
    text: message({ n: 1, type: 'application/sdp', body: sdp, length: sdp.length - 10 }) + good(2),
    messages: [`1 ${sdp.slice(0, -10)}`, `2 ${xml}`],
    skipped: 10,
  },
  'length too large': { text: message({ n: 1, type: MANSCDP, body: xml, length: xml.length + 100 }) + good(2), messages: [`1 ${xml}`, `2 ${xml}`], repairs: ['length-long', ''] },
  'length too large by less than a start line': { text: message({ n: 1, type: MANSCDP, body: xml, length: xml.length + 5 }) + good(2), messages: [`1 ${xml}`, `2 ${xml}`], repairs: ['length-long', ''] },
  'length too large by one': { text: message({ n: 1, type: 'application/sdp', body: sdp, length: sdp.length + 1 }) + good(2), messages: [`1 ${sdp}`, `2 ${xml}`], repairs: ['length-long', ''] },
  'next message glued to the closing root': {
    text: message({ n: 1, type: MANSCDP, body: xml.trimEnd(), length: xml.length + 30 }) + good(2),
    messages: [`1 ${xml.trimEnd()}`, `2 ${xml}`],
    repairs: ['length-long', ''],
  },
  'length zero, announced body that is not there': { text: message({ n: 1, type: MANSCDP, length: 0 }) + good(2), messages: ['1 ', `2 ${xml}`] },
  'XML that never closes': { text: message({ n: 1, type: MANSCDP, body: '<Notify><SN>1', length: 13 }) + good(2), messages: ['1 <Notify><SN>1', `2 ${xml}`] },
  'noise before, between and on the line': { text: `GET / HTTP/1.1\r\nHost: x\r\n\r\n${good(1)}jaK\0${good(2)}x=1\r\n</Notify>${good(3)}`, messages: [`1 ${xml}`, `2 ${xml}`, `3 ${xml}`], pings: 0, skipped: 14 + 2 + 7 + 2 + 4 + 5 + 9 },
  'headers that break off': { text: `MESSAGE sip:a@b SIP/2.0\r\nVia: x\r\n${good(2)}`, messages: [`2 ${xml}`], skipped: 33 },
  'responses': { text: `SIP/2.0 100 Trying\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\nSIP/2.0 200 OK\r\nCSeq: 2 INVITE\r\nc: APPLICATION/SDP\r\nl: ${sdp.length}\r\n\r\n${sdp}`, messages: ['1 ', `2 ${sdp}`] },
  'bare line feeds': { text: 'OPTIONS sip:a@b SIP/2.0\nCSeq: 1 OPTIONS\nContent-Length: 0\n\nOPTIONS sip:a@b SIP/2.0\nCSeq: 2 OPTIONS\nContent-Length: 0\n\n', messages: ['? ', '? '] },
}

void t.test('streams, whole and cut at every offset', (t) => {
  for (const [name, stream] of Object.entries(streams)) {
    const bytes = Buffer.from(stream.text, 'latin1')
    const whole = read([bytes])
    if (name === 'bare line feeds') t.equal(whole.messages.length, 2, name)
    else t.same(whole.messages, stream.messages, name)
    if (stream.repairs) t.same(whole.repairs, stream.repairs, `${name}: what was repaired`)
    if (stream.pings !== undefined) t.equal(whole.pings, stream.pings, `${name}: pings`)
    if (stream.skipped !== undefined) t.equal(whole.skipped, stream.skipped, `${name}: bytes skipped`)
    const differing = []
    for (let cut = 1; cut < bytes.length; cut++) {
      const halves = read([bytes.subarray(0, cut), bytes.subarray(cut)])
      if (JSON.stringify(halves) !== JSON.stringify(whole)) differing.push(cut)
    }
    t.same(differing, [], `${name}: cut at each of ${bytes.length} offsets`)
    t.same(read(Array.from(bytes, (byte) => Buffer.of(byte))), whole, `${name}: byte by byte`)
  }
  t.end()
})

void t.test('every valid fixture with a true length passes through unchanged', (t) => {
  for (const name of ['bye-bare-to', 'info-jumping-cseq', 'invite-list-headers', 'message-no-cookie', 'options-odd-method', 'register-compact-folded', 'register-ipv6', 'register-raw-gb-name', 'response-no-reason', 'response-raw-reason', 'response-sdp']) {
    const bytes = fixture(`valid/${name}.sip`)
    const items = createFramer().push(Buffer.concat([bytes, bytes]))
    t.same(items, [{ type: 'message', bytes }, { type: 'message', bytes }], name)
  }
  t.end()
})

void t.test('a silence settles what more bytes could still change', (t) => {
  const framer = createFramer()
  t.same(framer.push(Buffer.from(message({ n: 1, type: MANSCDP, body: xml, length: xml.length + 9 }))), [])
  t.ok(framer.isHolding())
  t.match(framer.flush(), [{ type: 'message', repaired: 'length-long' }])
  t.notOk(framer.isHolding())
  t.same(framer.push(Buffer.from(message({ n: 2, type: 'application/sdp', body: sdp.slice(0, 20), length: sdp.length }))), [])
  t.same(framer.flush(), [], 'half a body is no message however long the silence')
  t.match(framer.push(Buffer.from(sdp.slice(20))), [{ type: 'message' }])
  t.same(framer.push(Buffer.from('MESSAGE sip:a@b SIP/2.0\r\nVia: ')), [])
  t.same(framer.flush(), [], 'nor is half a header')
  t.same(framer.stats(), { messages: 2, repaired: 1, skippedBytes: 0, oversize: 0 })
  t.end()
})

void t.test('bounds: header 64 kB, body 2 MB, then on with the next message', (t) => {
  const cases = {
    'a header that never ends': `MESSAGE sip:a@b SIP/2.0\r\nX: ${'x'.repeat(70_000)}`,
    'a line that never ends': 'x'.repeat(70_000),
    'a length above the bound': message({ n: 1, type: MANSCDP, length: 2 * 1024 * 1024 + 1 }),
  }
  for (const [name, text] of Object.entries(cases)) {
    const framer = createFramer()
    const items = framer.push(Buffer.from(text))
    t.notOk(items.some((item) => item.type === 'message' && item.repaired !== 'body-refused'), name)
    t.equal(items.some((item) => item.type === 'message'), name === 'a length above the bound', `${name}: the headers are handed on where they are whole`)
    t.equal(framer.stats().oversize, 1, `${name}: counted`)
    const after = framer.push(Buffer.from(`\r\n${good(2)}`)).filter((item) => item.type === 'message')
    t.equal(after.length, 1, `${name}: the next message is found`)
  }
  const framer = createFramer()
  framer.push(Buffer.from(message({ n: 1, type: MANSCDP, body: '<Notify>' })))
  const chunk = Buffer.alloc(65_536, 'x')
  for (let i = 0; i < 40; i++) framer.push(chunk)
  t.equal(framer.stats().oversize > 0, true, 'a body without a length is bounded too')
  const large = `<Notify>${'x'.repeat(2_000_000)}</Notify>`
  const items = createFramer().push(Buffer.from(message({ n: 1, type: MANSCDP, body: large, length: large.length })))
  t.match(items, [{ type: 'message' }], 'two million bytes are still a message')
  t.end()
})

void t.test('memory is taken only by an unfinished message; one that is dropped leaves the next one whole', (t) => {
  const framer = createFramer()
  framer.push(Buffer.from(good(1) + good(2)))
  t.equal(framer.room(), 0)
  framer.push(Buffer.from(good(3).slice(0, 100)))
  t.equal(framer.room(), 4096)
  t.equal(framer.push(Buffer.from(good(3).slice(100))).length, 1)
  t.equal(framer.room(), 0)
  framer.push(Buffer.from(message({ n: 4, type: MANSCDP, body: xml, length: 100_000 })))
  framer.drop()
  t.same([framer.room(), framer.isHolding()], [0, false])
  t.match(framer.push(Buffer.from(`rest of it\r\n${good(5)}`)), [{ type: 'skipped' }, { type: 'message' }])
  const chunk = Buffer.from(good(6).slice(0, 60))
  const held = createFramer()
  held.push(chunk)
  chunk.fill(0)
  t.match(held.push(Buffer.from(good(6).slice(60))), [{ type: 'message' }], 'what is held is a copy')
  t.end()
})

void t.test('chewed streams: no error, no endless hold, and undamaged messages after the damage are found', (t) => {
  const samples = Object.values(streams).map((stream) => Buffer.from(stream.text, 'latin1'))
  let found = 0
  let rounds = 0
  for (const bytes of chew(samples, 1500, 5118)) {
    const before = Buffer.from(bytes)
    const framer = createFramer()
    const items = [...framer.push(bytes.subarray(0, bytes.length >> 1)), ...framer.push(bytes.subarray(bytes.length >> 1)), ...framer.push(Buffer.from(`\r\n\r\n${good(98)}${good(99)}`)), ...framer.flush()]
    for (const item of items) if (item.type === 'message') parseMessageOrDamage(item.bytes)
    if (items.some((item) => item.type === 'message' && item.bytes.includes('CSeq: 99'))) found++
    if (!bytes.equals(before)) return t.fail('input altered')
    rounds++
  }
  t.ok(found > rounds * 0.99, `the last message came through in ${found} of ${rounds}`)
  t.end()
})

function parseMessageOrDamage(bytes: Buffer): void {
  try {
    parseMessage(bytes)
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ParseError') throw error
  }
}
