import t from 'tap'
import type { ImportPreview } from '../client/imports.ts'
import { answerNeed, answerOf, fieldOfColumn, setCode, setColumn } from './choices.ts'

const preview = { columns: [{ column: 'A', heading: '编码', field: 'code' }, { column: 'B', heading: '名称', field: 'name' }, { column: 'C', heading: '杂项' }] } as unknown as ImportPreview

t.test('a field has one column, a column one field', async (t) => {
  t.equal(fieldOfColumn(preview, {}, 'B'), 'name')
  const moved = setColumn(preview, {}, 'C', 'name')
  t.same(moved.columns, { name: 'C' })
  t.equal(fieldOfColumn(preview, moved, 'B'), '')
  t.equal(fieldOfColumn(preview, moved, 'C'), 'name')
  const without = setColumn(preview, {}, 'B', '')
  t.same(without.columns, { name: '' })
  t.equal(fieldOfColumn(preview, without, 'B'), '')
  const other = setColumn(preview, moved, 'C', 'address')
  t.same(other.columns, { name: '', address: 'C' })
})

t.test('codes: given, nothing, and taken back', async (t) => {
  const given = setCode({}, 'class', '重点', '1')
  t.same(given.codes, { class: { 重点: '1' } })
  t.same(setCode(given, 'class', '其他', '').codes, { class: { 重点: '1', 其他: '' } })
  t.same(setCode(given, 'class', '重点', undefined).codes, { class: {} })
})

t.test('what only a person knows', async (t) => {
  const need = { choice: 'networkingOne' } as ImportPreview['needs'][number]
  t.equal(answerOf({}, need), undefined)
  t.equal(answerOf(answerNeed({}, need, 'networked'), need), 'networked')
  const column = { choice: 'column', field: 'name' } as ImportPreview['needs'][number]
  t.equal(answerOf(answerNeed({}, column, 'D'), column), 'D')
})
