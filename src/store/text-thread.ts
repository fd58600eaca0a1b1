// Makes what staged records are found by, a batch for each 'next': reading names aloud costs a quarter of what writing a record does, and the writer
// has a whole transaction to bring to its end.
import { parentPort, workerData } from 'node:worker_threads'
import { indexed, type Indexed } from './camera-text.ts'
import { batches, openStaging } from './import-staging.ts'

export type TextsMade = readonly (readonly [id: string, made: Indexed])[]

const { stagingFile } = workerData as { readonly stagingFile: string }
const staging = openStaging(stagingFile, { readonly: true })
const rows = batches(staging)

parentPort?.on('message', () => {
  const { value, done } = rows.next()
  const made: TextsMade = done ? [] : value.map(({ code, written }) => {
    const { name = '', commonName = '', address = '' } = written?.declared ?? {}
    return [code, indexed({ id: code, name, commonName, address })]
  })
  parentPort?.postMessage(made)
})
