// What a plan may look at: the registry's table of fields, in the words of inspections.
import type { PlanField, PlanFields } from '../inspect/index.ts'
import { fieldTable } from '../registry/index.ts'

/** Divisions and police units are codes whose beginning is the unit above (GB/T 2260, GA/T 380). */
const byBeginning: ReadonlySet<string> = new Set(['area', 'policeUnit'])

export const planFields: PlanFields = new Map(
  fieldTable.map((row): [string, PlanField] => [
    row.name,
    {
      name: row.name,
      title: { zh: row.zh, en: row.en },
      isPersonal: row.isPersonal,
      isMany: row.type === 'codes',
      isPrefix: byBeginning.has(row.name),
      labels: new Map((row.table ?? []).map(({ code, zh, en }) => [code, { zh, en }])),
    },
  ]),
)
