// RTMP players, by a child process. Here is who may see what, which streams are joined for whom, and what happens when the child dies.
import { fork, type ChildProcess } from 'node:child_process'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { AppError, type Cancel, type Clock, type Log } from '../../base/index.ts'
import { defaultReaderBounds, type ReaderBounds } from '../reader.ts'
import type { RtmpReport, RtmpRequest } from '../rtmp/messages.ts'
import type { Relays, StreamKey } from '../types.ts'
import { serveFlv, type FlvView } from './flv-sender.ts'
import { feedSink } from './rtmp-pipe.ts'

export interface RtmpAsk {
  /** Its address. */
  readonly from: string
  /** `live` in rtmp://host/live/name. */
  readonly app: string
  readonly name: string
  readonly query: Readonly<Record<string, string>>
}
export type RtmpPermission = { readonly ok: true; readonly account: string; readonly relays: Relays; readonly key: StreamKey } | { readonly ok: false; readonly code: string; readonly detail: string }

export interface RtmpOptions {
  readonly host: string
  /** 0 for any free one. */
  readonly port: number
  /** May this be seen by who asks so, and where is it? */
  readonly permit: (ask: RtmpAsk) => Promise<RtmpPermission>
  readonly clock: Clock
  readonly log: Log
  readonly bounds?: ReaderBounds
}

export interface RtmpFigures {
  readonly isUp: boolean
  readonly players: number
  readonly streams: number
  readonly restarts: number
}

export interface RtmpServer {
  readonly port: () => number
  readonly figures: () => RtmpFigures
  /** Shows out whom this account let in. */
  readonly end: (account: string) => void
  readonly close: () => Promise<void>
}

/** Players of one process, ours: at 4 Mbit/s they fill two network cards of 1 Gbit/s. */
const maxPlayers = 500
/** A child that says nothing for so long hangs; it has to start in this time as well. */
const aliveMs = 10_000
const backOffMs = [1_000, 2_000, 5_000, 10_000, 30_000]
/** One that lived so long was well: the next death begins the series anew. */
const steadyMs = 60_000
/** Of all streams together in the pipe; beyond it the child is stuck. */
const pipeBounds: ReaderBounds = { maxBacklogBytes: 16 * 1024 * 1024, cutAfterMs: 10_000 }
const mediaDescriptor = 4

interface Feed {
  readonly id: number
  readonly players: Set<number>
  readonly view: FlvView
}
/** One life of the child. */
interface Life {
  readonly child: ChildProcess
  readonly pipe: Writable
  readonly feeds: Map<string, Feed>
  /** Those that asked: the feed and the account once they were let in. */
  readonly players: Map<number, { readonly feed: string; readonly account: string }>
  lastFeed: number
}

