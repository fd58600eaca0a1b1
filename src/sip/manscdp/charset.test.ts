import t from 'tap'
import iconv from 'iconv-lite'
import { decodeText, decodeTextInPieces, detectCharset, encodeText } from './charset.ts'
import { parseManscdp, readManscdp, unencodable, writeManscdp, type Manscdp } from './index.ts'

const body = (name: string, declaration: string): string => `<?xml version="1.0"${declaration && ` encoding="${declaration}"`}?><Response><CmdType>DeviceInfo</CmdType><SN>1</SN><DeviceID>1</DeviceID><DeviceName>${name}</DeviceName></Response>`
const nameIn = (bytes: Buffer): string | undefined => {
  const value = parseManscdp(bytes)
  return value.type === 'response-device-info' ? value.name : undefined
}

t.test('golden: the three characters of a capture of 2013, without a declaration', async (t) => {
  t.equal(decodeText(Buffer.from('d5e3bdadcaa1', 'hex')), '浙江省')
  t.equal(detectCharset(Buffer.from('d5e3bdadcaa1', 'hex')), 'gb2312')
})

t.test('the bytes decide, whatever is declared; the answer goes back in what was found', async (t) => {
  const cases: readonly (readonly [string, string, string, string | undefined])[] = [
    ['六合区', 'utf-8', 'GB2312', 'utf-8'],
    ['六合区', 'utf-8', '', 'utf-8'],
    ['六合区', 'gbk', 'UTF-8', 'gb2312'],
    ['六合区', 'gbk', '', 'gb2312'],
    ['六合区', 'gbk', 'GB18030', 'gb18030'],
    ['朱镕路', 'gbk', 'GB2312', 'gb2312'],
    ['𠮷祥街', 'gb18030', 'GB2312', 'gb18030'],
    ['㐂', 'gb18030', '', 'gb18030'],
    ['A&amp;B', 'ascii', 'GB2312', 'gb2312'],
    ['A', 'ascii', 'gb18030', 'gb18030'],
    ['A', 'ascii', 'utf8', 'utf-8'],
    ['A', 'ascii', '', undefined],
    ['A', 'ascii', 'ISO-8859-1', undefined],
    // In GB 2312 these bytes are valid UTF-8 of two bytes each, such as d2bb.
    ['一', 'gbk', 'GB2312', 'gb2312'],
    ['一', 'gbk', '', 'gb2312'],
    ['Café', 'utf-8', 'UTF-8', 'utf-8'],
  ]
  for (const [name, charset, declaration, answer] of cases) {
    const bytes = iconv.encode(body(name, declaration), charset)
    t.equal(nameIn(bytes), name.replace('&amp;', '&'), `${name} in ${charset}, declared ${declaration || 'nothing'}`)
    t.equal(detectCharset(bytes), answer, `${name} is answered in ${answer}`)
    t.equal(readManscdp(bytes).charset, answer)
  }
})

t.test('byte order marks', async (t) => {
  t.equal(nameIn(Buffer.from(`\ufeff${body('六合', 'GB2312')}`)), '六合')
  t.equal(nameIn(Buffer.from(`\ufeff${body('六合', '')}`, 'utf16le')), '六合')
  t.equal(nameIn(Buffer.concat([Buffer.from([0x84, 0x31, 0x95, 0x33]), iconv.encode(body('六合', ''), 'gb18030')])), '六合')
  t.equal(nameIn(Buffer.from(`\ufeff${body('六合', '')}`, 'utf16le').swap16()), '六合')
})

t.test('UTF-8 that is cut inside a character, or broken in one, is still UTF-8', async (t) => {
  const bytes = Buffer.from(body('南京市六合区雄州街道中山路口', 'GB2312'))
  const cut = bytes.subarray(0, bytes.indexOf('</DeviceName>') - 1)
  t.match(decodeText(cut), /南京市六合区雄州街道中山路/)
  const broken = Buffer.from(bytes)
  broken[bytes.indexOf('京') + 1] = 0x20
  t.match(decodeText(broken), /市六合区雄州街道中山路口/)
})

t.test('a device that fools the bytes has a charset of its own', async (t) => {
  const bytes = iconv.encode(body('一', 'UTF-8'), 'gbk')
  t.not(nameIn(bytes), '一', 'declared UTF-8, valid UTF-8, and yet GB')
  const value = parseManscdp(bytes, 'gb2312')
  t.match(value, { name: '一' })
  t.equal(readManscdp(bytes, 'gb2312').charset, 'gb2312')
})

t.test('what is declared is what is written; four-byte characters survive; what a charset cannot say is a question mark, and counted', async (t) => {
  const value: Manscdp = { type: 'response-device-info', sn: 1, deviceId: '1', result: 'OK', name: '朱镕路𠮷㐂?' }
  t.match(writeManscdp(value, 'gb18030').toString('latin1'), /encoding="GB18030"/)
  t.equal(nameIn(writeManscdp(value, 'gb18030')), '朱镕路𠮷㐂?')
  t.equal(nameIn(writeManscdp(value, 'utf-8')), '朱镕路𠮷㐂?')
  t.match(writeManscdp(value, 'gb2312').toString('latin1'), /encoding="GB2312"/)
  t.equal(nameIn(writeManscdp(value, 'gb2312')), '朱镕路????'.slice(0, 6), 'one mark for each character')
  t.same([unencodable(value, 'gb2312'), unencodable(value, 'gb18030'), unencodable(value, 'utf-8')], [2, 0, 0])
})

t.test('every character of the basic plane and beyond survives GB 18030', async (t) => {
  for (let from = 0x20; from < 0x30000; from += 0x400) {
    const text = Array.from({ length: 0x400 }, (_, i) => from + i).filter((code) => !(code >= 0xd800 && code <= 0xdfff)).map((code) => String.fromCodePoint(code)).join('')
    const back = decodeText(encodeText(text, 'gb18030'), 'gb18030')
    const lost = [...text].filter((character, i) => [...back][i] !== character)
    // Private use and compatibility forms that the two tables map differently.
    if (lost.some((character) => /[^\p{Co}\ufe10-\ufe19\u9fb4-\u9fbb\u20ac\ue5e5]/u.test(character))) t.fail(`${from.toString(16)}: ${lost.map((c) => c.codePointAt(0)?.toString(16)).join(' ')}`)
  }
})

t.test('in pieces of any size the text is the same', async (t) => {
  for (const charset of ['gbk', 'gb18030', 'utf-8'] as const) {
    const bytes = iconv.encode(body('一𠮷六合区 abc 一二三', ''), charset === 'gbk' ? 'gb18030' : charset)
    for (let size = 1; size < 12; size++) t.equal([...decodeTextInPieces(bytes, size)].join(''), decodeText(bytes), `${charset} by ${size}`)
  }
})
