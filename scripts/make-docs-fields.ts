// Writes docs/fields.md from the field table: `node scripts/make-docs-fields.ts`. A test fails when the page is older than the table.
import { writeFileSync } from 'node:fs'
import { fieldGroups, fieldTable, type FieldRow } from '../src/registry/field-table.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')
const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`

const mandatoryOf = ({ mandatory, isChecked }: FieldRow): string =>
  `${mandatory === 'always' ? 'all' : mandatory === 'no' ? '' : `class ${mandatory.join(', ')}`}${isChecked ? ' (checked)' : ''}`

function typeOf({ type, maxLength, digits, range, unit, isPersonal }: FieldRow): string {
  const size = digits === undefined ? (range ? `${range[0]}-${range[1]}` : `${maxLength}`) : `${digits} digits`
  const kind = type === 'digits' ? '' : `${type === 'codes' ? 'codes joined by /' : type}, `
  return `${kind}${size}${unit ? ` ${unit.en}` : ''}${isPersonal ? ', personal' : ''}`
}

const reportedOf = ({ element, reported }: FieldRow): string => [element === undefined ? '' : `\`${element}\``, reported?.trap ?? ''].filter((part) => part !== '').join(': ')

const codesOf = (row: FieldRow): string => `**${row.zh}** ${row.abbreviation} (\`${row.name}\`): ${(row.table ?? []).map(({ code, zh, en }) => `${code} ${zh}${zh === en ? '' : ` (${en})`}`).join(', ')}.`

/** The page as a function of the table, so that a table with a row more shows what would be written. */
export function fieldsPage(table: readonly FieldRow[] = fieldTable): string {
  const tables = fieldGroups.map(({ name, zh, en }) => {
    const rows = table.filter(({ group }) => group === name)
    const lines = rows.map((row) => line([`\`${row.name}\``, row.zh, row.abbreviation, row.en, typeOf(row), mandatoryOf(row), reportedOf(row), row.source, (row.aliases ?? []).join(', ')]))
    return [`## ${en} ${zh}`, '', '| field | 名称 | abbr. | name | type, length | mandatory for | catalog element, and where it differs | source | other headings |', '|---|---|---|---|---|---|---|---|---|', ...lines, ''].join('\n')
  })
  return `# Fields of a record

Made by \`scripts/make-docs-fields.ts\` from \`src/registry/field-table.ts\`, the one place where a field is defined: types, API schema, rules, headings of
import and export, the console's form and this page come from it. A record is kept as a document, so a new row needs no migration unless lists are to be
filtered by the field. The same as data: \`GET /api/v1/fields\`.

The first 27 rows of the table are the columns of 一机一档 in the order that record programs of several provinces agree on; that is the order of
exports. "(checked)" marks the four checked fields of 六视频办发(2018)8号 (经纬度, 功能类型, 联网属性, 所属单位). "heading ours" says that no text
names the column. Of the 2022 catalog, field angles, stream numbers, download speeds, secrecy, security level and way of registration are not fields of
the record: they are kept as reported with the channel. A device of the 2016 edition sends none of the 2022 elements; that is not wrong.

${tables.join('\n')}
## Codes

Codes of several values are joined by \`/\`. In most tables a place may add codes of its own from 100 on: they are taken as they are; those of one
province's table (天网) stand below. 联网属性 is kept in words, since programs disagree on what 0 and 1 mean: an import asks.

${table.filter((row) => row.table).map(codesOf).join('\n\n')}
`
}

if (import.meta.main) writeFileSync(new URL('../docs/fields.md', import.meta.url), fieldsPage())
