// Figures of a rule set by path, what two say otherwise, and each refusal of the service read back to its field.
import t from 'tap'
import { AppError } from '../../base/index.ts'
import { checkRules, defaultRules, figuresOf, judgementTable, ruleDifferences } from '../../inspect/index.ts'
import { rulesEn, rulesZh } from '../i18n/rule-words.ts'
import { at, contentOf, countNames, differences, leavesOf, sectionOf, unitOf, withAt, wordsKey, type Content } from './figures.ts'
import { refusalOf } from './refusal.ts'

const shipped = contentOf({ ...defaultRules, sha256: 'x', note: '', by: '', atMs: 0, isShipped: true, area: '', versions: [] })

t.test('the page counts the same figures as the service, and has words for each', async (t) => {
  t.same(leavesOf(shipped), [...figuresOf(defaultRules)])
  for (const [path, value] of leavesOf(shipped)) {
    if (sectionOf(path) === 'judgement' || sectionOf(path) === 'recheck' && path.includes('[')) continue
    const key = wordsKey(path)
    t.ok(key in rulesZh.of && key in rulesEn.of, key)
    if (typeof value === 'number') t.ok(unitOf(path) in rulesZh.unitOf || path === 'picture.maxBlockiness', `${path} has a unit`)
  }
  for (const name of countNames) t.ok(name in rulesZh.count && name in rulesEn.count, name)
})

t.test('one figure is changed, and nothing else', async (t) => {
  const changed = withAt(withAt(shipped, 'timeouts.answerMs', 20_000), 'strata[1].count', 8)
  t.same(differences(shipped, changed), [{ path: 'strata[1].count', from: 5, to: 8 }, { path: 'timeouts.answerMs', from: 30_000, to: 20_000 }])
  t.equal(at(shipped, 'timeouts.answerMs'), 30_000, 'what it began from stays')
  t.same(JSON.stringify(withAt(changed, 'timeouts.answerMs', 30_000)), JSON.stringify(withAt(shipped, 'strata[1].count', 8)), 'changed back is as before, in the same order')
  t.same(at(withAt(shipped, 'strata[1]', undefined), 'strata'), [{ class: '1', count: 10 }, { class: '3', count: 5 }])
  t.equal(at(withAt(shipped, 'clock', undefined), 'clock'), undefined)
  const other = checkRules({ ...(changed as object), name: 'x', version: 1 })
  t.same(differences(shipped, changed).map(({ path }) => path), ruleDifferences(defaultRules, other).map(({ path }) => path))
})

const refused = (path: string, value: Content | undefined): string => {
  try {
    checkRules({ ...(withAt(shipped, path, value) as object), name: 'city', version: 1 })
  } catch (error) {
    if (error instanceof AppError) return error.message
    throw error
  }
  return ''
}

t.test('every refusal names its field, in words', async (t) => {
  const of = (path: string, value: Content | undefined): unknown => refusalOf(refused(path, value))
  t.match(of('strata[0].count', 1.5), { path: 'strata[0].count', key: 'whole', named: { least: '0', most: '10000' } })
  t.match(of('timeouts.firstPacketMs', 100), { path: 'timeouts.firstPacketMs', key: 'number', named: { least: '30000', most: '300000' } })
  t.match(of('osd.wantsTime', 'perhaps'), { path: 'osd.wantsTime', key: 'flag' })
  t.match(of('judgement.not-checked', 'fail'), { path: 'judgement.not-checked', key: 'never', named: { why: /fails nobody/ } })
  t.match(of('judgement.black', 'perhaps'), { path: 'judgement.black', key: 'oneOf' })
  t.match(of('scores.items[0].weight', 0.5), { path: 'scores.items', key: 'sum', named: { sum: '1.25' } })
  t.match(of('scores.items[0].weight', 0.333333), { path: 'scores.items[0].weight', key: 'decimals' })
  t.match(of('scores.items[0].numerator', 'assessed'), { path: 'scores.items[0].numerator', key: 'another' })
  t.match(of('scores.items[0].code', 'No!'), { path: 'scores.items[0].code', key: 'text' })
  t.match(of('strata', []), { path: 'strata', key: 'classes' })
  t.match(of('strata[1].class', '1'), { path: 'strata', key: 'onceEach' })
  t.match(of('scores.items', []), { path: 'scores.items', key: 'list' })
  t.match(of('sampling', 'none'), { path: 'sampling', key: 'object' })
  t.match(of('title.zh', ''), { path: 'title.zh', key: 'text' })
  for (const [path, value] of leavesOf(shipped)) {
    const said = refused(path, typeof value === 'number' ? 'x' : typeof value === 'boolean' ? 7 : '!'.repeat(300))
    t.equal(refusalOf(said).path, path, said)
    t.not(refusalOf(said).key, 'other', said)
  }
  for (const [reason, { never }] of Object.entries(judgementTable)) if (never) t.match(of(`judgement.${reason}`, never.consequence), { path: `judgement.${reason}`, key: 'never' })
  t.match(refusalOf('say in a note why there is this version'), { path: 'note' })
  t.match(refusalOf('"default" ships with the program and stays as it is: choose another name'), { path: 'name', key: 'taken' })
  t.match(refusalOf('a rule set may have 100000 bytes at most'), { path: undefined, key: 'other' })
})
