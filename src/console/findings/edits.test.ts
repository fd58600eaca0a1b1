import t from 'tap'
import { dayOf, editOf, endOfDay } from './edits.ts'
import { apiFilter, filtersOf, nobody } from './filters.ts'

t.test('a day ends when the next begins in Beijing', async (t) => {
  t.equal(new Date(endOfDay('2026-11-20')).toISOString(), '2026-11-20T16:00:00.000Z')
  t.equal(dayOf(endOfDay('2026-11-20')), '2026-11-20')
})

t.test('what a deed sends; a waiver and a comment need words', async (t) => {
  t.same(editOf('accept', ' '), { state: 'accepted' })
  t.equal(editOf('waive', ' '), undefined)
  t.same(editOf('waive', ' 拆迁 '), { state: 'waived', reason: '拆迁' })
  t.same(editOf('assign', ''), { owner: null })
  t.same(editOf('setDue', ''), { dueAtMs: null })
  t.same(editOf('reopen', ''), { state: 'open' })
  t.equal(editOf('comment', ''), undefined)
})

t.test('an inbox shows what waits; addresses typed by hand break nothing', async (t) => {
  t.same(apiFilter(filtersOf({})), { standing: true })
  t.same(apiFilter(filtersOf({ state: 'all', owner: nobody, overdue: 'true' })), { owner: '', overdue: true })
  t.same(apiFilter(filtersOf({ state: 'nonsense', severity: ['error', 'info'], rule: 'Robert); DROP', camera: '<b>' })), { standing: true })
  t.same(apiFilter(filtersOf({ state: 'waived', severity: 'error', rule: 'name.missing', area: '3201' })), { state: 'waived', severity: 'error', rule: 'name.missing', area: '3201' })
})
