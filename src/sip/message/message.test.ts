// Messages against fixtures (valid and damaged twins), round trips, header and URI tables, and chewing.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { ParseError } from '../../base/index.ts'
import type { SipMessage } from '../types.ts'
import { readTag } from './name-addr.ts'
import { splitList } from './header.ts'
import { checkUri } from './uri.ts'
import { readViaKey } from './via.ts'
import { checkMessage, header, headers, isCutShort, markSource, messageLength, parseCSeq, parseMessage, parseNameAddr, parseUri, parseVia, readEssentials, readMessage, reasonPhrase, topVia, withHeader, writeMessage, writeNameAddr } from './index.ts'

const folder = new URL('../../../fixtures/sip/', import.meta.url)
const fixture = (name: string): Buffer => readFileSync(new URL(name, folder))
const namesIn = (kind: 'valid' | 'invalid'): readonly string[] => readdirSync(new URL(`${kind}/`, folder)).sort()
const malformed = { name: 'ParseError', code: 'sip.malformed' }

/** Method or status, bytes of body, and headers that must be found. */
const valid: Readonly<Record<string, readonly [string | number, number, Readonly<Record<string, string>>?]>> = {
  'bye-bare-to.sip': ['BYE', 0, { To: 'sip:34020000002000000031@3402000000;tag=66a' }],
  'info-jumping-cseq.sip': ['INFO', 29, { CSeq: '2147483647 INFO' }],
  'invite-list-headers.sip': ['INVITE', 161, { Date: 'Mon, 01 Jun 2026 10:00:00 GMT' }],
  'message-ipv6-lists.sip': ['MESSAGE', 0, { v: 'SIP/2.0/TCP [2001:DB8::77]:5062;branch=z9hG4bK6a;received=[2001:db8::77] , SIP/2.0/UDP [fe80::1%eth0.2]:5060 ;branch=z9hG4bK6b;maddr=[2001:db8::9]' }],
  'message-length-long.sip': ['MESSAGE', 151],
  'message-length-missing.sip': ['MESSAGE', 151],
  'message-length-padding.sip': ['MESSAGE', 151],
  'message-length-short.sip': ['MESSAGE', 151],
  'message-length-zero.sip': ['MESSAGE', 151],
  'message-no-cookie.sip': ['MESSAGE', 151, { 'Content-Length': '151', 'content-TYPE': 'application/mansCDP+XML', Via: 'SIP/2.0/UDP 192.168.1.64:5060;wlsscid=9;branch=4407731' }],
  'options-blank-before.sip': ['OPTIONS', 0],
  'options-line-feeds.sip': ['OPTIONS', 0, { 'Max-Forwards': '70' }],
  'options-odd-method.sip': ["Ask%20_*+'~", 0],
  'register-bad-header-line.sip': ['REGISTER', 0, { 'Max-Forwards': '70', Expires: '300' }],
  'register-compact-folded.sip': ['REGISTER', 0, { 'Call-ID': 'fold-1', CSeq: '000021 REGISTER', Expires: '300', 'Content-Length': '0', 'max-forwards': '070' }],
  'register-digest.sip': ['REGISTER', 0, { Date: 'Mon, 01 Jun 2026 10:00:00 GMT', 'x-gb-ver': '2.0' }],
  'register-domain-suffix.sip': ['REGISTER', 0],
  'register-ipv6.sip': ['REGISTER', 0],
  'register-raw-gb-name.sip': ['REGISTER', 0],
  'register-raw-gbk-name.sip': ['REGISTER', 0],
  'register-then-another.sip': ['REGISTER', 0],
  'response-no-reason.sip': [100, 0],
  'response-raw-reason.sip': [486, 0],
  'response-sdp.sip': [200, 161],
}

/** The status a request is refused with; `drop` where nothing can be answered. */
const invalid: Readonly<Record<string, 400 | 416 | 505 | 'drop'>> = {
  'bye-open-quote.sip': 400,
  'info-cseq-huge.sip': 400,
  'info-cseq-method.sip': 400,
  'info-no-call-id.sip': 400,
  'invite-blank-uri.sip': 400,
  'message-length-negative.sip': 400,
  'message-length-twice.sip': 400,
  'message-via-port.sip': 400,
  'noise-http.sip': 'drop',
  'noise-nat.sip': 'drop',
  'options-foreign-scheme.sip': 416,
  'options-method-separator.sip': 'drop',
  'options-no-version.sip': 'drop',
  'options-version.sip': 505,
  'options-via-transport.sip': 400,
  'register-host-port.sip': 400,
  'register-ipv6-bare.sip': 400,
  'register-two-from.sip': 400,
  'response-cseq.sip': 400,
  'response-status-huge.sip': 'drop',
}

