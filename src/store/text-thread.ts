// Makes what records are found by: reading names aloud costs as much as reading the file they stand in, and is done beside it.
import { parentPort } from 'node:worker_threads'
import { indexed } from './camera-text.ts'
import type { AskedText, StagedText } from './import-staging.ts'

parentPort?.on('message', (asked: readonly AskedText[]) => {
  parentPort?.postMessage(asked.map(([number, values]): StagedText => [number, indexed(values)]))
})
