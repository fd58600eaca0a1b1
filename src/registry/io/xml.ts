// XML of a workbook's parts as it comes: tags and texts in their order, with bounds, no DOCTYPE (and so no entities of one's own), and names without
// prefix. XML 1.0 (fifth edition) as far as parts of a package use it (ISO/IEC 29500-2, 8.1.4): whatever is not well-formed is said, never repaired.
// Ours: a sheet of 100,000 records has eight million tags, and cutting them from the text costs a fifth of what a general parser takes.
import { ParseError } from '../../base/index.ts'

export interface XmlEvents {
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void
  readonly close: (name: string) => void
  readonly text: (text: string) => void
}

export interface XmlStage {
  readonly push: (bytes: Buffer) => void
  readonly end: () => void
}

/** Bytes without any tag or text ending: what a cell, a tag or a comment may be at most. Ours; a spreadsheet's cell has 32,767 characters. */
const maxQuiet = 16 * 1024 * 1024
const maxDepth = 100

type Bad = (why: string) => ParseError

/** `what` names the part in errors. Throws ParseError. */
export function xmlStage(what: string, events: XmlEvents): XmlStage {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const bad: Bad = (why) => new ParseError('xlsx.malformed', `${what} is damaged: ${why.replace(/\s+/g, ' ')}`)
  const stack: string[] = []
  /** What has begun and not ended yet. */
  let rest = ''
  let quiet = 0
  let hasRoot = false

  const text = (given: string): void => {
    if (stack.length > 0) events.text(given)
    else if (given.trim() !== '') throw bad('there is text outside of its elements')
  }
  const open = (inner: string): void => {
    const isEmpty = inner.endsWith('/')
    const end = nameEnd(inner)
    const name = inner.slice(0, end)
    if (name === '') throw bad('a tag has no name')
    if (stack.length === 0 && hasRoot) throw bad('it has two roots')
    hasRoot = true
    if (stack.length >= maxDepth) throw bad(`elements stand ${maxDepth} deep in each other`)
    const attributes = end === inner.length ? none : attributesOf(inner, end, isEmpty ? inner.length - 1 : inner.length, bad)
    events.open(local(name), attributes)
    if (isEmpty) events.close(local(name))
    else stack.push(name)
  }
  const close = (name: string): void => {
    if (stack.pop() !== name) throw bad(`</${name.slice(0, 40)}> closes what is not open`)
    events.close(local(name))
  }
  /** Where the markup at `at` ends, after having told of it; -1 where the end has not come yet. */
  const markup = (all: string, at: number): number => {
    const sign = all.charCodeAt(at + 1)
    if (sign === slash) {
      const end = all.indexOf('>', at + 2)
      if (end >= 0) close(all.slice(at + 2, end).trimEnd())
      return end < 0 ? -1 : end + 1
    }
    if (sign === question) return after(all, '?>', at + 2)
    if (sign === exclamation) return declared(all, at)
    const end = tagEnd(all, at + 1)
    if (end >= 0) open(all.slice(at + 1, end))
    return end < 0 ? -1 : end + 1
  }
  const declared = (all: string, at: number): number => {
    if (all.startsWith('<!--', at)) return after(all, '-->', at + 4)
    if (all.startsWith('<![CDATA[', at)) {
      const end = all.indexOf(']]>', at + 9)
      if (end >= 0) text(lines(all.slice(at + 9, end)))
      return end < 0 ? -1 : end + 3
    }
    if (/^<!doctype/i.test(all.slice(at, at + 9))) throw bad('it has a DOCTYPE, which no workbook has')
    if (all.length - at < 9) return -1
    throw bad('it has a declaration, which no workbook has')
  }
  const take = (more: string): void => {
    if (forbidden.test(more)) throw bad('it has a character that XML does not allow')
    const all = rest === '' ? more : rest + more
    let at = 0
    for (;;) {
      const tag = all.indexOf('<', at)
      if (tag < 0) break
      if (tag > at) {
        text(plain(all.slice(at, tag), bad))
        quiet = 0
      }
      at = tag
      if (tag + 1 >= all.length) break
      const next = markup(all, tag)
      if (next < 0) break
      quiet = 0
      at = next
    }
    rest = all.slice(at)
  }
  const decode = (bytes?: Buffer): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
    } catch {
      throw bad('it is not UTF-8')
    }
  }
  return {
    push: (bytes) => {
      quiet += bytes.length
      take(decode(bytes))
      if (quiet > maxQuiet) throw new ParseError('xlsx.too-large', `${what} has a cell or tag of more than ${maxQuiet / 1024 / 1024} MB`)
    },
    end: () => {
      take(decode())
      if (rest.trim() !== '' || stack.length > 0 || !hasRoot) throw bad('it ends too soon')
    },
  }
}

