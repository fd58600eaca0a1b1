import t from 'tap'
import { rowsOf } from './figures.ts'

t.test('rows by class: all first, the drawn ones always, others where they have cameras', async (t) => {
  const count = { class: '1', presence: 'online', isComplete: true, isDraft: false, n: 3 } as const
  const rows = rowsOf({ cameras: [count, { ...count, presence: 'offline', isComplete: false, n: 2 }, { ...count, class: '9', presence: 'late', n: 1 }, { ...count, class: '', isDraft: true, isComplete: false, presence: 'unknown', n: 5 }], findings: [] })
  t.same(rows.map((row) => row.class), ['', '1', '2', '3', '9'])
  t.match(rows[0], { records: 6, online: 3, late: 1, offline: 2, unknown: 0, complete: 4, drafts: 5 })
  t.match(rows[1], { records: 5, online: 3, late: 0, offline: 2, complete: 3, drafts: 0 })
  t.match(rows[2], { records: 0 })
})