void t.test('valid messages', (t) => {
  t.same(namesIn('valid'), Object.keys(valid), 'every fixture is in the table')
  for (const [name, [start, bodyLength, wanted = {}]] of Object.entries(valid)) {
    const bytes = fixture(`valid/${name}`)
    const before = Buffer.from(bytes)
    const message = parseMessage(bytes)
    t.equal(message.kind === 'request' ? message.method : message.status, start, name)
    t.equal(message.body.length, bodyLength, `${name}: body`)
    for (const [field, value] of Object.entries(wanted)) t.equal(header(message, field), value, `${name}: ${field}`)
    t.equal(checkMessage(message), undefined, `${name}: complete`)
    t.equal(messageLength(message), writeMessage(message).length, `${name}: its length is known before it is written`)
    t.ok(bytes.equals(before), `${name}: input as it was`)
    const again = parseMessage(writeMessage(message))
    t.ok(sameMeaning(again, message), `${name}: written strictly and read again`)
    t.ok(writeMessage(again).equals(writeMessage(message)), `${name}: and no longer changing`)
  }
  t.end()
})

/** Equal but for Content-Length, which the writer sets. */
function sameMeaning(one: SipMessage, other: SipMessage): boolean {
  const plain = (message: SipMessage): string => JSON.stringify({ ...message, headers: message.headers.filter((field) => !/^(l|content-length)$/i.test(field.name)) })
  return plain(one) === plain(other)
}

void t.test('invalid messages', (t) => {
  t.same(namesIn('invalid'), Object.keys(invalid), 'every fixture is in the table')
  for (const [name, status] of Object.entries(invalid)) {
    const bytes = fixture(`invalid/${name}`)
    if (status === 'drop') {
      t.throws(() => readMessage(bytes), malformed, name)
      continue
    }
    const { message, fault } = readMessage(bytes)
    t.equal((fault ?? checkMessage(message))?.status, status, name)
    if (fault) t.throws(() => parseMessage(bytes), malformed, `${name}: not a message to whoever asks for one`)
  }
  t.end()
})

void t.test('lists, single headers and replacing', (t) => {
  const invite = parseMessage(fixture('valid/invite-list-headers.sip'))
  t.same(headers(invite, 'record-route'), ['<sip:192.0.2.5;lr>', '"x, y" <sip:192.0.2.6;lr;a="1,2">', '<sip:192.0.2.7;lr>'])
  t.same(headers(invite, 's'), ['34020000001320000077:0200000031,34020000002000000031:0'], 'a comma in Subject separates nothing for us')
  t.same(headers(invite, 'Route'), [])
  const v6 = parseMessage(fixture('valid/message-ipv6-lists.sip'))
  t.same(headers(v6, 'Via').map((value) => [parseVia(value).host, parseVia(value).port]), [['2001:db8::77', 5062], ['fe80::1%eth0.2', 5060], ['::ffff:192.0.2.7', undefined]])
  t.same(parseVia(headers(v6, 'Via')[0] ?? '').received, '2001:db8::77')
  t.same(headers(v6, 'Contact').map((value) => parseUri(parseNameAddr(value).uri).host), ['2001:db8::77', '2001:db8::78'])
  t.same(headers(v6, 'Route'), ['<sip:[2001:db8::5]:5061;lr>', '<sip:[2001:db8::6];lr>'])
  t.same([headers(v6, 'Accept').length, headers(v6, 'Date')], [2, ['Mon, 01 Jun 2026 10:00:00 GMT']])
  const digest = parseMessage(fixture('valid/register-digest.sip'))
  t.equal(headers(digest, 'Authorization').length, 1, 'nor do the commas of a digest')
  const folded = parseMessage(fixture('valid/register-compact-folded.sip'))
  t.equal(headers(folded, 'Contact').length, 2)
  t.equal(header(folded, 'Nothing'), undefined)

  const message = { ...folded, headers: [{ name: 'Via', value: 'a' }, { name: 'v', value: 'b' }, { name: 'To', value: 'c' }, { name: 'VIA', value: 'd' }] }
  t.same(withHeader(message, 'via', 'x').headers, [{ name: 'via', value: 'x' }, { name: 'To', value: 'c' }], 'one in the place of the first')
  t.same(withHeader(message, 'Expires', '1').headers.at(-1), { name: 'Expires', value: '1' }, 'or at the end')
  t.equal(message.headers.length, 4, 'the message itself stays')
  t.end()
})

