// What the records of a large import are found by, made by a thread of its own while this one reads the file.
import { Worker } from 'node:worker_threads'
import type { AskedText, StagedText } from './import-staging.ts'

export interface TextsBeside {
  /** Resolves at once while the thread keeps up. */
  readonly ask: (rows: readonly AskedText[]) => Promise<void>
  /** Resolves when all are there, or never will be: what lacks is made before the records are written. */
  readonly settled: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Batches on their way at most. */
const ahead = 6
/** The dictionary of readings is some 25 MB. */
const heapMb = 96

export function openTexts(keep: (made: readonly StagedText[]) => void): TextsBeside {
  const thread = new Worker(new URL('./text-thread.ts', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 } })
  let waiting = 0
  let isGone = false
  let wake = (): void => {}
  thread.on('message', (made: readonly StagedText[]) => {
    waiting--
    keep(made)
    wake()
  })
  const lose = (): void => {
    isGone = true
    wake()
  }
  thread.on('error', lose)
  thread.on('exit', lose)
  const until = async (most: number): Promise<void> => {
    while (waiting > most && !isGone) await new Promise<void>((resolve) => (wake = resolve))
  }
  return {
    ask: async (rows) => {
      if (isGone || rows.length === 0) return
      waiting++
      thread.postMessage(rows)
      await until(ahead)
    },
    settled: () => until(0),
    close: async () => void (await thread.terminate()),
  }
}
