// Word documents are made beside the thread that measures, one after the other.
import { Worker } from 'node:worker_threads'
import { AppError } from '../base/index.ts'
import { picturesIn, type Document, type PictureOf } from '../inspect/index.ts'
import type { WordWork } from './word-worker.ts'

/** A document of a hundred cards with their pictures takes some 120 MB. Ours. */
const resourceLimits = { maxOldGenerationSizeMb: 384 }
/** Documents that wait; more than that are told to come again. Ours. */
const maxWaiting = 8

let last: Promise<unknown> = Promise.resolve()
let waiting = 0

/** Throws AppError `busy` when too many are asked for at once. */
export async function wordInThread(document: Document, pictureOf: PictureOf): Promise<Buffer> {
  if (waiting >= maxWaiting) throw new AppError('busy', `${maxWaiting} documents are being made: fetch it again in a minute`)
  waiting++
  try {
    const before = last
    const made = (async () => {
      await before.catch(() => {})
      const { blocks, ...rest } = document
      const list = [...blocks()]
      const pictures = new Map<string, Uint8Array>()
      for (const file of picturesIn(list)) {
        const jpeg = await pictureOf(file)
        if (jpeg) pictures.set(file, jpeg)
      }
      return run({ document: rest, blocks: list, pictures })
    })()
    last = made
    return await made
  } finally {
    waiting--
  }
}

function run(workerData: WordWork): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const worker = new Worker(new URL('./word-worker.ts', import.meta.url), { workerData, resourceLimits })
  worker.once('message', (bytes: Uint8Array) => resolve(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)))
  worker.once('error', (error) => reject('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new AppError('busy', 'the report is too large for a Word document: take it as a page or as a workbook') : error))
  worker.once('exit', (code) => reject(new Error(`the thread that makes documents ended with ${code}`)))
  return promise.finally(() => worker.terminate())
}
