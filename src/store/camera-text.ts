// What a record is found by as text: name, common name, address and code, and how the names sound, so that `nmdd` and `nanmen` find 南门大道.
// Each record has one text and the set of its grams; a search looks the grams up (FTS5) and then for the words themselves in the text.
import { createRequire } from 'node:module'
import type { pinyin as Pinyin } from 'pinyin-pro'

/** Raise it when texts or searched columns come out otherwise than before: every record is written anew at the next start (camera-upkeep.ts). */
export const searchVersion = 2

/** Words of one search; more are a pasted paragraph. Ours. */
const maxWords = 8
/** Readings kept of one name: 六 is liu and lu, 厂 chang and an; beyond these few the rarest are left out. Ours. */
const maxReadings = 8
/** Longest part of a value that is searched; names and addresses have at most 50 characters by the register's own rule. */
const maxSearched = 200

/** Loaded with the first name that is written or sorted: 30 ms and some 25 MB that a process which only reads does not need. */
let loaded: typeof Pinyin | undefined
const pinyin = (): typeof Pinyin => (loaded ??= (createRequire(import.meta.url)('pinyin-pro') as { readonly pinyin: typeof Pinyin }).pinyin)

/** Wide digits and letters as plain ones, small letters, single blanks. */
export const plain = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()

const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text)

/** The syllables of a name as it is read in its words (重庆 is chong qing), without tones; ü is v, as it is typed. What is not Chinese stays. */
const syllables = (name: string): readonly string[] => {
  if (!isChinese(name)) return [...name]
  const kept = syllablesKept.get(name)
  if (kept) return kept
  const read = pinyin()(name, { toneType: 'none', type: 'array', v: true, nonZh: 'spaced' })
  if (syllablesKept.size >= maxNamesKept) syllablesKept.clear()
  syllablesKept.set(name, read)
  return read
}

/** A name is asked for twice, to be sorted by and to be found by, some hundred records apart; a common name again and again. */
const syllablesKept = new Map<string, readonly string[]>()
const maxNamesKept = 2000

/** Names in the order that a Chinese reader expects: by sound, then as written. */
export const sortKey = (name: string): string => {
  const tidy = plain(name.slice(0, maxSearched))
  return isChinese(tidy) ? `${syllables(tidy).join(' ')} ${tidy}` : tidy
}

/** Initials and full spelling of a name, then both again for each other reading of one of its characters: places often have one that no dictionary knows. */
export function sounds(name: string): readonly string[] {
  const tidy = plain(name.slice(0, maxSearched)).replace(/[^\p{L}\p{N}]/gu, '')
  if (!isChinese(tidy)) return []
  const read = syllables(tidy)
  const found = new Set([initials(read), read.join('')])
  const characters = [...tidy]
  if (characters.length !== read.length) return [...found]
  let readings = 0
  for (const [at, character] of characters.entries()) {
    for (const other of readingsOf(character)) {
      if (other === read[at] || readings >= maxReadings) continue
      readings++
      const again = read.with(at, other)
      found.add(initials(again)).add(again.join(''))
    }
  }
  return [...found]
}

/** Of one character, the common ones first; kept, since names are made of some thousand characters again and again. */
const readingsKept = new Map<string, readonly string[]>()
const maxCharactersKept = 30_000
function readingsOf(character: string): readonly string[] {
  if (!isChinese(character)) return []
  const kept = readingsKept.get(character)
  if (kept) return kept
  const readings = pinyin()(character, { multiple: true, toneType: 'none', type: 'array', v: true })
  if (readingsKept.size < maxCharactersKept) readingsKept.set(character, readings)
  return readings
}

const initials = (read: readonly string[]): string => read.map((syllable) => syllable.slice(0, 1)).join('')

export interface SearchedText {
  readonly id: string
  readonly name: string
  readonly commonName: string
  readonly address: string
}

/** The text of a record, one value a line: what is looked for never runs over the end of one into the next. */
export function searchText(values: SearchedText): string {
  const { id, name, commonName, address } = values
  const written = [name, commonName, address].map((value) => plain(value.slice(0, maxSearched)))
  return [...new Set([plain(id), ...written, ...sounds(name), ...sounds(commonName)])].filter((line) => line !== '').join('\n')
}

