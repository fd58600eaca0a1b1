// Computes the verdicts beside fixtures/recordings again and writes them, after a deliberate change of what is measured. Prints each
// difference, so that the commit can say what changed: `node scripts/keep-verdicts.ts`.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { silentLog, systemClock } from '../src/base/index.ts'
import { openDecoder, replay } from '../src/inspect/index.ts'
import { observing } from '../src/service/observing.ts'

const decoder = openDecoder({ children: 2, clock: systemClock, log: silentLog })
try {
  for await (const { file, kept, computed, differences } of replay(fileURLToPath(new URL('../fixtures/recordings/', import.meta.url)), { decoder, ...observing, software: 'keep-verdicts' })) {
    process.stdout.write(`${file}: ${differences.length === 0 ? 'the same' : `\n  ${differences.join('\n  ')}`}\n`)
    if (differences.length > 0) writeFileSync(file.replace(/\.pcapng$/, '.json'), `${JSON.stringify({ ...computed, evidence: kept?.evidence ?? [] }, null, 1)}\n`)
  }
} finally {
  await decoder.close()
}
