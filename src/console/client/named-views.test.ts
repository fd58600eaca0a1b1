import t from 'tap'
import { mergeViews, readViews } from './named-views.ts'

const view = (name: string, area = '32') => ({ name, query: { area } })

t.test('two windows that changed something else: both changes stay', async (t) => {
  const base = [view('甲'), view('乙'), view('丙')]
  t.same(mergeViews(base, [...base, view('丁')], [...base, view('戊')]).map(({ name }) => name), ['甲', '乙', '丙', '戊', '丁'])
  t.same(mergeViews(base, [view('甲'), view('丙')], [view('乙'), view('丙')]).map(({ name }) => name), ['丙'], 'what either took away is gone')
  t.same(mergeViews(base, [view('甲', '33'), view('乙'), view('丙')], base), [view('乙'), view('丙'), view('甲', '33')])
  t.same(mergeViews([], [view('甲', '33')], [view('甲', '34')]), [view('甲', '33')], 'both made one of the same name: the one sent last stays')
})

t.test('whatever is found is read entry by entry', async (t) => {
  t.same(readViews([view('甲'), 1, null, { name: 1 }, { name: 'b', query: null }, { name: '', query: {} }, { name: 'c', query: { text: 1, area: '32' } }]), [view('甲'), view('c')])
  t.equal(readViews({}), undefined)
})
