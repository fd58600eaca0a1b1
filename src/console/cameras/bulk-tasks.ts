// What may be done to many records, and the request that does it to one.
import type { Camera, FieldName } from '../../api/schema/index.ts'
import { RequestProblem } from '../client/http.ts'
import * as records from '../client/records.ts'

export type BulkTask = 'setField' | 'accept' | 'waive' | 'adopt' | 'retire'

export interface BulkForm {
  readonly field: FieldName
  readonly value: string
  readonly why: string
}

/** One in each request: channels are taken over together, in one transaction. */
const adoptedAtOnce = 100

const refused = (detail: string, code = 'conflict'): never => {
  throw new RequestProblem({ type: 'about:blank', title: detail, status: 409, code, detail })
}

/** Cameras as they go through the queue: one by one, channels that are taken over in parts. */
export const partsOf = (task: BulkTask, cameras: readonly Camera[]): readonly (readonly Camera[])[] => {
  const size = task === 'adopt' ? adoptedAtOnce : 1
  return Array.from({ length: Math.ceil(cameras.length / size) }, (_none, n) => cameras.slice(n * size, (n + 1) * size))
}

export async function doTask(task: BulkTask, [camera, ...more]: readonly Camera[], { field, value, why }: BulkForm): Promise<void> {
  if (!camera) return
  switch (task) {
    case 'setField':
      // With the version that was listed: what somebody else changed since is left alone and named.
      return void (await records.changeRecord(camera.id, { [field]: value === '' ? null : value }, { version: camera.version, ...(why === '' ? {} : { why }) }))
    case 'retire':
      return void (await records.retire(camera.id, why))
    case 'accept':
    case 'waive':
      return void (await records.editFindings({ filter: { camera: camera.id, state: 'open' }, change: { state: task === 'accept' ? 'accepted' : 'waived', ...(why === '' ? {} : { reason: why }) } }))
    case 'adopt': {
      const { skipped } = await records.adoptMany({ ids: [camera, ...more].map(({ id }) => id), ...(why === '' ? {} : { why }) })
      if (skipped.length > 0) refused(skipped.map(({ id, reason }) => `${id}: ${reason}`).join('; '))
    }
  }
}

/** Takes a field back to what it was; not where somebody has changed the record since. */
export async function undoField(camera: Camera, field: FieldName): Promise<void> {
  const now = await records.camera(camera.id)
  if (now.version > camera.version + 1) refused('changed by somebody else since')
  await records.changeRecord(camera.id, { [field]: camera.declared[field] ?? null }, { version: now.version })
}
