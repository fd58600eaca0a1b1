// Pictures that devices upload: kept as files, listed by the registry, bounded. GB/T 28181-2022 9.14.
import { createHash, randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SnapshotsDep } from '../api/index.ts'
import { AppError, type Log } from '../base/index.ts'
import type { Registry } from '../registry/index.ts'
import { makeFolder } from '../store/index.ts'

export function openDeviceSnapshots({ folder, baseUrl, registry, log }: { readonly folder: string; readonly baseUrl: () => string; readonly registry: Registry; readonly log: Log }): SnapshotsDep {
  /** One after the other: the bound of an order is looked at and kept together. */
  let last: Promise<unknown> = Promise.resolve()
  const store = async (session: string, name: string, jpeg: Buffer): Promise<void> => {
    const order = await registry.snapshotOrder(session)
    if (!order) throw new AppError('not-found', 'nobody ordered these pictures')
    if (order.pictures.length >= order.count) throw new AppError('request.invalid', `all ${order.count} pictures of this order are here`)
    if (jpeg.length < 4 || jpeg.readUInt16BE(0) !== 0xffd8) throw new AppError('request.invalid', 'the upload is no JPEG')
    const sha256 = createHash('sha256').update(jpeg).digest('hex')
    if (order.pictures.some((picture) => picture.sha256 === sha256)) return
    makeFolder(folder)
    const file = `${randomUUID()}.jpg`
    await writeFile(join(folder, file), jpeg, { mode: 0o600 })
    const beyond = await registry.addSnapshot(session, { file, name: plainName(name), bytes: jpeg.length, sha256 })
    for (const each of beyond) await rm(join(folder, each), { force: true })
    log.info({ cameraId: order.cameraId, deviceId: order.deviceId, bytes: jpeg.length }, 'a picture of the device arrived')
  }
  return {
    urlFor: (token) => `${baseUrl()}/api/v1/snapshot-uploads/${token}`,
    store: (session, name, jpeg) => {
      const stored = last.then(() => store(session, name, jpeg))
      last = stored.catch(() => {})
      return stored
    },
    // The name is one of ours: it comes from the registry alone.
    read: (file) => readFile(join(folder, file)).catch(() => undefined),
  }
}

/** For showing only; files are named by us. */
const plainName = (name: string): string => name.replace(/[^\p{L}\p{N}._ -]/gu, '').slice(0, 100)
