// What the records of a large import are found by, made by a thread of its own while this one writes.
import { Worker } from 'node:worker_threads'
import type { Indexed, MadeAlready } from './camera-text.ts'
import type { TextsMade } from './text-thread.ts'

export interface TextsBeside {
  /** Resolves when the texts of the next batch are there, or never will be: then whoever asks makes them himself. */
  readonly next: () => Promise<void>
  readonly made: MadeAlready
  readonly close: () => Promise<void>
}

/** Batches asked for before they are needed. */
const ahead = 2
/** The dictionary of readings is some 25 MB. */
const heapMb = 96

/** The staged rows must be as they are going to be written: begin when nobody changes them any more. */
export function openTexts(stagingFile: string): TextsBeside {
  const thread = new Worker(new URL('./text-thread.ts', import.meta.url), { workerData: { stagingFile }, resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 } })
  const arrived: TextsMade[] = []
  let current: ReadonlyMap<string, Indexed> = new Map()
  let isGone = false
  let wake = (): void => {}
  thread.on('message', (made: TextsMade) => {
    arrived.push(made)
    wake()
  })
  const lose = (): void => {
    isGone = true
    wake()
  }
  thread.on('error', lose)
  thread.on('exit', lose)
  for (let n = 0; n < ahead; n++) thread.postMessage('next')
  return {
    next: async () => {
      while (arrived.length === 0 && !isGone) await new Promise<void>((resolve) => (wake = resolve))
      current = new Map(arrived.shift() ?? [])
      if (!isGone) thread.postMessage('next')
    },
    made: (id) => current.get(id),
    close: async () => void (await thread.terminate()),
  }
}