/** Resolves when players can come; rejects when the port cannot be had. A child that dies later is started again. */
export async function openRtmpServer(options: RtmpOptions): Promise<RtmpServer> {
  const { clock, log, host, bounds = defaultReaderBounds } = options
  const first = Promise.withResolvers<void>()
  const relayNames = new Map<Relays, number>()
  let port = options.port
  let life: Life | undefined
  let isUp = false
  let isClosed = false
  let restarts = 0
  let failures = 0
  let cancelAlive: Cancel = () => {}
  let cancelLater: Cancel = () => {}
  let exited: Promise<void> = Promise.resolve()

  const watch = ({ child }: Life): void => {
    cancelAlive()
    cancelAlive = clock.after(aliveMs, () => {
      log.warn({}, 'the RTMP process hangs')
      child.kill('SIGKILL')
    })
  }
  const start = (): void => {
    // It needs nothing of our environment, and passwords may stand there.
    const child = fork(fileURLToPath(new URL('./rtmp-child.ts', import.meta.url)), [], { serialization: 'advanced', execArgv: [], env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc', 'pipe'] })
    const own: Life = { child, pipe: child.stdio[mediaDescriptor] as Writable, feeds: new Map(), players: new Map(), lastFeed: 0 }
    life = own
    exited = new Promise((resolve) => void child.once('exit', () => resolve()))
    own.pipe.on('error', () => {})
    child.on('error', (error) => log.warn({ error: error.message }, 'RTMP process'))
    child.on('message', (report: RtmpReport) => {
      if (life === own) hear(own, report)
    })
    child.once('exit', (code, signal) => {
      if (life === own) lost(own, `the RTMP process ended (${signal ?? code})`)
    })
    send(own, { type: 'settings', host, port, bounds, maxPlayers })
    watch(own)
  }
  const send = ({ child }: Life, request: RtmpRequest): void => {
    if (child.connected) child.send(request, () => {})
  }
  const lost = (own: Life, detail: string): void => {
    isUp = false
    life = undefined
    cancelAlive()
    cancelLater()
    for (const { view } of own.feeds.values()) view.close()
    if (isClosed) return
    first.reject(new Error(detail))
    const pauseMs = backOffMs[Math.min(failures, backOffMs.length - 1)] ?? 0
    log.warn({ detail, players: own.players.size, againInMs: pauseMs }, 'RTMP process lost')
    failures++
    restarts++
    cancelLater = clock.after(pauseMs, start)
  }

  const hear = (own: Life, report: RtmpReport): void => {
    watch(own)
    switch (report.type) {
      case 'ready':
        isUp = true
        // Addresses that were given out stay good when it is started again.
        port = report.port
        cancelLater = clock.after(steadyMs, () => (failures = 0))
        return first.resolve()
      case 'unheard':
        first.reject(listenError(report.code, host, port))
        return log.error({ host, port, code: report.code, detail: report.detail }, 'the RTMP port cannot be opened')
      case 'ask':
        return void ask(own, report)
      case 'gone': {
        const { player, why, delivered, dropped, bytes } = report
        if (why === 'cut' || dropped > 0) log.info({ player, why, delivered, dropped, bytes }, 'RTMP player was too slow')
        return gone(own, player)
      }
      case 'shown-out':
        return log.info({ from: report.from, detail: report.detail }, 'RTMP connection shown out')
      case 'alive':
        return
    }
  }

  const ask = async (own: Life, { player, from, app, name, query }: Extract<RtmpReport, { type: 'ask' }>): Promise<void> => {
    const answer = (outcome: Extract<RtmpRequest, { type: 'answer' }>['outcome']): void => send(own, { type: 'answer', player, outcome })
    own.players.set(player, { feed: '', account: '' })
    try {
      const permission = await options.permit({ from, app, name, query })
      // It may have gone while it was looked up, and the child with it.
      if (life !== own || !own.players.has(player)) return
      if (!permission.ok) {
        log.warn({ from, app, name, code: permission.code }, 'RTMP player refused')
        return answer({ ok: false, detail: `${permission.code}: ${permission.detail}` })
      }
      const feed = feedFor(own, permission)
      feed.players.add(player)
      log.info({ from, name }, 'RTMP player')
      answer({ ok: true, feed: feed.id })
    } catch (error) {
      log.error({ from, name, error }, 'an RTMP player could not be answered')
      answer({ ok: false, detail: 'internal' })
    }

    function feedFor(own: Life, { account, relays, key }: Extract<RtmpPermission, { ok: true }>): Feed {
      if (!relayNames.has(relays)) relayNames.set(relays, relayNames.size)
      const label = `${relayNames.get(relays)} ${key}`
      own.players.set(player, { feed: label, account })
      const known = own.feeds.get(label)
      if (known) return known
      const id = ++own.lastFeed
      const view = serveFlv({ relays, camera: key, open: () => feedSink(own.pipe, id), clock, log, bounds: pipeBounds })
      const feed: Feed = { id, players: new Set(), view }
      own.feeds.set(label, feed)
      const forget = (detail: string): void => {
        if (own.feeds.get(label) === feed) own.feeds.delete(label)
        send(own, { type: 'over', feed: id, detail })
      }
      void view.joined.then((outcome) => outcome.ok || forget(`${outcome.reason}: ${outcome.detail}`))
      void view.done.then(({ why }) => forget(`the stream has ${why === 'cut' ? 'been cut' : 'ended'}`))
      return feed
    }
  }
  const gone = (own: Life, player: number): void => {
    const label = own.players.get(player)?.feed ?? ''
    own.players.delete(player)
    const feed = own.feeds.get(label)
    if (!feed?.players.delete(player) || feed.players.size > 0) return
    own.feeds.delete(label)
    feed.view.close()
  }

  start()
  try {
    await first.promise
  } catch (error) {
    isClosed = true
    cancelLater()
    cancelAlive()
    await exited
    throw error
  }
  return {
    port: () => port,
    figures: () => ({ isUp, players: life?.players.size ?? 0, streams: life?.feeds.size ?? 0, restarts }),
    end: (account) => {
      for (const [player, known] of life?.players ?? []) if (life && known.account === account) send(life, { type: 'out', player, detail: 'auth.required: the account was ended or changed' })
    },
    close: async () => {
      isClosed = true
      cancelLater()
      cancelAlive()
      for (const { view } of life?.feeds.values() ?? []) view.close()
      life?.child.kill('SIGKILL')
      await exited
    },
  }
}

function listenError(code: string, host: string, port: number): Error {
  if (code === 'EADDRINUSE') return new AppError('port.taken', `the RTMP port ${port} on ${host} is taken: stop what uses it or set rtmp.port (YIJI_RTMP_PORT)`)
  if (code === 'EACCES') return new AppError('port.taken', `the RTMP port ${port} on ${host} may not be opened by this user: set rtmp.port (YIJI_RTMP_PORT) to 1024 or more`)
  return new AppError('config.invalid', `rtmp.host (YIJI_RTMP_HOST) is "${host}", which is no address of this machine (${code})`)
}
