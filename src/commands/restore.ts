// `yiji restore FILE`: a backup takes the place of the data directory's database, and of its evidence where the backup has some.
import { systemClock } from '../base/index.ts'
import { loadConfig } from '../config.ts'
import { restoreBackup } from '../store/index.ts'

export async function restore(file: string, options: { readonly json?: boolean }): Promise<number> {
  const { dataDir } = loadConfig(process.env)
  const made = await restoreBackup({ dataDir, from: file, clock: systemClock })
  if (options.json) process.stdout.write(`${JSON.stringify(made)}\n`)
  else {
    process.stdout.write(`restored: ${made.records} records as of ${new Date(made.atMs).toISOString()} (${made.software})${made.evidenceFiles > 0 ? `, ${made.evidenceFiles} files of evidence` : '; evidence was not in the backup and stays as it is'}\n`)
    process.stdout.write('accounts, passwords and tokens are those of the backup; everybody has to log in again\n')
    for (const path of made.kept) process.stdout.write(`kept as it was: ${path}\n`)
  }
  return 0
}
