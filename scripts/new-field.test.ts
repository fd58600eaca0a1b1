// A new field is one row: a copy of the source gets one, and everything that is made from the table has it. No list beside the table is touched.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'

const root = new URL('..', import.meta.url).pathname
const row = `  field({ name: 'lensCount', group: 'device', zh: '镜头数', en: 'Number of lenses', abbreviation: 'JTS', aliases: ['镜头数量'], element: 'Info.LensCount', reported: { as: 'text' }, type: 'integer', range: [1, 64], mandatory: ['1'], source: 'a test' }),\n`

/** Runs in the copy: what the house makes of the table there. */
const look = `
import { Value } from 'typebox/value'
import { CameraChange, CameraCreate, FieldName } from './src/api/schema/index.ts'
import { describeField } from './src/api/fields.ts'
import { cameraCells, checkRecord, createRegistry, fieldRow, headingCells, readChannel } from './src/registry/index.ts'
import { manualClock, silentLog } from './src/base/index.ts'
import { fieldOfHeading } from './src/registry/import/headings.ts'
import { openStore } from './src/store/index.ts'
import { fieldsPage } from './scripts/make-docs-fields.ts'

const code = '32011600001320000101'
const clock = manualClock()
const store = await openStore({ file: ':memory:', clock })
const registry = createRegistry({ store: store.registry, clock, log: silentLog })
const camera = await registry.create({ code, lensCount: ' ４ ' }, 'test', 'a new field')
const kept = await registry.camera(code)
const rules = (lensCount) => checkRecord({ code, class: '1', ...(lensCount === undefined ? {} : { lensCount }) }, { nowMs: 0 }).map(({ rule }) => rule).filter((rule) => rule.startsWith('lens-count'))
console.log(JSON.stringify({
  name: Value.Check(FieldName, 'lensCount'),
  create: Value.Check(CameraCreate, { declared: { code, lensCount: '4' } }),
  change: Value.Check(CameraChange, { fields: { lensCount: null } }),
  unknown: Value.Check(CameraCreate, { declared: { code, lensCont: '4' } }),
  form: describeField(fieldRow('lensCount')),
  headings: [headingCells().at(-1), headingCells({ lang: 'en' }).at(-1)],
  exported: cameraCells(camera).at(-1),
  imported: ['镜头数', 'JTS', 'Number of lenses', '镜头数量', 'lensCount', '镜头'].map((heading) => fieldOfHeading(heading)?.name ?? null),
  kept: kept.declared.lensCount,
  reported: readChannel({ id: code, name: '', status: 'on', raw: { 'Info.LensCount': '2' } }).lensCount,
  missing: rules(undefined),
  malformed: rules('65'),
  sound: rules('4'),
  page: fieldsPage().includes('| \`lensCount\` | 镜头数 | JTS |'),
}))
await store.close()
`

t.test('a row more: type, schema, form, headings, import, export, rules, what a catalog reports, the page', async (t) => {
  const copy = mkdtempSync(join(tmpdir(), 'yiji-field-'))
  t.teardown(() => rmSync(copy, { recursive: true, force: true }))
  for (const folder of ['src', 'scripts']) cpSync(join(root, folder), join(copy, folder), { recursive: true })
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  const table = join(copy, 'src/registry/field-table.ts')
  const before = readFileSync(table, 'utf8')
  writeFileSync(table, before.replace(/\n\]\n\n\/\*\* Names of the record/, `\n${row}]\n\n/** Names of the record`))
  t.notSame(readFileSync(table, 'utf8'), before, 'the row is in the copy')
  writeFileSync(join(copy, 'look.ts'), look)
  const said: unknown = JSON.parse(execFileSync(process.execPath, ['look.ts'], { cwd: copy, encoding: 'utf8' }))
  t.match(said, {
    name: true, create: true, change: true, unknown: false,
    form: { name: 'lensCount', group: 'device', zh: '镜头数', type: 'integer', range: [1, 64], mandatory: ['1'] },
    headings: ['镜头数', 'Number of lenses'],
    imported: ['lensCount', 'lensCount', 'lensCount', 'lensCount', 'lensCount', null],
    exported: '4', kept: '4', reported: '2',
    missing: ['lens-count.missing'], malformed: ['lens-count.malformed'], sound: [],
    page: true,
  })
})
