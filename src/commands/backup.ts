// `yiji backup FILE`, while the service runs or not: of the data directory that the configuration names.
import { resolve } from 'node:path'
import { systemClock } from '../base/index.ts'
import { loadConfig } from '../config.ts'
import { software } from '../service/start.ts'
import { writeBackup } from '../store/index.ts'

export async function backup(file: string, options: { readonly withEvidence?: boolean; readonly force?: boolean; readonly json?: boolean }): Promise<number> {
  const { dataDir } = loadConfig(process.env)
  const withEvidence = options.withEvidence === true
  const made = await writeBackup({ dataDir, to: file, withEvidence, force: options.force === true, software, clock: systemClock })
  if (options.json) process.stdout.write(`${JSON.stringify({ ...made, withEvidence })}\n`)
  else {
    const evidence = withEvidence ? `; evidence: ${made.evidenceFiles} files of ${made.inspections} inspections and of devices` : `; no evidence of its ${made.inspections} inspections (--with-evidence)`
    process.stdout.write(`${made.file}: ${(made.bytes / 1e6).toFixed(1)} MB\n`)
    process.stdout.write(`  in it: the database of ${resolve(dataDir)} with ${made.records} records, accounts, passwords of devices, the audit trail and the key that signs evidence${evidence}\n`)
    process.stdout.write('  not in it: yiji.yaml, outlines, downloads and traces\n')
    process.stdout.write(`  sha256 ${made.sha256} (also in ${made.file}.sha256)\n`)
    if (!made.isNoted) process.stdout.write('  the database is of an older version: its audit trail does not name this backup\n')
  }
  return 0
}