void t.test('addresses', (t) => {
  const table: readonly (readonly [string, string | undefined, string, Record<string, string>])[] = [
    ['<sip:a@b>', undefined, 'sip:a@b', {}],
    ['"Gate \\"N\\" <x>" <sip:a@b;user=ip>;tag=1;x', 'Gate "N" <x>', 'sip:a@b;user=ip', { tag: '1', x: '' }],
    ['Gate north <sip:a@b?h=1>', 'Gate north', 'sip:a@b?h=1', {}],
    ['sip:a@b;tag=1;TAG=2', undefined, 'sip:a@b', { tag: '1' }],
    [' <sip:a@b> ; tag = "q;r" ;; expires=0', undefined, 'sip:a@b', { tag: 'q;r', expires: '0' }],
    ['*', undefined, '*', {}],
    ['<urn:x>;__proto__=1', undefined, 'urn:x', Object.fromEntries([['__proto__', '1']])],
  ]
  for (const [text, displayName, uri, parameters] of table) {
    const address = parseNameAddr(text)
    t.same(address, { ...(displayName !== undefined && { displayName }), uri, parameters }, text)
    t.same(parseNameAddr(writeNameAddr(address)), address, `${text}: written and read again`)
  }
  for (const text of ['', '<>', '<sip:a@b', '"open <sip:a@b>', 'two words', ';tag=1']) t.throws(() => parseNameAddr(text), malformed, text)
  const gb = parseNameAddr(header(parseMessage(fixture('valid/register-raw-gb-name.sip')), 'From') ?? '')
  t.equal(Buffer.from(gb.displayName ?? '', 'latin1').toString('hex'), 'c3c5bfda', 'raw GB bytes stay whole')
  t.end()
})

void t.test('names in GBK whose last byte is a backslash, in UTF-8, cut in the middle of a character', (t) => {
  const message = parseMessage(fixture('valid/register-raw-gbk-name.sip'))
  const hex = (value: string | undefined): string => Buffer.from(parseNameAddr(value ?? '').displayName ?? '', 'latin1').toString('hex')
  t.equal(hex(header(message, 'From')), 'c3c5825c')
  t.equal(hex(header(message, 'To')), '825cc3c5', 'unquoted too')
  const contacts = headers(message, 'Contact')
  t.same(contacts.map(hex), ['e997a820223222', '825c'], 'the comma between the two is found')
  t.equal(parseNameAddr(contacts[1] ?? '').parameters['q'], '0.5')
  const table: readonly (readonly [bytes: string, name: string])[] = [
    ['"\x82\x5c\x82\x5c"', '\x82\x5c\x82\x5c'],
    ['"\xc3"', '\xc3'],
    ['"\x82\x5c\x5c\x22"', '\x82\x5c"'],
    ['"\xe9\x97\xa8\x5c\x22"', '\xe9\x97\xa8"'],
    ['"\xf0\xa0\xae\xb7\x5c\x5c"', '\xf0\xa0\xae\xb7\x5c'],
  ]
  for (const [quoted, name] of table) {
    const address = parseNameAddr(`${quoted} <sip:a@b>;tag="x;y"`)
    t.same([address.displayName, address.uri, address.parameters['tag']], [name, 'sip:a@b', 'x;y'], JSON.stringify(quoted))
    t.same(parseNameAddr(writeNameAddr(address)), address, 'written and read again')
  }
  t.end()
})

void t.test('URIs', (t) => {
  t.same(parseUri('sip:34020000002000000031@3402000000'), { scheme: 'sip', user: '34020000002000000031', host: '3402000000', parameters: {} })
  t.same(parseUri('SIPS:u;p=1%40:secret@[2001:DB8::1]:5061;transport=tcp;lr?Subject=a@b'), {
    scheme: 'sips',
    user: 'u;p=1%40',
    password: 'secret',
    host: '2001:db8::1',
    port: 5061,
    parameters: { transport: 'tcp', lr: '' },
    headers: 'Subject=a@b',
  })
  t.same(parseUri('sip:192.0.2.1'), { scheme: 'sip', host: '192.0.2.1', parameters: {} })
  for (const text of ['', 'sip:', 'sip:@', 'sip:a@', 'tel:1', 'sip:a@b:0', 'sip:a@b:65536', 'sip:a@b:x', 'sip:a b@c', 'sip:a@2001:db8::1', '<sip:a@b>', 'sip:a@b,c']) {
    t.throws(() => parseUri(text), malformed, text)
  }
  t.end()
})

