// XML as devices write it, read in one pass, with its repairs. XML 1.0 as far as GB/T 28181-2022 A.2 uses it.
import { ParseError } from '../../base/index.ts'
import { openTag } from './tag.ts'

export interface Element {
  readonly name: string
  /** The name in lower case: devices vary it. Q40. */
  readonly key: string
  readonly attributes: Readonly<Record<string, string>>
  /** The text directly inside, trimmed; empty when there is none. */
  readonly text: string
  readonly children: readonly Element[]
}

export interface Scanned {
  readonly root: Element
  /** What was mended, in words; empty for a sound document. */
  readonly repairs: readonly string[]
}

/** Characters. Ours: a catalog page of 10,000 items (Annex M) stays below it. */
const maxText = 8 * 1024 * 1024
/** The standard's own forms are five deep. */
const maxDepth = 24
/** Ours: 10,000 items of 40 fields. */
const maxElements = 420_000

interface Building {
  readonly name: string
  readonly key: string
  readonly attributes: Readonly<Record<string, string>>
  text: string
  children: Building[]
}
type Tell = (repair: string) => void

/** Shared by the many elements without any; never written to. */
const noChildren: Building[] = []

/**
 * Reads one document and drops what follows its root. Throws ParseError `manscdp.malformed` for a document type (the door of
 * entity bombs), for excess, and where there is no element.
 *
 * Interop (Q39): a `<` that begins no tag and an `&` that begins no reference are text; control bytes are dropped; an element
 * that is not closed ends where its parent does; of a document that ends early the complete elements are kept.
 */
export function scan(text: string): Scanned {
  if (text.length > maxText) throw malformed(`${text.length} characters, at most ${maxText}`)
  const repairs = new Set<string>()
  const tell: Tell = (repair) => repairs.add(repair)
  const clean = withoutControls(text, tell)
  // A sound document is read as it stands; guesses are made only about a broken one.
  const root = build(clean, false, tell) ?? build(clean, true, tell)
  if (!root) throw malformed('no element')
  return { root, repairs: [...repairs] }
}

const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/

function withoutControls(text: string, tell: Tell): string {
  if (!controls.test(text)) return text
  const clean = text.replace(new RegExp(controls, 'g'), '')
  // Padding at the end is common and harms nothing.
  if (controls.test(text.replace(/\0+$/, ''))) tell('control bytes')
  return clean
}

