// The data directory: made when absent, one owner at a time.
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { AppError, systemClock } from '../base/index.ts'
import type { Config } from '../config.ts'
import { databaseName, makeFolder, openStore, type Store } from '../store/index.ts'

/** Throws AppError 'data.unwritable', 'data.locked' or 'disk.full', each a line that says what to do. */
export async function openData(config: Pick<Config, 'dataDir'> & Partial<Pick<Config, 'excusesWaived'>>): Promise<Store> {
  try {
    makeFolder(config.dataDir)
    accessSync(config.dataDir, constants.W_OK)
  } catch {
    throw new AppError('data.unwritable', `data directory ${config.dataDir} cannot be written: give this user the right to, or set YIJI_DATA_DIR to another folder`)
  }
  return openStore({ file: join(config.dataDir, databaseName), clock: systemClock, ...(config.excusesWaived === undefined ? {} : { excusesWaived: config.excusesWaived }) })
}
