// The thread that imports are read and written in: started when there is work, bounded, kept warm for a while, ended.
import { Worker } from 'node:worker_threads'
import { AppError, type Cancel, type Clock, type ErrorCode } from '../base/index.ts'
import type { ImportOutcomeCounts, ImportPreview } from '../registry/index.ts'
import type { Job, Told } from './import-worker.ts'

/**
 * Heap of the thread: reading 100,000 rows keeps some 60 MB, the texts of a workbook beside it. Rows are garbage as soon as they are kept: room for the
 * young ones took reading from 17 s to 13, and the peak of the process stayed where it was. Ours.
 */
const limits = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 96 }
/** An office sends one file after the other; starting the thread takes half a second. */
const idleMs = 10_000

export interface JobResult {
  readonly preview?: ImportPreview
  readonly outcome?: ImportOutcomeCounts
}

export interface JobHearing {
  readonly onProgress: (progress: Extract<Told, { type: 'progress' }>) => void
  /** The thread is about to write; it begins when this resolves. */
  readonly mayWrite?: () => Promise<void>
  /** It has written; what remains is work of its own. */
  readonly onWrote?: (outcome: ImportOutcomeCounts) => void
}

export interface ImportThread {
  /** One after the other. Throws the AppError that the job ended with; anything unexpected as it is. */
  readonly run: (job: Job, hearing: JobHearing) => Promise<JobResult>
  readonly close: () => Promise<void>
}

export function createImportThread(clock: Clock): ImportThread {
  let worker: Worker | undefined
  let rest: Cancel = () => {}
  let isOpen = true
  const end = async (): Promise<void> => {
    rest()
    const ended = worker
    worker = undefined
    await ended?.terminate()
  }
  const start = (): Worker => {
    const started = new Worker(new URL('./import-worker.ts', import.meta.url), { resourceLimits: limits })
    started.on('exit', () => {
      if (worker === started) worker = undefined
    })
    return started
  }
  return {
    run: async (job, hearing) => {
      rest()
      worker ??= start()
      try {
        return await follow(worker, job, hearing)
      } finally {
        // What was read is usually written next; after that its memory is given back.
        if (job.job === 'apply') await end()
        else if (isOpen) rest = clock.after(idleMs, () => void end())
      }
    },
    close: () => {
      isOpen = false
      return end()
    },
  }
}

function follow(worker: Worker, job: Job, { onProgress, mayWrite = async () => {}, onWrote = () => {} }: JobHearing): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    let result: JobResult = {}
    let failure: Error | undefined
    const settle = (): void => {
      worker.off('message', hear)
      worker.off('error', broke)
      worker.off('exit', settle)
      // What was written stays written, whatever came after it.
      if (result.outcome || (result.preview && !failure)) resolve(result)
      else reject(failure ?? new Error('the thread of an import ended without a word'))
    }
    const broke = (error: Error & { readonly code?: string }): void => {
      failure = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new AppError('import.unreadable', `the file needs more memory than an import is given (${limits.maxOldGenerationSizeMb} MB): split it`) : error
    }
    const hear = (told: Told): void => {
      switch (told.type) {
        case 'progress':
          return onProgress(told)
        case 'preview':
          return void (result = { ...result, preview: told.preview })
        case 'may-write':
          return void mayWrite().then(() => worker.postMessage('go'))
        case 'wrote':
          result = { ...result, outcome: told.outcome }
          return onWrote(told.outcome)
        case 'failed':
          return void (failure = new AppError(told.code as ErrorCode, told.message))
        case 'bug':
          return void (failure = Object.assign(new Error(told.message), { stack: told.stack }))
        case 'end':
          return settle()
      }
    }
    worker.on('message', hear)
    worker.on('error', broke)
    worker.on('exit', settle)
    worker.postMessage(job)
  })
}
