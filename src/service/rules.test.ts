import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { loadConfig } from '../config.ts'
import { ruleLimits } from '../registry/index.ts'
import { readRules, ruleFilesOf } from './rules.ts'

const folder = mkdtempSync(join(tmpdir(), 'yiji-rules-'))
const none = join(folder, 'none.yaml')
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

t.test('without a word the rules go by their own figures and the table that ships', async (t) => {
  const files = ruleFilesOf(loadConfig({}, none))
  t.same(files, { limits: ruleLimits })
  t.same(readRules(files), { limits: ruleLimits })
})

t.test('figures, positions and a table of one’s own', async (t) => {
  const path = file('divisions.csv', 'code,name\n32,江苏省\n320168,新设区\n')
  const config = loadConfig({ YIJI_REGISTRY_RULES_DAYS: '15', YIJI_REGISTRY_RULES_KEYPOSITIONS: '8, 137', YIJI_REGISTRY_DIVISIONS: path }, none)
  const rules = readRules(ruleFilesOf(config))
  t.match(rules.limits, { recordDays: 15, keyRecordDays: 90, keyPositions: ['8', '137'] })
  t.equal(rules.divisions?.find('320168')?.name, '新设区')
  t.throws(() => loadConfig({ YIJI_REGISTRY_RULES_KEYPOSITIONS: '党政机关' }, none), { code: 'config.invalid', message: /registry\.rules\.keypositions/ })
})

t.test('a table that cannot be read is one line that names file and row', async (t) => {
  t.throws(() => readRules({ divisions: join(folder, 'none.csv') }), { code: 'config.invalid', message: /YIJI_REGISTRY_DIVISIONS.*there is no such file/ })
  const path = file('bad.csv', 'code,name\n32,江苏省\n3201168,六合区\n')
  t.throws(() => readRules({ divisions: path }), { code: 'config.invalid', message: /bad\.csv.*"3201168" as the code in row 3/ })
})
