import t from 'tap'
import { changesOf, declaredOf, findingsByField, isMandatory, rebase } from './record.ts'

t.test('only what was changed leaves', async (t) => {
  const read = { code: '1', name: '甲', address: '乙路', class: '1' } as const
  t.same(changesOf(read, { ...read }), {})
  t.same(changesOf(read, { ...read, name: ' 甲 ' }), {}, 'blanks are no change')
  t.same(changesOf(read, { ...read, name: '丙', address: '', model: 'DS' }), { name: '丙', address: null, model: 'DS' })
  t.same(changesOf(read, { code: '1', name: '甲', class: '1' }), { address: null })
  t.same(declaredOf({ code: ' 1 ', name: '', class: '2' }), { code: '1', class: '2' })
})

t.test('somebody else was quicker: theirs are taken over, mine stay, and what both changed is named', async (t) => {
  const read = { name: '甲', address: '乙路', class: '1', model: 'A' } as const
  const mine = { name: '丙', address: '乙路', class: '2', model: '' }
  t.same(rebase(read, mine, { name: '丁', address: '戊路', class: '2' }), {
    values: { name: '丙', address: '戊路', class: '2', model: '' },
    others: ['address'],
    clashes: [{ field: 'name', theirs: '丁' }],
  })
  t.same(rebase(read, { ...read }, { ...read, name: '丁' }), { values: { ...read, name: '丁' }, others: ['name'], clashes: [] })
})

t.test('mandatory by class, findings by field', async (t) => {
  const field = { mandatory: ['1'] } as unknown as Parameters<typeof isMandatory>[0]
  t.ok(isMandatory(field, '1'))
  t.notOk(isMandatory(field, '2'))
  t.notOk(isMandatory({ ...field, mandatory: 'no' }, '1'))
  t.ok(isMandatory({ ...field, mandatory: 'always' }, ''))
  const message = { zh: '甲', en: 'a' }
  const found = findingsByField([{ field: 'name', rule: 'name.missing', severity: 'error', message }, { field: 'name', rule: 'name.too-long', severity: 'warning', message }])
  t.equal(found.get('name')?.length, 2)
})
