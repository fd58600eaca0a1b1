// XML as devices write it, read in one pass, with its repairs. XML 1.0 as far as GB/T 28181-2022 A.2 uses it.
import { asideAt, decodeEntities, endTag, isBlank, malformed, openTag } from './tag.ts'

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

/** Called for each element that is complete, with those that it stands in; what it makes of it is its own business. */
export type OnComplete = (element: Element, inside: readonly Element[]) => void

/** Reads a document in steps, for one so large that reading it at once would hold up everything else. Throws what `scan` throws. */
export interface Scanner {
  /** The next part of its text; all of it before the first step. */
  readonly add: (piece: string) => void
  /** Reads on for about so many elements; true when there is no more to read. */
  readonly advance: (elements: number) => boolean
  readonly result: () => Scanned
}

/**
 * Reads one document and drops what follows its root. Throws ParseError `manscdp.malformed` for a document type (the door of
 * entity bombs), for excess, and where there is no element.
 *
 * Interop (Q39): a `<` that begins no tag and an `&` that begins no reference are text; control bytes are dropped; an element
 * that is not closed ends where its parent does; of a document that ends early the complete elements are kept.
 */
export function scan(text: string): Scanned {
  const scanner = createScanner()
  scanner.add(text)
  while (!scanner.advance(maxElements)) continue
  return scanner.result()
}

export function createScanner(onComplete?: OnComplete): Scanner {
  const repairs = new Set<string>()
  const tell: Tell = (repair) => repairs.add(repair)
  const pieces: string[] = []
  let length = 0
  let reading: Reading | undefined
  let mayGuess = false
  return {
    add: (piece) => {
      length += piece.length
      if (length > maxText) throw malformed(`more than ${maxText} characters`)
      pieces.push(withoutControls(piece, tell))
    },
    advance: (elements) => {
      reading ??= build(pieces.join(''), mayGuess, tell, onComplete)
      const state = reading.advance(elements)
      if (state !== 'broken') return state === 'done'
      // A sound document is read as it stands; guesses are made only about a broken one.
      if (mayGuess) throw malformed('no element')
      mayGuess = true
      reading = undefined
      return false
    },
    result: () => {
      const root = reading?.root()
      if (!root) throw malformed('no element')
      return { root, repairs: [...repairs] }
    },
  }
}

const controls = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/

/** Padding at the end is common and harms nothing: it goes untold. */
function withoutControls(text: string, tell: Tell): string {
  if (!controls.test(text)) return text
  if (controls.test(text.replace(/\0+$/, ''))) tell('control bytes')
  return text.replace(new RegExp(controls, 'g'), '')
}

interface Reading {
  /** `broken`: without guesses it goes no further than the first end tag that does not fit, or an early end. */
  readonly advance: (elements: number) => 'more' | 'done' | 'broken'
  readonly root: () => Building | undefined
}

function build(text: string, mayGuess: boolean, tell: Tell, onComplete: OnComplete | undefined): Reading {
  const keys = new Map<string, string>()
  const open: Building[] = []
  const endless = new Set<string>()
  let top: Building | undefined
  let root: Building | undefined
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
    } else root = element
    return element
  }
  const pop = (): Building | undefined => {
    const closed = open.pop()
    top = open[open.length - 1]
    if (closed) onComplete?.(closed, open)
    return closed
  }
  /** No element of MANSCDP holds both text and elements: what stands inside an unclosed one with text belongs beside it. */
  const popUnclosed = (): void => {
    const closed = pop()
    if (!closed || !top || closed.text === '' || closed.children === noChildren) return
    top.children.push(...closed.children)
    closed.children = noChildren
  }
  /** The tag at `lt`, or the `<` as text. */
  const takeOpen = (lt: number): void => {
    const tag = openTag(text, lt)
    if (!tag) {
      if (top) tell('a bare <')
      at = lt + 1
      return
    }
    takeText(lt)
    at = textAt = tag.next
    // Interop: `<Name>a<Name>` wants a slash, `<Item>...<Item>` an end before it. Neither nests in itself.
    if (mayGuess && top && top.name === tag.name) {
      tell('an element that is not closed')
      const isEnd = top.text !== ''
      popUnclosed()
      if (isEnd && top) return
    }
    const element = push(tag.name, tag.attributes)
    if (tag.isEmpty) return
    open.push(element)
    top = element
  }
  /** False when the end tag at `lt` fits nothing and no guess may be made. */
  const takeEnd = (lt: number, inside: Building): boolean => {
    takeText(lt)
    if (text.startsWith(inside.name, lt + 2) && text.charCodeAt(lt + 2 + inside.name.length) === 0x3e /* > */) {
      at = textAt = lt + 3 + inside.name.length
      pop()
      return true
    }
    const end = endTag(text, lt)
    at = textAt = end.next
    const wanted = end.name.toLowerCase()
    const depth = open.findLastIndex((element) => element.key === wanted)
    if (depth === open.length - 1) {
      if (end.name !== inside.name) tell('an end tag in another case')
    } else {
      if (!mayGuess) return false
      tell(depth < 0 ? 'an end tag without its element' : 'an element that is not closed')
      if (depth < 0) return true
      while (open.length > depth + 1) popUnclosed()
    }
    pop()
    return true
  }
  const takeAside = (lt: number): void => {
    const aside = asideAt(text, lt, endless)
    at = lt + 1
    if (!aside) return
    takeText(lt)
    if (top) top.text += aside.text
    at = textAt = aside.next
  }

  const advance: Reading['advance'] = (elements) => {
    const pauseAt = count + elements
    while (count < pauseAt) {
      const lt = text.indexOf('<', at)
      if (lt < 0) {
        if (!mayGuess || !root) return 'broken'
        cutShort(open, tell)
        return 'done'
      }
      const next = text.charCodeAt(lt + 1)
      if (next === 0x21 /* ! */ || next === 0x3f /* ? */) takeAside(lt)
      else if (next !== 0x2f /* / */) takeOpen(lt)
      else if (!top) at = lt + 2
      else if (!takeEnd(lt, top)) return 'broken'
      if (root && !top) {
        if (!isBlank(text, at, text.length)) tell('text after the root')
        return 'done'
      }
    }
    return 'more'
  }
  return { advance, root: () => root }
}

/** What is complete of a document that ended early: the element it ended in may hold half an id, so it goes, and its item with it. */
function cutShort([root, list, item]: readonly Building[], tell: Tell): void {
  tell('ends early')
  if (item) list?.children.pop()
  if (list && list.children.length === 0) root?.children.pop()
}