/** One pass. Without guesses it gives up (undefined) at the first end tag that does not fit and at an early end. */
function build(text: string, mayGuess: boolean, tell: Tell): Building | undefined {
  const keys = new Map<string, string>()
  const open: Building[] = []
  let top: Building | undefined
  let count = 0
  /** Where the text not yet given to `top` begins; where the next `<` is looked for. */
  let textAt = 0
  let at = 0

  const takeText = (end: number): void => {
    if (!top || end <= textAt || isBlank(text, textAt, end)) return
    top.text += decodeEntities(text.slice(textAt, end).trim())
  }
  const push = (name: string, attributes: Readonly<Record<string, string>>): Building => {
    if (++count > maxElements) throw malformed(`more than ${maxElements} elements`)
    if (open.length >= maxDepth) throw malformed(`deeper than ${maxDepth} elements`)
    let key = keys.get(name)
    if (key === undefined) keys.set(name, (key = name.toLowerCase()))
    const element: Building = { name, key, attributes, text: '', children: noChildren }
    if (top) {
      if (top.children === noChildren) top.children = [element]
      else top.children.push(element)
    }
    return element
  }
  const pop = (): Building | undefined => {
    const closed = open.pop()
    top = open[open.length - 1]
    return closed
  }
  /** No element of MANSCDP holds both text and elements: what stands inside an unclosed one with text belongs beside it. */
  const popUnclosed = (): void => {
    const closed = pop()
    if (!closed || !top || closed.text === '' || closed.children === noChildren) return
    top.children.push(...closed.children)
    closed.children = noChildren
  }
  const finish = (root: Building | undefined, end: number): Building | undefined => {
    if (!isBlank(text, end, text.length)) tell('text after the root')
    return root
  }

  for (;;) {
    const lt = text.indexOf('<', at)
    if (lt < 0) break
    const next = text.charCodeAt(lt + 1)
    if (next === 0x2f /* / */) {
      if (!top) {
        at = lt + 2
        continue
      }
      takeText(lt)
      const isExact = text.startsWith(top.name, lt + 2) && text.charCodeAt(lt + 2 + top.name.length) === 0x3e
      if (isExact) {
        at = textAt = lt + 3 + top.name.length
        const closed = pop()
        if (!top) return finish(closed, at)
        continue
      }
      const end = endTag(text, lt)
      at = textAt = end.next
      const wanted = end.name.toLowerCase()
      const depth = open.findLastIndex((element) => element.key === wanted)
      if (depth === open.length - 1) {
        if (end.name !== top.name) tell('an end tag in another case')
      } else {
        if (!mayGuess) return undefined
        tell(depth < 0 ? 'an end tag without its element' : 'an element that is not closed')
        if (depth < 0) continue
        while (open.length > depth + 1) popUnclosed()
      }
      const closed = pop()
      if (!top) return finish(closed, at)
    } else if (next === 0x21 /* ! */ || next === 0x3f /* ? */) {
      const aside = asideAt(text, lt)
      at = lt + 1
      if (!aside) continue
      takeText(lt)
      if (top && aside.text !== '') top.text += aside.text
      at = textAt = aside.next
    } else {
      const tag = openTag(text, lt)
      if (!tag) {
        if (top) tell('a bare <')
        at = lt + 1
        continue
      }
      takeText(lt)
      at = textAt = tag.next
      // Interop: `<Name>a<Name>` wants a slash, `<Item>...<Item>` an end before it. Neither nests in itself.
      if (mayGuess && top && top.name === tag.name) {
        tell('an element that is not closed')
        const isEnd = top.text !== ''
        popUnclosed()
        if (isEnd && top) continue
      }
      const element = push(tag.name, tag.attributes)
      if (!tag.isEmpty) {
        open.push(element)
        top = element
      } else if (!top) return finish(element, at)
    }
  }
  return mayGuess ? cutShort(open, tell) : undefined
}

/** What is complete of a document that ended early: the element it ended in may hold half an id, so it goes, and its item with it. */
function cutShort([root, list, item]: readonly Building[], tell: Tell): Building | undefined {
  if (!root) return undefined
  tell('ends early')
  if (item) list?.children.pop()
  if (list && list.children.length === 0) root.children.pop()
  return root
}

/** Name and end of the end tag at `lt`; at the end of the text its `>` may be missing. */
function endTag(text: string, lt: number): { readonly name: string; readonly next: number } {
  const gt = text.indexOf('>', lt)
  const lt2 = text.indexOf('<', lt + 1)
  const isCut = gt < 0 || (lt2 >= 0 && lt2 < gt)
  const stop = isCut ? (lt2 < 0 ? text.length : lt2) : gt
  return { name: text.slice(lt + 2, Math.min(stop, lt + 80)).trim(), next: isCut ? stop : gt + 1 }
}

/** A comment, a declaration or a CDATA section at `lt`; undefined for anything else, which is text then. */
function asideAt(text: string, lt: number): { readonly text: string; readonly next: number } | undefined {
  if (/^<!DOCTYPE/i.test(text.slice(lt, lt + 9))) throw malformed('a document type')
  const [start, end] = text.startsWith('<!--', lt) ? ['<!--', '-->'] : text.startsWith('<![CDATA[', lt) ? ['<![CDATA[', ']]>'] : text[lt + 1] === '?' ? ['<?', '?>'] : ['', '']
  const at = start === '' ? -1 : text.indexOf(end, lt + start.length)
  if (at < 0) return undefined
  return { text: start === '<![CDATA[' ? text.slice(lt + start.length, at).trim() : '', next: at + end.length }
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text.charCodeAt(at) > 0x20) return false
  return true
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** References of XML become their characters; any other `&` stays. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g, (whole, name?: string, decimal?: string, hex?: string) => {
    if (name) return named[name] ?? whole
    const code = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16)
    const isCharacter = code >= 0x20 && code !== 0x7f && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
    return isCharacter ? String.fromCodePoint(code) : ''
  })
}

export const malformed = (what: string): ParseError => new ParseError('manscdp.malformed', `not a MANSCDP body: ${what}`)
