// A stream for tests of senders: the pictures and the sound of a recorded RTSP session, round and round, through a real stream to whoever joins.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPcapng, type Clock } from '../../base/index.ts'
import { createRtspPipeline } from '../rtsp/pipeline.ts'
import { createStream } from '../stream.ts'
import type { AccessUnit, AudioFrame, ReaderOptions, Relays } from '../types.ts'

export interface Recorded {
  readonly units: readonly AccessUnit[]
  readonly frames: readonly AudioFrame[]
}

/** What `fixtures/rtsp/NAME.pcapng` holds. */
export function recorded(name: string): Recorded {
  const units: AccessUnit[] = []
  const frames: AudioFrame[] = []
  const pipeline = createRtspPipeline({ onAudio: (frame) => frames.push(frame) })
  for (const event of readPcapng(readFileSync(join(import.meta.dirname, '../../../fixtures/rtsp', `${name}.pcapng`)))) {
    if (event.kind !== 'wire') continue
    const { layer, direction, bytes, atUs, local, remote } = event.wire
    if (layer === 'signal') pipeline.learn(direction, bytes)
    else if (direction === 'in') units.push(...pipeline.push(bytes, atUs, local.port, remote))
  }
  return { units, frames }
}

export interface Stage {
  readonly relays: Relays
  /** Publishes the next picture and the sound up to it. */
  readonly step: () => void
  readonly publish: (unit: AccessUnit) => void
  readonly publishAudio: (frame: AudioFrame) => void
  /** A step for every picture's time, from now on. Returns what stops it. */
  readonly run: (clock: Clock) => () => void
  readonly end: (reason: string) => void
  readonly readers: () => number
  /** Keys that were joined, in order. */
  readonly joins: readonly string[]
}

/** One camera for every key; it refuses to be joined where `failure` says why. */
export function createStage({ units, frames }: Recorded, options: { readonly now?: () => number; readonly failure?: { readonly ok: false; readonly reason: 'offline'; readonly detail: string } } = {}): Stage {
  const stream = createStream()
  const members = new Set<ReaderOptions>()
  const joins: string[] = []
  const [first, last] = [units[0], units.at(-1)]
  if (!first || !last) throw new Error('nothing was recorded')
  const frame90k = (last.pts90k - first.pts90k) / (units.length - 1)
  const round90k = last.pts90k - first.pts90k + frame90k
  let n = 0
  let heard = 0

  const publish = (unit: AccessUnit): void => void stream.publish(options.now ? { ...unit, receivedUs: options.now() } : unit)
  const step = (): void => {
    const round = Math.floor(n / units.length)
    const unit = units[n % units.length]
    n++
    if (!unit) return
    const until = unit.pts90k + round * round90k
    publish({ ...unit, pts90k: until })
    for (let frame = frameAt(heard); frame && frame.pts90k <= until; frame = frameAt(++heard)) stream.publishAudio(frame)
  }
  const frameAt = (index: number): AudioFrame | undefined => {
    const frame = frames[index % frames.length]
    return frame && { ...frame, pts90k: frame.pts90k + Math.floor(index / frames.length) * round90k }
  }
  return {
    relays: {
      join: (key, reader) => {
        joins.push(key)
        if (options.failure) return { joined: Promise.resolve(options.failure), leave: () => Promise.resolve() }
        members.add(reader)
        const detach = stream.attach((unit) => reader.onUnit?.(unit), reader.onAudio)
        return {
          joined: Promise.resolve({ ok: true, isCold: false }),
          leave: () => {
            members.delete(reader)
            detach()
            return Promise.resolve()
          },
        }
      },
      list: () => [],
      close: () => Promise.resolve(),
    },
    step,
    publish,
    publishAudio: stream.publishAudio,
    run: (clock) => {
      const beganUs = clock.nowUs()
      let sent = 0
      let cancel = (): void => {}
      const tick = (): void => {
        for (; beganUs + (sent * frame90k * 100) / 9 <= clock.nowUs(); sent++) step()
        cancel = clock.after(5, tick)
      }
      tick()
      return () => cancel()
    },
    end: (reason) => {
      for (const reader of [...members]) reader.onEnd?.(reason)
      members.clear()
    },
    readers: () => members.size,
    joins,
  }
}
