// Pages that are made from tables are as the tables say, and every rule that the code can find stands in the table.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { field } from '../src/registry/field-row.ts'
import { fieldTable, type FieldRow } from '../src/registry/field-table.ts'
import { ruleTable } from '../src/registry/rules.ts'
import { fieldsPage } from './make-docs-fields.ts'
import { ruleSetsPage } from './make-docs-rule-sets.ts'
import { rulesPage } from './make-docs-rules.ts'

const root = new URL('..', import.meta.url).pathname
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

t.test('docs/fields.md, docs/rules.md and docs/rule-sets.md are not older than their tables', async (t) => {
  t.equal(read('docs/fields.md'), fieldsPage(), 'run: node scripts/make-docs-fields.ts')
  t.equal(read('docs/rules.md'), rulesPage(), 'run: node scripts/make-docs-rules.ts')
  t.equal(read('docs/rule-sets.md'), ruleSetsPage(), 'run: node scripts/make-docs-rule-sets.ts')
})

t.test('a row more is a line more', async (t) => {
  const more = field({ name: 'newField', group: 'device', zh: '新字段', en: 'New field', abbreviation: 'XZD', type: 'code', table: [{ code: '1', zh: '甲', en: 'one' }], mandatory: ['1'], source: 'a test' }) as unknown as FieldRow
  t.match(fieldsPage([...fieldTable, more]), /\| `newField` \| 新字段 \| XZD \| New field \| code, 20 \| class 1 \|/)
})

t.test('every rule that is found anywhere in the registry stands in the table', async (t) => {
  const known = new Set(ruleTable.map(({ code }) => code))
  const files = readdirSync(join(root, 'src/registry'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const unknown = files.flatMap((file) => [...read(`src/registry/${file}`).matchAll(/(?:rule: |finding\([^,()]+, )'([a-z-]+\.[a-z-]+)'/g)].flatMap(([, code = '']) => (known.has(code) ? [] : [`${file}: ${code}`])))
  t.same(unknown, [])
})