void t.test('Via and CSeq', (t) => {
  const via = parseVia('SIP/2.0/udp 192.0.2.1:5062;branch=z9hG4bK1;rport')
  t.match(via, { transport: 'UDP', host: '192.0.2.1', port: 5062, branch: 'z9hG4bK1', rport: true })
  t.match(parseVia('SIP / 2.0 / TCP [2001:db8::1] ;received=[2001:db8::2];rport=9'), { transport: 'TCP', host: '2001:db8::1', received: '2001:db8::2', rport: 9 })
  t.equal(parseVia('SIP/2.0/UDP a').branch, undefined)
  for (const text of ['', 'SIP/2.0/UDP', 'SIP/UDP a', 'HTTP/1.1 a', 'SIP/2.0/UDP a:b', 'SIP/2.0/UDP [::1']) t.throws(() => parseVia(text), malformed, text)
  const source = { host: '198.51.100.7', port: 40001 }
  t.equal(markSource('SIP/2.0/UDP 192.0.2.1;branch=b;rport', source), 'SIP/2.0/UDP 192.0.2.1;branch=b;rport=40001;received=198.51.100.7')
  t.equal(markSource('SIP/2.0/UDP 192.0.2.1;branch=b', source), 'SIP/2.0/UDP 192.0.2.1;branch=b;received=198.51.100.7', 'no rport to whom asked for none')
  t.equal(markSource('SIP/2.0/UDP 198.51.100.7;branch=b', source), 'SIP/2.0/UDP 198.51.100.7;branch=b', 'nothing to add')

  t.same(parseCSeq(' 0020   INVITE '), { sequence: 20, method: 'INVITE' })
  for (const text of ['', '20', 'INVITE', '-1 INVITE', '2147483648 INVITE', '1 A B']) t.throws(() => parseCSeq(text), malformed, text)
  t.end()
})

void t.test('what goes out is strict', (t) => {
  const message = parseMessage(fixture('valid/response-sdp.sip'))
  const injected = (name: string, value: string): SipMessage => ({ ...message, headers: [...message.headers, { name, value }] })
  for (const bad of [injected('X', 'a\r\nEvil: 1'), injected('X', 'a\nb'), injected('X Y', 'a'), injected('X:', 'a'), injected('', 'a'), injected('X', '门'), { ...message, reason: 'OK\r\nEvil: 1' } as SipMessage]) {
    t.throws(() => writeMessage(bad), { name: 'Error' })
  }
  t.throws(() => writeMessage({ kind: 'request', method: 'INFO', uri: 'sip:a@b c', headers: [], body: Buffer.alloc(0) }))
  const written = writeMessage(injected('l', '9')).toString('latin1')
  t.equal(written.match(/Content-Length|\nl:/g)?.length, 1, 'one length, whatever was among the headers')
  t.match(written, /\r\nContent-Length: 161\r\n\r\nv=0/)
  t.same([reasonPhrase(200), reasonPhrase(487), reasonPhrase(499), reasonPhrase(699)], ['OK', 'Request Terminated', 'Bad Request', 'Busy Everywhere'])
  t.end()
})

void t.test('a return inside a line cannot come out again as a line of its own', (t) => {
  const message = parseMessage(Buffer.from('OPTIONS sip:a@b SIP/2.0\r\nFrom: <sip:a@b>\rEvil: 1;tag=2\r\n\r\n'))
  t.equal(header(message, 'From'), '<sip:a@b> Evil: 1;tag=2')
  t.doesNotThrow(() => writeMessage(message))
  t.end()
})

