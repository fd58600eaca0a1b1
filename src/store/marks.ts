// Two marks of the database that every process which writes it goes by, in SQLite's place for a number of the application (`user_version`): how its
// texts were made, and whether waived errors are excused.
import type Database from 'better-sqlite3'

export interface Marks {
  /** camera-text.ts; 0 where it is not known. */
  readonly searchVersion: number
  readonly excusesWaived: boolean
}

/** Below it a number of before, when each of the two wrote over the other's: 1 is excused, 2 a version of the texts. */
const step = 16

export function readMarks(raw: Database.Database): Marks {
  const number = raw.pragma('user_version', { simple: true }) as number
  return number < step ? { searchVersion: number === 2 ? 2 : 0, excusesWaived: number === 1 } : { searchVersion: Math.floor(number / step), excusesWaived: number % step === 1 }
}

export function writeMarks(raw: Database.Database, { searchVersion, excusesWaived }: Marks): void {
  // A version that is not known stays so: the number of before says it.
  raw.pragma(`user_version = ${searchVersion === 0 ? Number(excusesWaived) : searchVersion * step + Number(excusesWaived)}`)
}
