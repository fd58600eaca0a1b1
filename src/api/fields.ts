// The field table, the rules on records and the divisions, as data in both languages.
import { AppError } from '../base/index.ts'
import { fieldGroups, fieldTable, ruleTable, shippedDivisions, type Division, type FieldRow } from '../registry/index.ts'
import type { App } from './app.ts'
import type { ApiDeps } from './deps.ts'
import { DivisionList, DivisionQuery, FieldTable, Items, RecordRule, type Division as DivisionView, type FieldDescription } from './schema/index.ts'

/** One row of the field table as it leaves: whatever the table is given next is here too. */
export function describeField(row: FieldRow): FieldDescription {
  const { reported, table, aliases, ...rest } = row
  return { ...rest, aliases: aliases ?? [], codes: table ?? [], ...(reported?.trap === undefined ? {} : { trap: reported.trap }) }
}

const fields: FieldTable = { groups: fieldGroups, items: fieldTable.map(describeField) }

export function fieldRoutes(app: App, { divisions = shippedDivisions() }: ApiDeps): void {
  app.get(
    '/fields',
    { schema: { tags: ['cameras'], summary: 'Fields of a record: names, types, codes, for whom mandatory, from where', response: { 200: FieldTable } }, config: { allow: 'cameras.see' } },
    async () => fields,
  )

  app.get(
    '/record-rules',
    { schema: { tags: ['cameras'], summary: 'Rules on records: codes, words, and whether a text has them or they are ours', response: { 200: Items(RecordRule) } }, config: { allow: 'cameras.see' } },
    async () => ({ items: ruleTable }),
  )

  const shown = (division: Division): DivisionView => ({ ...division, fullName: divisions.fullName(division.code), hasChildren: divisions.children(division.code).length > 0 })
  app.get(
    '/divisions',
    { schema: { tags: ['cameras'], summary: 'Administrative divisions, one level at a time', querystring: DivisionQuery, response: { 200: DivisionList } }, config: { allow: 'cameras.see' } },
    async (request) => {
      const { parent = '', at } = request.query
      if (parent !== '' && !divisions.find(parent)) throw new AppError('not-found', `there is no division ${parent}`)
      return { path: parent === '' ? [] : divisions.path(parent).map(shown), items: divisions.children(parent, at).map(shown) }
    },
  )
}
