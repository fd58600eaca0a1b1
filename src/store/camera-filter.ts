// What a search asks of a record, as SQL over one row of `cameras c`. Codes are bound, never written into the SQL.
import type { CameraQuery } from '../registry/index.ts'
import { gramsToFind, textQuery } from './camera-text.ts'

export interface Filter {
  readonly sql: string
  readonly values: Readonly<Record<string, string | number>>
}

/** A smaller set that holds every record looked for, by an index of its own: `sql` gives `n` or `id`, at most so many rows as is asked. */
export interface Driver {
  readonly of: 'text' | 'finding' | 'box'
  readonly key: 'n' | 'id'
  readonly sql: string
  readonly values: Readonly<Record<string, string | number>>
  /** A look that every row of it passes, or undefined. */
  readonly proves?: Look
}

/** What needs a look at another table for each row. */
export type Look = Filter

export interface Terms {
  /** What is read from the covering index alone. */
  readonly plain: Filter
  readonly looks: readonly Look[]
  readonly drivers: readonly Driver[]
}

export const allOf = (looks: readonly Look[]): Filter => ({
  sql: looks.map(({ sql }) => sql).join(' AND ') || 'true',
  values: Object.assign({}, ...looks.map(({ values }) => values)) as Filter['values'],
})

/** LIKE with the user's own % and _ taken literally. ASCII case does not matter; Chinese has none. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`

const isAsked = (text: string | undefined): text is string => text !== undefined && text !== ''

export function termsOf(query: CameraQuery): Terms {
  const { box } = query
  const text = isAsked(query.text) ? textTerms(query.text) : undefined
  const finding = findingTerms(query)
  const looks = [text?.look, finding?.look].filter((each) => each !== undefined)
  return {
    plain: plainFilter(query),
    looks,
    drivers: [
      ...(text?.driver ? [text.driver] : []),
      ...(finding?.driver ? [finding.driver] : []),
      ...(box ? [{ of: 'box' as const, key: 'n' as const, sql: 'SELECT n FROM camera_places WHERE east >= @west AND west <= @east AND north >= @south AND south <= @north', values: { ...box } }] : []),
    ],
  }
}

export function plainFilter(query: CameraQuery): Filter {
  const terms: string[] = []
  const values: Record<string, string | number> = {}
  const add = (sql: string, given: Record<string, string | number> = {}): void => {
    terms.push(sql)
    Object.assign(values, given)
  }
  if (query.onlyRetired === true) add('c.is_retired = 1')
  else if (query.includeRetired !== true) add('c.is_retired = 0')
  // Digits sort below ":": a range finds the prefix without a function call per row.
  if (isAsked(query.area)) add('c.area >= @area AND c.area < @areaEnd', { area: query.area, areaEnd: `${query.area}:` })
  if (query.class !== undefined) add('c.class = @class', { class: query.class })
  if (query.online !== undefined) add(query.online ? `c.presence IN ('online', 'late')` : `c.presence NOT IN ('online', 'late')`)
  if (query.presence !== undefined) add('c.presence = @presence', { presence: query.presence })
  if (query.complete !== undefined) add('c.is_complete = @complete', { complete: Number(query.complete) })
  if (query.draft !== undefined) add('c.is_draft = @draft', { draft: Number(query.draft) })
  if (query.function !== undefined) add('instr(c.functions, @function) > 0', { function: `/${query.function}/` })
  if (query.industry !== undefined) add('instr(c.industry, @industry) > 0', { industry: `/${query.industry}/` })
  if (query.builtBy !== undefined) add('c.built_by = @builtBy', { builtBy: query.builtBy })
  if (query.updatedSinceMs !== undefined) add('c.updated_at_ms >= @updatedSince', { updatedSince: query.updatedSinceMs })
  // LIKE costs five times what instr does, and only letters of ASCII have a case that it evens out.
  if (isAsked(query.owner)) {
    if (/[a-z]/i.test(query.owner)) add(`c.owner LIKE @owner ESCAPE '\\'`, { owner: containing(query.owner) })
    else add('instr(c.owner, @owner) > 0', { owner: query.owner })
  }
  if (query.box) add('c.longitude BETWEEN @west AND @east AND c.latitude BETWEEN @south AND @north', { ...query.box })
  return { sql: terms.join(' AND ') || 'true', values }
}

/** Words are looked for in the text of each row; their grams name the rows where that is worth while. Blanks find everything. */
function textTerms(text: string): { readonly look: Look; readonly driver?: Driver } | undefined {
  const query = textQuery(text)
  if (!query) return undefined
  const values: Record<string, string> = {}
  const has = (word: string, name: string): string => {
    values[name] = word
    return `instr(x.text, @${name}) > 0`
  }
  const all = query.words.map((word, at) => has(word, `word${at}`)).join(' AND ')
  const either = query.joined === undefined ? all : `(${all}) OR ${has(query.joined, 'joined')}`
  const match = [query.words, ...(query.joined === undefined ? [] : [[query.joined]])].map((words) => matching(words))
  const look = { sql: `EXISTS (SELECT 1 FROM camera_texts x WHERE x.n = c.n AND (${either}))`, values }
  if (match.some((each) => each === '')) return { look }
  // A word that is one gram is found by it and by nothing else.
  const isProof = query.joined === undefined && query.words.every((word) => [...word].length <= 3 && gramsToFind(word).length === 1 && /^[\p{L}\p{N}]+$/u.test(word))
  return { look, driver: { of: 'text', key: 'n', sql: 'SELECT rowid AS n FROM camera_grams WHERE camera_grams MATCH @match', values: { match: match.join(' OR ') }, ...(isProof && { proves: look }) } }
}

/** Grams hold letters and digits only, so that the quotes are safe. */
const matching = (words: readonly string[]): string => {
  const grams = words.flatMap((word) => gramsToFind(word))
  return grams.length === 0 ? '' : `(${grams.map((gram) => `"${gram}"`).join(' AND ')})`
}

/** Without a state: what is neither fixed nor waived. */
function findingTerms({ finding, findingState }: CameraQuery): { readonly look: Look; readonly driver?: Driver } | undefined {
  if (finding === undefined && findingState === undefined) return undefined
  const state = findingState === undefined ? `f.state IN ('open', 'accepted')` : 'f.state = @findingState'
  const rule = finding === undefined ? '' : ' AND f.rule = @finding'
  const values = { ...(finding === undefined ? {} : { finding }), ...(findingState === undefined ? {} : { findingState }) }
  const look = { sql: `EXISTS (SELECT 1 FROM findings f WHERE f.camera_id = c.id AND ${state}${rule})`, values }
  return { look, ...(finding === undefined ? {} : { driver: { of: 'finding', key: 'id', sql: `SELECT f.camera_id AS id FROM findings f WHERE ${state}${rule}`, values, proves: look } }) }
}
