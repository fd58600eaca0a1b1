import { readFileSync, readdirSync } from 'node:fs'
import { XMLParser } from 'fast-xml-parser'
import t from 'tap'
import { ParseError, seededRandom } from '../../base/index.ts'
import { chew } from '../../base/chew.ts'
import { decodeText } from './charset.ts'
import { createScanner, scan, type Element } from './scan.ts'
import { decodeEntities } from './tag.ts'

const folder = new URL('../../../fixtures/manscdp/', import.meta.url)
const fixtures = readdirSync(folder).filter((name) => name.endsWith('.xml')).map((name) => ({ name, text: decodeText(readFileSync(new URL(name, folder))) }))

interface Plain {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly text: string
  readonly children: readonly Plain[]
}
const plain = ({ name, attributes, text, children }: Element): Plain => ({ name, attributes: { ...attributes }, text, children: children.map(plain) })

/** Another parser's reading of a sound document. Its shape is `[{ name: [children], ':@': { attributes } }, { '#text': 'text' }]`. */
const oracle = new XMLParser({
  preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '', ignoreDeclaration: true, ignorePiTags: true, parseTagValue: false, parseAttributeValue: false, processEntities: false, trimValues: true, cdataPropName: '#text',
})
function otherReading(text: string): Plain | undefined {
  const read = (nodes: unknown): Plain[] =>
    (nodes as Record<string, unknown>[]).flatMap((node) => {
      const name = Object.keys(node).find((key) => key !== ':@' && !key.startsWith('#'))
      if (name === undefined) return []
      const inside = node[name] as Record<string, unknown>[]
      const texts = inside.map((child) => (typeof child['#text'] === 'string' ? decodeEntities(child['#text']).trim() : ''))
      const attributes = Object.fromEntries(Object.entries((node[':@'] ?? {}) as Record<string, string>).map(([key, value]) => [key, decodeEntities(value).trim()]))
      return [{ name, attributes, text: texts.join(''), children: read(inside) }]
    })
  return read(oracle.parse(text))[0]
}

t.test('a sound document is read as another parser reads it', async (t) => {
  const isSound = (name: string): boolean => !/damaged|bare|truncated|prototype/.test(name)
  for (const { name, text } of fixtures.filter((each) => isSound(each.name))) {
    const { root, repairs } = scan(text)
    t.same(plain(root), otherReading(text.replace(/^\ufeff/, '')), name)
    t.same(repairs, [], `${name} needs no mending`)
  }
})

/** A sound document of any shape: nested, empty, with attributes, references, comments and blanks where they may stand. */
function document(random: () => number): string {
  const below = (limit: number): number => Math.floor(random() * limit)
  const pick = <T>(from: readonly [T, ...T[]]): T => from[below(from.length)] ?? from[0]
  const names = ['Response', 'Item', 'DeviceID', 'Name', 'Info', 'a', '_x-1', 'n.s:b'] as const
  const texts = ['', '1', '北京', 'A &amp; B', '&lt;x&gt; &#x4e2d;&#25991;', ' 中 间 ', '𠮷', '&nbsp;', 'a&b'] as const
  const space = (): string => pick(['', '', '\r\n', '  ', '\t', '<!-- <x> & -->'])
  const element = (depth: number): string => {
    const name = pick(names)
    const attributes = Array.from({ length: below(3) }, (_, i) => `${pick([' ', '\r\n '])}k${i}=${pick(['"v"', "'a>b'", '"&quot;"', '""'])}`).join('')
    if (below(8) === 0) return `<${name}${attributes}${pick(['', ' '])}/>`
    const inside = depth > 4 || below(2) === 0 ? pick(texts) : Array.from({ length: below(5) }, () => space() + element(depth + 1)).join('') + space()
    return `<${name}${attributes}>${inside}</${name}${pick(['', '', ' '])}>`
  }
  return `${pick(['', '<?xml version="1.0"?>', '<?xml version="1.0" encoding="GB2312" ?>\r\n'])}${element(0)}${pick(['', '\r\n'])}`
}

t.test('seeded: two thousand sound documents of any shape are read alike, and mended in nothing', async (t) => {
  const random = seededRandom(46)
  let elements = 0
  for (let i = 0; i < 2000; i++) {
    const text = document(random)
    const { root, repairs } = scan(text)
    const mine = JSON.stringify(plain(root))
    if (mine !== JSON.stringify(otherReading(text)) || repairs.length > 0) t.same({ ...plain(root), repairs }, { ...otherReading(text), repairs: [] }, text)
    elements += mine.split('"name"').length - 1
  }
  t.ok(elements > 5_000, `${elements} elements`)
})

const leaves = (element: Element, path = element.name): Record<string, string> =>
  Object.assign(element.text === '' ? {} : { [path]: element.text }, ...element.children.map((child) => leaves(child, `${path}/${child.name}`))) as Record<string, string>