/** A whole small part. */
export async function readXml(what: string, bytes: AsyncIterable<Buffer>, events: XmlEvents): Promise<void> {
  const stage = xmlStage(what, events)
  for await (const chunk of bytes) stage.push(chunk)
  stage.end()
}

const [slash, question, exclamation, bigger, double, single] = [0x2f, 0x3f, 0x21, 0x3e, 0x22, 0x27] as const
const none: Readonly<Record<string, string>> = Object.freeze({})
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

const local = (name: string): string => name.slice(name.indexOf(':') + 1)

const after = (all: string, end: string, from: number): number => {
  const at = all.indexOf(end, from)
  return at < 0 ? -1 : at + end.length
}

/** The > that ends a tag: not one within quotation marks. */
function tagEnd(all: string, from: number): number {
  let quote = 0
  for (let at = from; at < all.length; at++) {
    const sign = all.charCodeAt(at)
    if (quote !== 0) {
      if (sign === quote) quote = 0
    } else if (sign === bigger) return at
    else if (sign === double || sign === single) quote = sign
  }
  return -1
}

function nameEnd(inner: string): number {
  for (let at = 0; at < inner.length; at++) {
    const sign = inner.charCodeAt(at)
    if (sign <= 0x20 || sign === slash) return at
  }
  return inner.length
}

const attribute = /\s+([^\s=/<>"'&]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y

function attributesOf(inner: string, from: number, to: number, bad: Bad): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  attribute.lastIndex = from
  let end = from
  for (let match = attribute.exec(inner); match; match = attribute.exec(inner)) {
    const [, name = '', one, other = ''] = match
    if (Object.hasOwn(found, name)) throw bad(`an attribute ${name.slice(0, 40)} stands twice`)
    end = attribute.lastIndex
    if (name !== '__proto__') found[name] = plain(one ?? other, bad)
  }
  if (inner.slice(end, to).trim() !== '') throw bad(`the tag <${inner.slice(0, 40)}> cannot be read`)
  return found
}

/** Line ends as XML has them. 2.11. */
const lines = (given: string): string => (given.includes('\r') ? given.replace(/\r\n?/g, '\n') : given)

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' }

/** With the characters that references stand for. 4.1, 4.6. */
function plain(given: string, bad: Bad): string {
  const text = lines(given)
  if (!text.includes('&')) return text
  return text.replace(/&([^;&<]{0,12};)?/g, (all, reference: string | undefined) => {
    const name = reference?.slice(0, -1) ?? ''
    const number = /^#x([0-9a-fA-F]+)$/.exec(name)?.[1] ?? /^#(\d+)$/.exec(name)?.[1]
    const value = number === undefined ? (Object.hasOwn(named, name) ? named[name] : undefined) : characterOf(parseInt(number, name.startsWith('#x') ? 16 : 10))
    if (value === undefined) throw bad(`${all.slice(0, 20)} stands for nothing`)
    return value
  })
}

const characterOf = (code: number): string | undefined => {
  const isAllowed = code === 9 || code === 10 || code === 13 || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff)
  return isAllowed ? String.fromCodePoint(code) : undefined
}