/** What a record is sorted and found by: the key of its name, its text, and the grams of that with blanks between. */
export interface Indexed {
  readonly nameKey: string
  readonly text: string
  readonly grams: string
}

export function indexed(values: SearchedText): Indexed {
  const text = searchText(values)
  return { nameKey: sortKey(values.name), text, grams: [...grams(text)].join(' ') }
}

/** Every word must be found, wherever it stands. `nan men` is `nanmen` too: the whole without blanks is a second way to be found. */
export interface TextQuery {
  readonly words: readonly string[]
  readonly joined?: string
}

export function textQuery(text: string): TextQuery | undefined {
  const tidy = plain(text)
  const words = [...new Set(tidy.split(' '))].filter((word) => word !== '').slice(0, maxWords)
  if (words.length === 0) return undefined
  return { words, ...(words.length > 1 && /^[a-z' ]+$/.test(tidy) ? { joined: tidy.replace(/[' ]/g, '') } : {}) }
}

/** As the index knows a character: ASCII as it is, any other by its number, so that no tokenizer decides what a letter is. '' for signs and blanks. */
function signOf(character: string): string {
  if (isAscii(character)) return /[a-z0-9]/.test(character) ? character : ''
  let sign = signsKept.get(character)
  if (sign === undefined) {
    sign = /[\p{L}\p{N}]/u.test(character) ? `u${(character.codePointAt(0) ?? 0).toString(16)}` : ''
    if (signsKept.size < maxCharactersKept) signsKept.set(character, sign)
  }
  return sign
}
const signsKept = new Map<string, string>()
const isAscii = (character: string): boolean => character < '\u0080'

/**
 * Grams of a text: one and two characters; where they are ASCII two and three, since one letter or digit finds nearly everything. Signs and blanks
 * belong to none.
 */
export function grams(text: string): ReadonlySet<string> {
  const found = new Set<string>()
  let [first, second] = ['', '']
  let [c0, c1] = [-1, -1]
  if (round === 0xffff_ffff) seenIn.fill((round = 0))
  round++
  for (const character of text) {
    const sign = signOf(character)
    if (sign === '') {
      first = second = ''
      c0 = c1 = -1
      continue
    }
    const c = sign.length === 1 ? numberOf(sign) : -1
    if (c < 0) found.add(sign)
    // The readings of a name repeat each other: what this text has had is told by its number, before a string is made of it.
    if (second !== '' && (c < 0 || c1 < 0 || isNew(c1 * 36 + c))) found.add(second + sign)
    if (c >= 0 && c1 >= 0 && c0 >= 0 && isNew(1296 + (c0 * 36 + c1) * 36 + c)) found.add(first + second + sign)
    first = second
    second = sign
    c0 = c1
    c1 = c
  }
  return found
}

/** Pairs and triples of the 36 letters and digits, each with the last text that had it. */
const seenIn = new Uint32Array(36 * 36 + 36 * 36 * 36)
let round = 0
const numberOf = (sign: string): number => (sign >= 'a' ? sign.charCodeAt(0) - 87 : sign.charCodeAt(0) - 48)
const isNew = (gram: number): boolean => {
  if (seenIn[gram] === round) return false
  seenIn[gram] = round
  return true
}

/** Those grams of a word that find it: the longest that cover it. None, where it has no letter or digit, or a single one of ASCII. */
export function gramsToFind(word: string): readonly string[] {
  const found = new Set<string>()
  const signs = [...word].map(signOf)
  for (const [at, sign] of signs.entries()) {
    const [before = '', next = '', afterNext = ''] = [signs[at - 1], signs[at + 1], signs[at + 2]]
    if (sign === '') continue
    const isTriple = (a: string, b: string, c: string): boolean => a.length === 1 && b.length === 1 && c.length === 1
    if (isTriple(sign, next, afterNext)) found.add(sign + next + afterNext)
    // A pair inside a triple says nothing more.
    else if (next !== '' && !isTriple(before, sign, next)) found.add(sign + next)
    else if (next === '' && before === '' && sign.length > 1) found.add(sign)
  }
  return [...found]
}