t.test('broken documents: what is mended, and what is said of it', async (t) => {
  const cases: readonly (readonly [string, Record<string, string>, readonly string[]])[] = [
    ['<a><b>限高<3米</b></a>', { 'a/b': '限高<3米' }, ['a bare <']],
    ['<a><b>1<区</b><c>x</c></a>', { 'a/b': '1<区', 'a/c': 'x' }, ['a bare <']],
    ['<a><b>A<B区</b><c>x</c></a>', { 'a/b': 'A<B区', 'a/c': 'x' }, ['a bare <']],
    ['<a><b>A & B &amp; C&D;</b></a>', { 'a/b': 'A & B & C&D;' }, []],
    ['<a><b>x</b>\0\0</a>\0\0\0', { 'a/b': 'x' }, ['control bytes']],
    ['<a><b>x</b></a>\0\0\0\0', { 'a/b': 'x' }, []],
    ['<a><b>x\x01y</b></a>', { 'a/b': 'xy' }, ['control bytes']],
    ['<a><b>x</b></a> tail <c>', { 'a/b': 'x' }, ['text after the root']],
    ['junk </x><a><b>x</b></a>', { 'a/b': 'x' }, []],
    ['<a><b>x<c>y</c></a>', { 'a/b': 'x', 'a/c': 'y' }, ['an element that is not closed']],
    ['<a><i><b>x<b><c>y</c></i><i><c>z</c></i></a>', { 'a/i/b': 'x', 'a/i/c': 'z' }, ['an element that is not closed']],
    ['<a><l><i><b>1</b><i><b>2</b></i></l></a>', { 'a/l/i/b': '2' }, ['an element that is not closed']],
    ['<a><b>x</d><c>y</c></a>', { 'a/b': 'x', 'a/c': 'y' }, ['an end tag without its element', 'an element that is not closed']],
    ['<a><b>x</B><c>y</c></a>', { 'a/b': 'x', 'a/c': 'y' }, ['an end tag in another case']],
    ['<a><b>x</b ><c>y</c\n></a>', { 'a/b': 'x', 'a/c': 'y' }, []],
    ['<a><b>x</b><c>y</c></a', { 'a/b': 'x', 'a/c': 'y' }, []],
    ['<a><b>x</b><c>y</c>', { 'a/b': 'x', 'a/c': 'y' }, ['ends early']],
    ['<a><n>2</n><l><i><b>1</b></i><i><b>3201', { 'a/n': '2', 'a/l/i/b': '1' }, ['ends early']],
    ['<a><n>2</n><l><i><b>3201', { 'a/n': '2' }, ['ends early']],
    ['<a><n>2</n><l', { 'a/n': '2' }, ['a bare <', 'ends early']],
    ['<a><b k=1 l="2"m=\'3\'>x</b></a>', { 'a/b': 'x' }, []],
    ['<a><b k="never closed>x</b><c>y</c></a>', { a: '<b k="never closed>x', 'a/c': 'y' }, ['a bare <', 'an end tag without its element']],
    ['<a><b><![CDATA[<x> & ]]></b></a>', { 'a/b': '<x> &' }, []],
    ['<a><b>x<!-- y --></b><!-- never closed <c>z</c></a>', { a: '<!-- never closed', 'a/b': 'x', 'a/c': 'z' }, []],
    ['<a>&#0;&#27;&#xd800;&#x10ffff;</a>', { a: '\u{10ffff}' }, []],
  ]
  for (const [text, expected, said] of cases) {
    const { root, repairs } = scan(text)
    t.same([leaves(root), repairs], [expected, said], text)
  }
  const swallowed = scan('<a><l><i><b>1</b><i><b>2</b></i></l></a>').root
  t.same(swallowed.children[0]?.children.map(({ children }) => children[0]?.text), ['1', '2'], 'an item without its end does not swallow the next')
})

t.test('bombs: refused at a bound, in time that grows with the text and no faster', async (t) => {
  const refused: readonly (readonly [string, string])[] = [
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'a document type'],
    [`<a>${'<b>'.repeat(60)}`, 'depth'],
    [`<a>${'<b/>'.repeat(420_001)}</a>`, 'elements'],
    [`<a>${'x'.repeat(8 * 1024 * 1024)}</a>`, 'size'],
    ['', 'nothing'],
    ['   \0\0', 'blank'],
    ['PAUSE RTSP/1.0\r\n', 'no XML'],
    ['<<<<<<', 'no tag'],
  ]
  for (const [text, why] of refused) t.throws(() => scan(text), { name: 'ParseError', code: 'manscdp.malformed' }, why)
  // Each of these makes a careless scanner look at the rest of the text again for every `<`.
  const traps = ['<', '<a ', '<a b="', "<a b='\"", '<!--', '<![CDATA[', '</a', '</', '<?', '&', '&#', '<a b=', '<a>x', '<a><b>x</c>']
  for (const trap of traps) {
    const started = process.cpuUsage()
    try {
      scan(`<r>${trap.repeat(Math.floor(400_000 / trap.length))}`)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
    const { user, system } = process.cpuUsage(started)
    t.ok(user + system < 3_000_000, `${JSON.stringify(trap)} took ${Math.round((user + system) / 1000)} ms`)
  }
})

t.test('read in steps or at once, whole or in pieces: the same', async (t) => {
  for (const { name, text } of fixtures.filter((each) => !each.name.startsWith('damaged-'))) {
    const whole = scan(text)
    for (const step of [1, 3, 100]) {
      const scanner = createScanner()
      for (let at = 0; at < text.length; at += 7) scanner.add(text.slice(at, at + 7))
      while (!scanner.advance(step)) continue
      t.same(plain(scanner.result().root), plain(whole.root), `${name} by ${step}`)
    }
  }
})

t.test('chewed documents: ParseError or a tree, and the tree is bounded', async (t) => {
  let refused = 0
  for (const bytes of chew(fixtures.map(({ text }) => Buffer.from(text)), 3000, 39)) {
    try {
      const depth = (element: Element): number => 1 + Math.max(0, ...element.children.map(depth))
      if (depth(scan(bytes.toString()).root) > 25) t.fail('too deep')
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      refused++
    }
  }
  t.ok(refused > 100 && refused < 2500, `${refused} of 3000 refused`)
})
