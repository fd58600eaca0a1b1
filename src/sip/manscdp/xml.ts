// Elements written as XML, and the raw fields of what no typed field says. GB/T 28181-2022 A.2.
import type { Element } from './scan.ts'
import { noAttributes } from './tag.ts'
import type { Raw } from './values.ts'

/** Ours: a field count and a length that no honest message reaches. */
const maxFields = 200
const maxValue = 4096

/** An element to write: `content` is its text, or its children. */
export function element(name: string, content: string | readonly Element[], attributes: Readonly<Record<string, string>> = noAttributes): Element {
  const isText = typeof content === 'string'
  return { name, key: name.toLowerCase(), attributes, text: isText ? content : '', children: isText ? [] : content }
}

/** A list as the standard writes it, with its length in Num. */
export const listElement = (name: string, items: readonly Element[]): Element => element(name, items, { Num: String(items.length) })

export function elementText({ name, attributes, text, children }: Element): string {
  const start = `${name}${Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`).join('')}`
  if (children.length === 0) return `<${start}>${escape(text)}</${name}>`
  return `<${start}>${escape(text)}\r\n${children.map(elementText).join('\r\n')}\r\n</${name}>`
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (text: string): string => (/[\x00-\x1f\x7f&<>"]/.test(text) ? text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '').replace(/[&<>"]/g, (c) => escapes[c] ?? c) : text)

/** Collects raw fields: `Info.PTZType` for what is inside, `Item[2]` for what is repeated, at most 200 of 4,096 characters each. */
export interface RawFields {
  /** The element, what is inside it and its attributes, under `name`. */
  readonly keep: (found: Element, name?: string) => void
  readonly keepText: (name: string, text: string) => void
  readonly fields: () => Raw | undefined
}

/** `spell` gives a path the standard's spelling where it has one. Ten thousand items pass here at once: the common case, one leaf of a name, is kept short. */
export function rawFields(spell: (path: string) => string = (path) => path): RawFields {
  let fields: Record<string, string> | undefined
  let count = 0
  let containers: Map<string, number> | undefined
  const has = (name: string): boolean => fields?.[name] !== undefined && Object.hasOwn(fields, name)
  const keepText = (path: string, text: string): boolean => {
    if (text === '' || count >= maxFields) return true
    const name = spell(path)
    if (has(name)) return false
    if (name.includes('__proto__')) return true
    fields ??= {}
    fields[name] = text.length > maxValue ? text.slice(0, maxValue) : text
    count++
    return true
  }
  const keepAt = (found: Element, plain: string): void => {
    const { text, children, attributes } = found
    if (children.length === 0 && attributes === noAttributes) {
      for (let nth = 2, path = plain; !keepText(path, text); nth++) path = `${plain}[${nth}]`
      return
    }
    containers ??= new Map()
    const nth = (containers.get(plain) ?? 0) + 1
    containers.set(plain, nth)
    const path = nth === 1 ? plain : `${plain}[${nth}]`
    keepText(path, text)
    for (const child of children) keepAt(child, `${path}.${child.name}`)
    for (const [name, value] of Object.entries(attributes)) keepText(`${path}.${name}`, value)
  }
  return { keep: (found, name = found.name) => keepAt(found, name), keepText: (name, text) => void keepText(name, text), fields: () => fields }
}

interface Outline {
  text: string
  readonly inside: Map<string, Outline>
}

/** Raw fields back as elements, in their order; nested ones go back inside one another. */
export function rawElements(raw: Raw = {}): readonly Element[] {
  const root: Outline = { text: '', inside: new Map() }
  for (const [path, text] of Object.entries(raw)) {
    let at = root
    for (const step of path.split('.')) {
      const inside = at.inside.get(step) ?? { text: '', inside: new Map<string, Outline>() }
      at.inside.set(step, inside)
      at = inside
    }
    at.text = text
  }
  return insideOf(root)
}

const insideOf = (outline: Outline): readonly Element[] =>
  [...outline.inside].flatMap(([step, at]) => {
    const name = step.replace(/\[\d+\]$/, '')
    return /^[A-Za-z_][\w:-]{0,63}$/.test(name) ? [{ ...element(name, insideOf(at)), text: at.text }] : []
  })
