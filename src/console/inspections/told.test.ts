import t from 'tap'
import { readdir, readFile } from 'node:fs/promises'
import { compareChecks, type Check } from '../../inspect/index.ts'
import { toldEn, toldZh } from '../i18n/told-words.ts'
import { differenceOf, remarkOf, type Told } from './told.ts'

const folder = new URL('../../../fixtures/recordings/', import.meta.url)
/** The check, and not the evidence beside it, which is not compared. */
const kept = await Promise.all((await readdir(folder)).filter((name) => name.endsWith('.json')).map(async (name) => JSON.parse(await readFile(new URL(name, folder), 'utf8')) as Check))

t.test('what the service says of two checks is taken apart, and every field of it has words in both languages', async (t) => {
  const checks = kept.filter(({ verdict }) => verdict as unknown)
  t.ok(checks.length > 20)
  const without = new Set<string>()
  let lines = 0
  for (const [at, check] of checks.entries()) {
    const other = checks[(at + 1) % checks.length] ?? check
    // Of cameras of its own nothing differs: a check is compared with the same camera's.
    for (const line of compareChecks({ ...check, camera: other.camera }, other)) {
      const told = differenceOf(line)
      t.ok(told, line)
      lines++
      for (const step of told?.steps ?? []) if (!/^\d+$/.test(step) && !(step in toldZh.part)) without.add(step)
    }
  }
  t.ok(lines > 500, String(lines))
  t.same([...without], [])
  t.same(Object.keys(toldEn.part), Object.keys(toldZh.part))
  t.same(Object.keys(toldEn.remark), Object.keys(toldZh.remark))
})

t.test('values come back as they were, arrows in texts included', async (t) => {
  const [first] = kept
  if (!first) return t.fail('there are recordings')
  const pair = (detail: string, hop: string | undefined): Check => ({ ...first, attempts: [{ n: 1, isCold: true, outcome: 'refused', times: {}, pictures: [], loopLagMs: 0, detail, ...(hop === undefined ? {} : { hop }) }] })
  t.same(compareChecks(pair('a → "b', undefined), pair('c → absent', '34')).map(differenceOf), [
    { steps: ['attempts', '0', 'detail'], kept: 'a → "b', computed: 'c → absent' },
    { steps: ['attempts', '0', 'hop'], kept: undefined, computed: '34' },
  ])
})

t.test('remarks have words, and what is in them is named', async (t) => {
  t.same(remarkOf('judged by national 3, computed by strict 1'), { key: 'rules', named: { kept: 'national 3', computed: 'strict 1' } })
  t.same(remarkOf('the recording was removed on 2026-01-02T03:04:05Z: kept 30 days'), { key: 'removedWhy', named: { at: '2026-01-02T03:04:05Z', why: 'kept 30 days' } })
  t.same(remarkOf('and 12 more'), { key: 'more', named: { n: '12' } })
  t.equal(remarkOf('something of another version'), undefined)
})

t.test('chewed lines give undefined or a value, never an error', async (t) => {
  let seed = 7
  const next = (n: number): number => (seed = (seed * 48271) % 2147483647) % n
  const parts = ['attempts.0.n', ': ', ' → ', 'absent', '"', '{', '}', '1', 'x', '→', '\\', '\n', '..', '::']
  for (let round = 0; round < 5_000; round++) {
    const line = Array.from({ length: next(9) }, () => parts[next(parts.length)] ?? '').join('')
    t.doesNotThrow(() => [differenceOf(line), remarkOf(line)] satisfies readonly (object | undefined)[], line)
  }
  const all: readonly Told[] = [null, [], {}]
  t.same(all.map((value) => differenceOf(`x: ${JSON.stringify(value)} → absent`)?.kept), [null, [], {}])
})
