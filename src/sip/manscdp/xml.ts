// XML as devices write it: repaired, then parsed into elements; and elements written back. GB/T 28181-2022 A.2.
import { XMLParser } from 'fast-xml-parser'
import { ParseError } from '../../base/index.ts'
import { encodeText, type Charset } from './charset.ts'

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  /** The text directly inside, trimmed; empty when there is none. */
  readonly text: string
  readonly children: readonly Element[]
}

/** Characters, not bytes. Ours: a catalog page of 10,000 items (Annex M) stays below it. */
const maxText = 8 * 1024 * 1024
/** The standard's own forms are five deep. */
const maxDepth = 24

/** Text is decoded here and not by the parser: a document type, the door of entity bombs, is refused. */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  trimValues: true,
})

/** Parses one document; whatever follows its root is dropped. Throws ParseError `manscdp.malformed`. */
export function parseXml(text: string): Element {
  if (text.length > maxText) throw malformed(`${text.length} characters, at most ${maxText}`)
  const repaired = repair(text)
  let nodes: unknown
  try {
    nodes = parser.parse(repaired)
  } catch (error) {
    throw malformed(error instanceof Error ? error.message : String(error))
  }
  const root = elementsIn(nodes, 0)[0]
  if (!root) throw malformed('no root element')
  return root
}

/**
 * Interop: unescaped `&` and `<` in names, control bytes, NUL padding, text after the root. A document that ends before its
 * root closes is refused, since the parser would take half an id for an id.
 */
function repair(text: string): string {
  const clean = text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '')
  if (/<!DOCTYPE/i.test(clean)) throw malformed('a document type')
  const root = /<([A-Za-z_][\w.:-]{0,63})(?=[\s/>])[^<>]*>/.exec(clean)
  if (!root?.[1]) throw malformed('no root element')
  const close = `</${root[1]}`
  const at = clean.lastIndexOf(close)
  const end = root[0].endsWith('/>') ? root.index + root[0].length : at
  if (end < 0) throw malformed(`${root[1]} is not closed`)
  const inside = root[0].endsWith('/>') ? clean.slice(root.index, end) : `${clean.slice(root.index, at)}${close}>`
  return inside.replace(/&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});)/g, '&amp;').replace(/<(?![A-Za-z_/!?])/g, '&lt;')
}

/** The parser's shape is `[{ name: [children], ':@': { attributes } }, { '#text': 'text' }]`. */
function elementsIn(nodes: unknown, depth: number): Element[] {
  if (depth > maxDepth) throw malformed(`deeper than ${maxDepth} elements`)
  const elements: Element[] = []
  for (const node of asNodes(nodes)) {
    const name = Object.keys(node).find((key) => key !== ':@' && !key.startsWith('#'))
    if (name === undefined) continue
    const inside = asNodes(node[name])
    const text = inside.map((child) => child['#text'] ?? '').join('')
    const attributes = Object.entries(node[':@'] ?? {}).map(([key, value]): [string, string] => [key, decodeEntities(String(value))])
    elements.push({ name, attributes: Object.fromEntries(attributes), text: decodeEntities(text).trim(), children: elementsIn(inside, depth + 1) })
  }
  return elements
}

const asNodes = (nodes: unknown): readonly Record<string, object>[] => (Array.isArray(nodes) ? (nodes as Record<string, object>[]) : [])

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decodeEntities(text: string): string {
  return text.replace(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g, (whole, name?: string, decimal?: string, hex?: string) => {
    if (name) return named[name] ?? whole
    const code = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16)
    return code >= 0x20 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}

/** Children of that name. Interop: devices vary the case of element names (`info`, `DeviceId`, `Sumnum`). */
export function childrenOf(element: Element, name: string): readonly Element[] {
  const wanted = name.toLowerCase()
  return element.children.filter((child) => child.name.toLowerCase() === wanted)
}

/** The text of a child, or else of an attribute, of that name; undefined when absent or empty. */
export function textOf(element: Element, name: string): string | undefined {
  const wanted = name.toLowerCase()
  const text = childrenOf(element, name).find((child) => child.text !== '')?.text
  return text ?? (Object.entries(element.attributes).find(([key]) => key.toLowerCase() === wanted)?.[1] || undefined)
}

/** A whole number of at most nine digits; undefined for anything else. */
export function countOf(element: Element, name: string): number | undefined {
  const text = textOf(element, name)
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** An element to write: `content` is its text, or its children. */
export function element(name: string, content: string | readonly Element[], attributes: Readonly<Record<string, string>> = {}): Element {
  return typeof content === 'string' ? { name, attributes, text: content, children: [] } : { name, attributes, text: '', children: content }
}

/** The document with its declaration, in the charset that it declares. */
export function writeXml(root: Element, charset: Charset): Buffer {
  return encodeText(`<?xml version="1.0" encoding="${charset.toUpperCase()}"?>\r\n${elementText(root)}\r\n`, charset)
}

function elementText({ name, attributes, text, children }: Element): string {
  const start = `${name}${Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`).join('')}`
  if (children.length === 0) return `<${start}>${escape(text)}</${name}>`
  return `<${start}>\r\n${children.map(elementText).join('\r\n')}\r\n</${name}>`
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (text: string): string => text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g, '').replace(/[&<>"]/g, (c) => escapes[c] ?? c)

const malformed = (what: string): ParseError => new ParseError('manscdp.malformed', `not a MANSCDP body: ${what}`)
