// RuleStore on SQLite: every version of a rule set as it was written. Triggers refuse to change or delete one.
import type Database from 'better-sqlite3'
import { AppError } from '../base/index.ts'
import type { KeptRules, RuleSet, RuleStore } from '../inspect/index.ts'
import type { Write } from './group-commit.ts'
import type { Task } from './trouble.ts'

type Row = Omit<KeptRules, 'rules' | 'isShipped'> & { readonly document: string }

export function ruleStore(raw: Database.Database, task: Task, write: Write): RuleStore {
  const all = raw.prepare<[], Row>('SELECT document, sha256, note, area, by, at_ms AS atMs FROM rule_sets ORDER BY name, version')
  const add = raw.prepare<[object]>('INSERT INTO rule_sets (name, version, sha256, document, note, area, by, at_ms) VALUES (@name, @version, @sha256, @document, @note, @area, @by, @atMs) ON CONFLICT DO NOTHING')
  return {
    save: ({ rules, ...kept }) =>
      write(() => {
        const { name, version } = rules
        if (add.run({ ...kept, name, version, document: JSON.stringify(rules) }).changes === 0) throw new AppError('conflict', `somebody else has written version ${version} of "${name}": look at it first`)
      }),
    all: () => task(() => all.all().map(({ document, ...kept }) => ({ ...kept, rules: JSON.parse(document) as RuleSet }))),
  }
}
