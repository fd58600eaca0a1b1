// How the process and its machine are: what an operator looks at first when something is slow.
import { statfs, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { SystemState } from '../api/index.ts'
import type { Clock } from '../base/index.ts'

const resolutionMs = 20

export interface SystemParts {
  readonly version: string
  readonly dataDir: string
  readonly sip: { readonly host: string; readonly port: () => number }
  readonly media: { readonly host: string; readonly first: number; readonly last: number; readonly figures: () => { readonly total: number; readonly leased: number; readonly resting: number } }
  readonly decoders: number
  readonly hasRoom: () => boolean
  readonly clock: Clock
}

export interface SystemWatch {
  readonly read: () => Promise<SystemState>
  readonly close: () => void
}

/** The lag of the loop is that since the last reading, so that one slow minute of last week does not stay for ever. */
export function watchSystem({ version, dataDir, sip, media, decoders, hasRoom, clock }: SystemParts): SystemWatch {
  const startedAtMs = clock.wallMs()
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  // The histogram counts the waiting itself too.
  const lag = (ns: number): number => Math.max(0, Math.round(ns / 1e5) / 10 - resolutionMs)
  return {
    read: async () => {
      const { bavail, blocks, bsize } = await statfs(dataDir)
      const bytesOf = (name: string): Promise<number> => stat(join(dataDir, name)).then(({ size }) => size, () => 0)
      const [database, log] = await Promise.all([bytesOf('yiji.sqlite'), bytesOf('yiji.sqlite-wal')])
      const memory = process.memoryUsage()
      const loop = { p50Ms: lag(delay.percentile(50)), p99Ms: lag(delay.percentile(99)), maxMs: lag(delay.max) }
      delay.reset()
      return {
        version, node: process.version, platform: `${process.platform} ${process.arch}`, startedAtMs, nowMs: clock.wallMs(),
        memory: { rssBytes: memory.rss, heapBytes: memory.heapUsed }, loop,
        disk: { freeBytes: bavail * bsize, totalBytes: blocks * bsize, hasRoomForEvidence: hasRoom() },
        database: { bytes: database, logBytes: log },
        sip: { host: sip.host, port: sip.port() },
        media: { host: media.host, first: media.first, last: media.last, ...media.figures() },
        decoders,
      }
    },
    close: () => void delay.disable(),
  }
}
