import t from 'tap'
import type { Finding, FindingState } from '../registry/index.ts'
import { editFinding, seenEveryMs, stepFinding, type Held, type Standing } from './finding-life.ts'

const found = (more: Partial<Finding> = {}): Finding => ({ field: 'name', rule: 'catalog.renamed', severity: 'warning', message: { zh: '不一致', en: 'differs' }, detail: { declared: 'a', reported: 'b' }, ...more })
const standing = (state: FindingState, more: Partial<Standing> = {}): Standing => ({ state, severity: 'warning', messageZh: '不一致', messageEn: 'differs', detail: '{"declared":"a","reported":"b"}', lastAtMs: 1000, ...more })
const states: readonly FindingState[] = ['open', 'accepted', 'waived', 'fixed']

t.test('every state: found, found otherwise, not found', (t) => {
  t.same(stepFinding(undefined, found(), 1000), { do: 'open' })
  t.same(stepFinding(undefined, undefined, 1000), { do: 'nothing' })
  const other = found({ detail: { declared: 'a', reported: 'c' } })
  const steps = (finding: Finding | undefined, isAltered = false) => states.map((state) => stepFinding(standing(state), finding, 1001, isAltered).do)
  t.same(steps(found()), ['nothing', 'nothing', 'nothing', 'reopen'])
  t.same(steps(undefined), ['fix', 'fix', 'fix', 'nothing'])
  t.same(steps(other), ['see', 'see', 'reopen', 'reopen'], 'a waiver was for the values that it was given for')
  t.same(steps(found(), true), ['nothing', 'nothing', 'reopen', 'reopen'], 'and ends when somebody changes the field and it is still found')
  t.same(stepFinding(standing('waived'), other, 1001), { do: 'reopen', why: 'values-changed' })
  t.same(stepFinding(standing('fixed'), other, 1001), { do: 'reopen', why: 'found-again' })
  t.same(steps(found({ message: { zh: '不同', en: 'other words' } })), ['see', 'see', 'see', 'reopen'], 'other words of a new version are no other finding')
  t.same(steps(found({ severity: 'error' })), ['see', 'see', 'see', 'reopen'])
  t.end()
})

t.test('what stands is noted as seen once an hour', (t) => {
  t.same(stepFinding(standing('open'), found(), 1000 + seenEveryMs - 1), { do: 'nothing' })
  t.same(stepFinding(standing('open'), found(), 1000 + seenEveryMs), { do: 'see' })
  const { detail: _detail, ...bare } = found()
  t.same(stepFinding(standing('waived', { detail: null }), bare, 1001), { do: 'nothing' })
  t.same(stepFinding(standing('waived', { detail: null }), found(), 1001), { do: 'see' }, 'a rule that says more than it used to ends no waiver')
  t.end()
})

t.test('what a person sets', (t) => {
  const held = (more: Partial<Held> = {}): Held => ({ state: 'open', reason: null, owner: null, dueAtMs: null, ...more })
  t.same(editFinding(held(), { state: 'waived', reason: 'the pole is shared' }), {
    after: held({ state: 'waived', reason: 'the pole is shared' }),
    changes: [{ what: 'state', from: 'open', to: 'waived', reason: 'the pole is shared' }],
  })
  t.same(editFinding(held({ state: 'waived', reason: 'x' }), { state: 'open' }).after, held(), 'an open one has no reason')
  t.same(editFinding(held({ state: 'waived', reason: 'x' }), { state: 'waived', reason: 'x' }).changes, [], 'the same again changes nothing')
  t.match(editFinding(held({ state: 'waived', reason: 'x' }), { state: 'waived', reason: 'y' }), { after: { reason: 'y' }, changes: [{ what: 'state' }] }, 'another reason does')
  t.match(editFinding(held(), { owner: 'li', dueAtMs: 86_400_000, comment: 'call them' }), {
    after: { state: 'open', owner: 'li', dueAtMs: 86_400_000 },
    changes: [{ what: 'owner', to: 'li' }, { what: 'due', to: '1970-01-02T00:00:00.000Z' }, { what: 'comment', to: 'call them' }],
  })
  t.match(editFinding(held({ owner: 'li', dueAtMs: 5 }), { owner: null, dueAtMs: null }), { after: held(), changes: [{ what: 'owner', from: 'li' }, { what: 'due', from: '1970-01-01T00:00:00.005Z' }] })
  const fixed = held({ state: 'fixed', owner: 'li' })
  t.same(editFinding(fixed, { state: 'waived', reason: 'x', owner: 'wang', dueAtMs: 9 }), { after: fixed, changes: [] }, 'a fixed one stays as it is')
  t.same(editFinding(fixed, { comment: 'thanks' }).changes, [{ what: 'comment', to: 'thanks', reason: '' }])
  t.end()
})
