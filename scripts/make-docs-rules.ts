// Writes docs/rules.md from the table of rules: `node scripts/make-docs-rules.ts`. A test fails when the page is older than the table.
import { writeFileSync } from 'node:fs'
import { ruleLimits, ruleTable, type RuleRow } from '../src/registry/rules.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

const parts: readonly (readonly [needs: RuleRow['needs'], title: string, text: string])[] = [
  ['record', 'On one record', 'On every write and import, and again whenever an area is checked.'],
  ['area', 'On many records together', 'When an area is checked: duplicates may lie in a neighbour\'s district, so every record is looked at and the area\'s findings are kept.'],
  ['catalog', 'Against catalogs', 'When a catalog arrives, a record changes, or an area is checked. What a device does not report is not compared: one of the 2016 edition sends none of the fields of 2022.'],
  ['presence', 'Against presence', 'As presence changes, and when an area is checked.'],
  ['inspection', 'Against what was verified', 'Where an inspection or a person on site has confirmed a value.'],
]

export function rulesPage(): string {
  const tables = parts.map(([needs, title, text]) => {
    const rows = ruleTable.filter((rule) => rule.needs === needs)
    const lines = rows.map(({ code, field, severity, zh, en, basis }) => `| \`${code}\` | ${field} | ${severity} | ${cell(zh)} | ${cell(en)} | ${basis.kind}: ${cell(basis.text)} |`)
    return `## ${title}\n\n${text}\n\n| rule | field | severity | 要求 | asks | basis |\n|---|---|---|---|---|---|\n${lines.join('\n')}\n`
  })
  return `# Rules on records

Made by \`scripts/make-docs-rules.ts\` from the one table of rules (\`src/registry/rules/table.ts\`). Each rule is a small pure function; a finding names
its rule, its field, and what was met, in both languages. An \`error\` makes a record incomplete, a \`warning\` does not, \`info\` is for who wants to know.
The same as data: \`GET /api/v1/record-rules\`.

"sourced" says that a standard, a notice or a record program has the rule, and which; "ours" that no text prescribes it: never quote such a rule as a
standard's. No text of a national standard of the record itself was at hand. Figures are configured (\`registry.rules.*\`, see operations.md); by default:
${ruleLimits.recordDays} days of recording, ${ruleLimits.keyRecordDays} at positions ${ruleLimits.keyPositions.join(', ')}; ${ruleLimits.toleranceM} m of tolerance around an outline; ${ruleLimits.samePlace} cameras on one point;
${ruleLimits.datumPoints} points for another datum.

- **Outlines** are a GeoJSON file of the user's (\`outlines\`). Where a division has none, the check of an area says once that the rule was not applied
  (\`coordinates.outline-not-applied\`); no camera has a finding for it.
- **Divisions** are the shipped table (GB/T 2260 by the yearly lists of 2002-12 to 2023-06, withdrawn codes with the list that first lacks them) or the
  user's own (\`registry.divisions\`). A withdrawn code stays valid for a camera that was put up before.
- **GCJ-02** is suspected of a batch (an import, or the records of one managing unit in one division), never of one point. A point speaks for GCJ-02 when
  shifting it back brings it into its division, or to where its device reports, and as declared it is clearly elsewhere; for WGS-84 the other way round;
  most points say nothing. The batch is reported when at least ${ruleLimits.datumPoints} points speak for GCJ-02 and so one-sided a split would come by chance once in a
  thousand (one-sided sign test). It cannot see a batch far from its division's edge without reports of devices, nor one whose outline is in GCJ-02
  itself, and it takes a device's own report for WGS-84, as the standard asks.

${tables.join('\n')}`
}

if (import.meta.main) writeFileSync(new URL('../docs/rules.md', import.meta.url), rulesPage())
