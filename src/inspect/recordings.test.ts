import t from 'tap'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silentLog, systemClock } from '../base/index.ts'
import { observing } from '../service/observing.ts'
import { openDecoder, replay } from './index.ts'

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
