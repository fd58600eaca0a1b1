import t from 'tap'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLog, systemClock } from '../base/index.ts'
import { observing } from '../service/observing.ts'
import { openDecoder } from './io/decoder.ts'
import { replay } from './replay.ts'
import { outcomes, reasons } from './report/index.ts'
import type { Check } from './types.ts'

const folder = fileURLToPath(new URL('../../fixtures/recordings/', import.meta.url))

t.test('each recorded check, replayed, gives the verdict kept beside it and named in the list', async (t) => {
  const decoder = openDecoder({ children: 2, clock: systemClock, log: silentLog })
  t.teardown(() => decoder.close())
  const listed = new Map([...readFileSync(`${folder}/README.md`, 'utf8').matchAll(/^\| (\S+\.pcapng) \|.*\| (.+) \|$/gm)].map(([, file = '', verdict = '']) => [file, verdict]))
  t.same(readdirSync(folder).filter((name) => name.endsWith('.pcapng')), [...listed.keys()], 'every recording is in the list')
  for await (const { file, kept, computed, differences } of replay(folder, { decoder, ...observing, software: 'test' })) {
    const name = basename(file)
    t.ok(kept, `${name}: a verdict is kept`)
    t.same(differences, [], name)
    t.equal([computed.verdict.result, ...computed.verdict.reasons].join(' '), listed.get(name), name)
    t.equal(kept?.evidence.find(({ kind }) => kind === 'recording')?.sha256, createHash('sha256').update(readFileSync(file)).digest('hex'), `${name}: the file itself is the one that was judged`)
  }
})

/** Not recorded yet, each with its reason. Outcomes and absences have no place here. */
const without: Readonly<Record<string, string>> = {
  'too-dark': 'of the pictures of judge-figures.test.ts, encoded and decoded there',
  'too-bright': 'of the pictures of judge-figures.test.ts, encoded and decoded there',
  'low-contrast': 'of the pictures of judge-figures.test.ts, encoded and decoded there',
  'colour-cast': 'of the pictures of judge-figures.test.ts, encoded and decoded there',
  noisy: 'of the pictures of judge-figures.test.ts, encoded and decoded there',
  striped: 'of the pictures of judge-figures.test.ts, encoded and decoded there',
  blocky: 'of the pictures of judge-figures.test.ts, encoded and decoded there',
  occluded: 'of the pictures of judge-figures.test.ts, encoded and decoded there',
  'scene-changed': 'of the pictures of judge-figures.test.ts, encoded and decoded there',
  'softer-than-before': 'of the pictures of judge-figures.test.ts, encoded and decoded there',
  'resolution-differs': 'of the pictures of judge-figures.test.ts, encoded and decoded there',
}

t.test('every outcome, every absence and every other reason has a recording that produces it', async (t) => {
  const shown = new Set<string>()
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.json'))) {
    const { attempts, verdict } = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as Check
    for (const code of [...attempts.map(({ outcome }) => outcome), ...verdict.reasons]) shown.add(code)
  }
  t.same(Object.keys(outcomes).filter((code) => !shown.has(code)), [], 'outcomes without a recording')
  t.same(Object.keys(reasons).filter((code) => !shown.has(code)).sort(), Object.keys(without).sort(), 'reasons without a recording')
  t.ok(readdirSync(folder).reduce((sum, name) => sum + statSync(`${folder}/${name}`).size, 0) < 12_500_000, 'small enough to be cloned')
})