void t.test('bounds: 64 kB of header, 2 MB of body, in a datagram as in a stream', (t) => {
  const head = (padding: number): Buffer => Buffer.from(`MESSAGE sip:a@b SIP/2.0\r\nX: ${'x'.repeat(padding)}\r\n\r\n`)
  const empty = head(0).length
  t.equal(readMessage(head(64 * 1024 - empty)).message.headers.length, 1, 'the last byte that fits')
  t.throws(() => readMessage(head(64 * 1024 - empty + 1)), malformed)
  t.throws(() => readMessage(Buffer.from(`MESSAGE sip:a@b SIP/2.0\r\nX: ${'x'.repeat(70_000)}`)), malformed, 'nor without an end')
  t.equal(readMessage(Buffer.concat([head(3000), Buffer.alloc(2 * 1024 * 1024)])).message.body.length, 2 * 1024 * 1024)
  t.throws(() => readMessage(Buffer.concat([head(0), Buffer.alloc(2 * 1024 * 1024 + 1)])), malformed)
  for (let length = 2040; length < 2056; length++) {
    const { message } = readMessage(Buffer.concat([head(length - empty), Buffer.from('body')]))
    if (message.body.toString() !== 'body' || message.headers[0]?.value.length !== length - empty) t.fail(`a header part of ${length} bytes`)
  }
  t.end()
})

void t.test('no shape of a header part costs more than its length', (t) => {
  const base = 'OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n'
  const many = 60_000
  const shapes: Readonly<Record<string, string>> = {
    'folded lines': `${base}X: a${'\r\n b'.repeat(many / 4)}\r\n\r\n`,
    'lines without a colon': `${base}${'ab\n'.repeat(many / 3)}\r\n`,
    'lines without a return': `${base.replaceAll('\r', '')}${'a:b\n'.repeat(490)}${'x\n'.repeat(many / 3)}\n`,
    'returns within a line': `${base}X: ${'a\r'.repeat(many / 2)}\r\n\r\n`,
    'empty quotes': `${base.replace('<sip:a@b>;tag', `${'""'.repeat(many / 2)};tag`)}\r\n`,
    'quoted brackets': `${base.replace('<sip:a@b>;tag', `${'"<"'.repeat(many / 3)}<sip:a@b>;tag`)}\r\n`,
    'parameters without a value': `${base.replace('branch=', `${'a;'.repeat(many / 2)}branch=`)}\r\n`,
    'blanks': `${base}X: ${' '.repeat(many)}x\r\n\r\n`,
    'Vias': `${base.replace('Via: ', `Via: ${'SIP/2.0/UDP a,'.repeat(many / 14)}`)}\r\n`,
  }
  const read = (text: string): void => {
    const { message } = readMessage(Buffer.from(text, 'latin1'))
    checkMessage(message)
    const [via] = headers(message, 'Via')
    if (via !== undefined && topVia(message)) markSource(via, { host: 'a', port: 1 })
  }
  for (const [name, text] of Object.entries(shapes)) {
    const start = process.cpuUsage()
    for (let i = 0; i < 10; i++) read(text)
    const { user, system } = process.cpuUsage(start)
    // Ten take some 50 ms of the processor at the most; where each part is looked for from each other part it is seconds.
    t.ok(user + system < 2_000_000, name)
  }
  t.throws(() => read(`${base}${'a:b\r\n'.repeat(501)}\r\n`), malformed, 'and headers are counted')
  t.end()
})

void t.test('a blank that is half of a GB character stays', (t) => {
  const message = parseMessage(Buffer.from('REGISTER sip:a@b SIP/2.0\r\nSubject: \xe0\xa0\r\nX: a\xa0\r\n \xa0b\r\nFrom: \xe0\xa0 <sip:a@b>;x=\xe0\xa0;tag=1\r\n\r\n', 'latin1'))
  t.same([header(message, 'Subject'), header(message, 'X')], ['\xe0\xa0', 'a\xa0 \xa0b'])
  t.same(parseNameAddr(header(message, 'From') ?? ''), { displayName: '\xe0\xa0', uri: 'sip:a@b', parameters: { x: '\xe0\xa0', tag: '1' } })
  t.end()
})

void t.test('a datagram that lost its end is told from a miscount', (t) => {
  const withLength = (type: string, length: number): SipMessage => readMessage(Buffer.from(`INVITE sip:a@b SIP/2.0\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n0123456789`)).message
  t.same([0, 5, 10, 12, 210].map((length) => isCutShort(withLength('application/sdp', length))), [false, false, false, false, false])
  t.ok(isCutShort(withLength('application/sdp', 211)))
  t.notOk(isCutShort(withLength('Application/MANSCDP+xml', 4000)), 'XML says itself whether it is whole')
  t.end()
})

