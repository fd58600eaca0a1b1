// Clips for the fleet: drawn and encoded by child processes, kept in a cache folder so that the next run starts at once.
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { PictureKind } from '../types.ts'
import type { SoundClip } from './sounds.ts'

/** Raise it when drawing or encoding changes: it names the cached files. */
const recipe = 6

export interface ClipRequest {
  readonly kind: PictureKind
  readonly codec: 'h264' | 'h265'
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly seconds: number
  readonly startS: number
}

/** Encoded access units in order, Annex B; the first is a keyframe, so a clip can be played round and round. */
export interface Clip extends ClipRequest {
  readonly units: readonly { readonly bytes: Buffer; readonly isKeyframe: boolean }[]
  readonly sound?: SoundClip
  /** Sent in a container of a vendor's own, with no pack of a program stream (Q79). */
  readonly isVendor?: true
  /** So many pictures at once, then a pause as long as they last. */
  readonly burst?: number
}

export type ClipAnswer = { readonly ok: true; readonly units: Clip['units'] } | { readonly ok: false; readonly detail: string }

/** Makes the clips that a fleet needs, each once; `children` processes at a time, none left when it resolves. */
export async function makeClips(requests: readonly ClipRequest[], options: { readonly cacheDir: string; readonly children: number; readonly signal?: AbortSignal }): Promise<ReadonlyMap<string, Clip>> {
  mkdirSync(options.cacheDir, { recursive: true })
  const wanted = new Map(requests.map((request) => [clipKey(request), request]))
  const clips = new Map<string, Clip>()
  const missing: ClipRequest[] = []
  for (const [key, request] of wanted) {
    const cached = readCached(cachePath(options.cacheDir, request))
    if (cached) clips.set(key, { ...request, units: cached })
    else missing.push(request)
  }
  const work = Array.from({ length: Math.min(options.children, missing.length) }, () =>
    encodeInChild(missing, options.signal, (request, units) => {
      clips.set(clipKey(request), { ...request, units })
      writeCached(cachePath(options.cacheDir, request), units)
    }),
  )
  await Promise.all(work)
  return clips
}

export const clipKey = (request: Pick<ClipRequest, 'kind' | 'codec'>): string => `${request.kind}/${request.codec}`

/** One child takes requests from the shared list until it is empty. */
function encodeInChild(queue: ClipRequest[], signal: AbortSignal | undefined, done: (request: ClipRequest, units: Clip['units']) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./encoder-child.ts', import.meta.url), { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    let current: ClipRequest | undefined
    let failure: Error | undefined
    const next = (): void => {
      current = signal?.aborted ? undefined : queue.shift()
      if (current) child.send(current)
      else child.disconnect()
    }
    child.on('message', (answer: ClipAnswer) => {
      if (!current) return
      if (answer.ok) done(current, answer.units)
      else failure ??= new Error(`clip ${clipKey(current)}: ${answer.detail}`)
      if (failure) child.disconnect()
      else next()
    })
    signal?.addEventListener('abort', () => child.kill(), { once: true })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (failure) reject(failure)
      else if (code !== 0 && !signal?.aborted) reject(new Error(`the encoder ended with code ${code}`))
      else resolve()
    })
    next()
  })
}

function cachePath(folder: string, request: ClipRequest): string {
  const name = createHash('sha256').update(JSON.stringify([recipe, request])).digest('hex').slice(0, 20)
  return join(folder, `${name}.clip`)
}

function readCached(path: string): Clip['units'] | undefined {
  try {
    return (deserialize(readFileSync(path)) as Clip['units']).map(({ bytes, isKeyframe }) => ({ bytes: Buffer.from(bytes), isKeyframe }))
  } catch {
    return undefined
  }
}

/** Written beside and renamed, so that a broken-off run leaves no half clip. */
function writeCached(path: string, units: Clip['units']): void {
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, serialize(units))
  renameSync(temporary, path)
}
