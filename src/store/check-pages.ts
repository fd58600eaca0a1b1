// What was drawn of an inspection, a page at a time, with what is done of it: ten thousand checks are chosen among by their short rows (check_results),
// and only those of the page are read.
import type Database from 'better-sqlite3'
import type { Check, CheckPage, CheckWish, Draw, DrawnCheck, PopulationMember } from '../inspect/index.ts'

export interface CheckPages {
  /** Inside a transaction, with the check's document. */
  readonly put: (inspection: string, check: Check) => void
  readonly check: (inspection: string, n: number) => Check | undefined
  readonly page: (inspection: string, wish: CheckWish) => CheckPage
}

interface Row {
  readonly n: number
  readonly member: string
  readonly drawnIn: string | null
}

/** What a wish says, as parameters; what it leaves open is null. */
interface Asked {
  readonly id: string
  readonly after: number
  readonly most: number
  readonly isDone: 0 | 1 | null
  readonly result: string | null
  readonly standing: string | null
  readonly reason: string | null
  readonly stratum: number | null
  readonly class: string | null
  readonly text: string | null
}

const lastWord = `(SELECT w.result FROM reviews w WHERE w.inspection = @id AND w.n = s.n ORDER BY w."order" DESC LIMIT 1)`
/** Over `s`: what was drawn (n, member, drawnIn), and `r`: what it came to. */
const conditions = `(@isDone IS NULL OR (r.n IS NOT NULL) = @isDone)
  AND (@result IS NULL OR r.result = @result)
  AND (@standing IS NULL OR (r.n IS NOT NULL AND coalesce(${lastWord}, r.result) = @standing))
  AND (@reason IS NULL OR EXISTS (SELECT 1 FROM json_each(r.reasons) WHERE value = @reason))
  AND (@stratum IS NULL OR EXISTS (SELECT 1 FROM json_each(s.drawnIn) WHERE value = @stratum))
  AND (@class IS NULL OR s.member ->> '$.class' = @class)
  AND (@text IS NULL OR instr(lower((s.member ->> '$.id') || char(10) || (s.member ->> '$.name') || char(10) || (s.member ->> '$.owner')), @text) > 0)`
/** Where the sample is: in rows of its own, or, of draws of before, in the document of the draw. */
const inRows = 'SELECT drawn + 1 AS n, member, drawn_in AS drawnIn FROM population_members WHERE inspection = @id AND drawn IS NOT NULL'
const inDraw = `SELECT e.key + 1 AS n, e.value AS member, NULL AS drawnIn FROM inspections i, json_each(i.draw, '$.members') e WHERE i.id = @id`
const joined = (sample: string): string => `(${sample}) s LEFT JOIN check_results r ON r.inspection = @id AND r.n = s.n`
const bare: readonly (keyof CheckWish)[] = ['isDone', 'result', 'standing', 'reason', 'stratum', 'class', 'text']

export function checkPages(raw: Database.Database, drawOf: (id: string) => Draw | undefined): CheckPages {
  const put = raw.prepare<[string, number, string, string]>('INSERT INTO check_results (inspection, n, result, reasons) VALUES (?, ?, ?, ?) ON CONFLICT (inspection, n) DO UPDATE SET result = excluded.result, reasons = excluded.reasons')
  const one = raw.prepare<[string, number], string>('SELECT document FROM checks WHERE inspection = ? AND n = ?').pluck()
  const prepare = (sample: string) => ({
    page: raw.prepare<[Asked], Row>(`SELECT s.n, s.member, s.drawnIn FROM ${joined(sample)} WHERE s.n > @after AND ${conditions} ORDER BY s.n LIMIT @most`),
    total: raw.prepare<[Omit<Asked, 'after' | 'most'>], number>(`SELECT count(*) FROM ${joined(sample)} WHERE ${conditions}`).pluck(),
    all: raw.prepare<[{ id: string }], number>(`SELECT count(*) FROM (${sample})`).pluck(),
  })
  const [ofRows, ofDraw] = [prepare(inRows), prepare(inDraw)]
  const checkAt = (inspection: string, n: number): Check | undefined => {
    const document = one.get(inspection, n)
    return document === undefined ? undefined : (JSON.parse(document) as Check)
  }
  const drawn = (inspection: string, { n, member, drawnIn }: Row): DrawnCheck => {
    const check = checkAt(inspection, n)
    return { n, camera: JSON.parse(member) as PopulationMember, ...(drawnIn !== null && { drawnIn: JSON.parse(drawnIn) as readonly number[] }), ...(check && { check }) }
  }
  return {
    put: (inspection, { n, verdict }) => void put.run(inspection, n, verdict.result, JSON.stringify(verdict.reasons)),
    check: checkAt,
    page: (id, wish) => {
      const draw = drawOf(id)
      if (!draw) return { items: [], total: 0 }
      const of = draw.members.length > 0 ? ofDraw : ofRows
      const { after = 0, limit } = wish
      // Of draws of before a stratum is a class.
      const isOld = of === ofDraw && wish.stratum !== undefined
      const asked = {
        id,
        isDone: wish.isDone === undefined ? null : wish.isDone ? (1 as const) : (0 as const),
        result: wish.result ?? null,
        standing: wish.standing ?? null,
        reason: wish.reason ?? null,
        stratum: isOld ? null : (wish.stratum ?? null),
        class: wish.class ?? (isOld ? (draw.strata[wish.stratum ?? -1]?.class ?? '') : null),
        text: wish.text === undefined ? null : wish.text.toLowerCase(),
      }
      const rows = of.page.all({ ...asked, after, most: limit + 1 })
      const items = rows.slice(0, limit).map((row) => drawn(id, row))
      const total = (bare.every((key) => wish[key] === undefined) ? of.all.get({ id }) : of.total.get(asked)) ?? 0
      return { items, ...(rows.length > limit && { next: items.at(-1)?.n ?? after }), total }
    },
  }
}