void t.test('the essentials are what the full parsers read', (t) => {
  for (const name of namesIn('valid')) {
    const message = parseMessage(fixture(`valid/${name}`))
    const read = readEssentials(message)
    if ('fault' in read) return t.fail(name)
    const via = parseVia(headers(message, 'Via')[0] ?? '')
    t.same(read.via, { host: via.host, port: via.port, branch: via.branch }, name)
    t.same([read.fromTag, read.toTag], ['From', 'To'].map((field) => parseNameAddr(header(message, field) ?? '').parameters['tag']), `${name}: tags`)
    t.same({ sequence: read.sequence, method: read.method }, parseCSeq(header(message, 'CSeq') ?? ''), `${name}: CSeq`)
  }
  t.end()
})

void t.test('chewed messages: a message, or a ParseError; what was read can be written', (t) => {
  const samples = [...namesIn('valid').map((name) => fixture(`valid/${name}`)), ...namesIn('invalid').map((name) => fixture(`invalid/${name}`))]
  let read = 0
  for (const bytes of chew(samples, 6000, 3261)) {
    const before = Buffer.from(bytes)
    try {
      const { message, fault } = readMessage(bytes)
      checkMessage(message)
      for (const name of ['Contact', 'Via', 'From']) headers(message, name)
      if (!fault) writeMessage(message)
      const [via] = headers(message, 'Via')
      if (!fault && via !== undefined && topVia(message)) writeMessage(withHeader(message, 'Via', markSource(via, { host: '192.0.2.1', port: 5060 })))
      read++
    } catch (error) {
      if (!(error instanceof ParseError)) return t.fail(`${String(error)} on ${JSON.stringify(bytes.toString('latin1'))}`)
    }
    if (!bytes.equals(before)) return t.fail('input altered')
  }
  t.ok(read > 2000, `${read} could still be read`)
  t.end()
})

void t.test('chewed values: the short readers agree with the whole ones, and what was read is written so that it reads the same', (t) => {
  const samples = ['SIP/2.0/UDP [2001:db8::1]:5060;rport;branch=z9hG4bKa;received=2001:db8::2', 'SIP / 2.0 / TCP a : 5060 ; branch="x;y"', '"Gate \\"N\\" \x82\x5c" <sip:a@b:5060;x=1?h=2>;tag="1;2";q=0.5', 'sip:u;p=1:secret@[2001:db8::1]:5061;transport=tcp;lr?a=b', '000021 REGISTER', 'a, "b,c" <d,e>, f']
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      return undefined
    }
  }
  const read = { via: 0, address: 0, uri: 0, cseq: 0 }
  const differing: string[] = []
  const same = (what: string, one: unknown, other: unknown, text: string): void => {
    if (JSON.stringify(one) !== JSON.stringify(other)) differing.push(`${what}: ${JSON.stringify(text)} ${JSON.stringify(one)} ${JSON.stringify(other)}`)
  }
  for (const bytes of chew(samples.map((text) => Buffer.from(text, 'latin1')), 20_000, 5118)) {
    const text = bytes.toString('latin1')
    const via = attempt(() => parseVia(text))
    same('via', via && { host: via.host, port: via.port, branch: via.branch }, attempt(() => readViaKey(text)), text)
    const address = attempt(() => parseNameAddr(text))
    same('tag', address && [address.parameters['tag']], attempt(() => [readTag(text)]), text)
    const written = address && attempt(() => parseNameAddr(writeNameAddr(address)))
    // Half a character may become a question mark, once.
    if (address) same('address', written, written && parseNameAddr(writeNameAddr(written)), text)
    if (address && !written) differing.push(text)
    const uri = attempt(() => parseUri(text))
    same('uri', uri !== undefined, attempt(() => (checkUri(text), true)) === true, text)
    const cseq = attempt(() => parseCSeq(text))
    if (cseq) same('cseq', cseq, parseCSeq(`${cseq.sequence} ${cseq.method}`), text)
    splitList(text)
    read.via += via ? 1 : 0
    read.address += address ? 1 : 0
    read.uri += uri ? 1 : 0
    read.cseq += cseq ? 1 : 0
  }
  t.same(differing.slice(0, 5), [])
  t.ok(Object.values(read).every((count) => count > 200), JSON.stringify(read))
  t.end()
})
