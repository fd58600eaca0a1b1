// Makes one Word document in a thread of its own: half a second without a pause, which would show in the times of a camera that is being checked.
import { parentPort, workerData } from 'node:worker_threads'
import { wordOf, type Block, type Document } from '../inspect/report/index.ts'

export interface WordWork {
  readonly document: Omit<Document, 'blocks'>
  readonly blocks: readonly Block[]
  readonly pictures: ReadonlyMap<string, Uint8Array>
}

const { document, blocks, pictures } = workerData as WordWork
const made = await wordOf({ ...document, blocks: () => blocks }, async (file) => {
  const jpeg = pictures.get(file)
  return jpeg && Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength)
})
parentPort?.postMessage(made)
