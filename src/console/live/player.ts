// Plays one camera's FLV, over HTTP or a WebSocket, in a <video>: connects, stays near the live edge, connects again when the stream ends, and says why when there is no picture.
import mpegts from 'mpegts.js'
import type { Problem } from '../../api/schema/index.ts'
import { loaderFor } from './flv-loader.ts'
import { socketLoaderFor } from './ws-loader.ts'

export type PlayerState =
  /** `problem` is why the try before gave nothing. */
  | { readonly name: 'connecting'; readonly problem?: Problem }
  | { readonly name: 'playing' }
  /** Playing, but no byte came for so long. */
  | { readonly name: 'silent'; readonly seconds: number }
  /** The next try comes in `seconds`; `problem` is why the last one gave nothing, absent when a running stream ended. */
  | { readonly name: 'waiting'; readonly seconds: number; readonly tries: number; readonly problem?: Problem }
  /** Trying again would change nothing: no permission, no such camera. */
  | { readonly name: 'refused'; readonly problem: Problem }
  | { readonly name: 'undecodable'; readonly codec: string }

export type Way = 'http' | 'ws'

export interface Player {
  readonly retryNow: () => void
  /** Seconds between what is shown and the newest picture here. */
  readonly behind: () => number
  /** Faster than it comes, to catch up with what is live. */
  readonly isCatchingUp: () => boolean
  /** Stops the download and lets go of the <video>. Calling it twice is nothing. */
  readonly close: () => void
}

export interface PlayerOptions {
  readonly video: HTMLVideoElement
  /** Below the API's prefix. */
  readonly path: string
  /** Which is tried first; the other follows where nothing gets through. */
  readonly way?: Way
  readonly onState: (state: PlayerState) => void
  /** Why another way was left before this one was tried; shown until there is a picture. */
  readonly because?: Problem | undefined
  /** Of a recording: how fast it comes. A live picture has its own pace, and catches up by itself. */
  readonly rate?: () => number
  /** Of a recording: it came to its end. A live picture is asked for again instead. */
  readonly onEnded?: () => void
  /** What the stream says of itself, with each connection. */
  readonly onTracks?: (tracks: { readonly hasSound: boolean }) => void
}

/** Further behind the newest picture than this, we jump; to this far behind it. Less is made up by playing faster, which nobody sees. */
const maxBehindS = 2
const targetBehindS = 0.4
const slightlyBehindS = 0.9
const catchingUpRate = 1.15
const watchMs = 500
const silentS = 5
/** Each try asks the camera again, so they come slower and slower; one that gave no picture at all is asked less eagerly than one that broke off. */
const backOffS = { ended: [1, 2, 5, 10, 20, 30], failed: [5, 10, 20, 30] } as const
/** Without an answer for so long HTTP may be held back on the way; the service itself answers sooner, whatever the camera does. */
const heldBackMs = 45_000
/** A stream that ran this long was a good one: the next trouble begins the series anew. */
const goodAfterMs = 10_000

export const canPlayLive = (): boolean => mpegts.isSupported()
export const canDecode = (codecs: string): boolean => MediaSource.isTypeSupported(`video/mp4; codecs="${codecs}"`)

export function openPlayer({ video, path, way: first = 'http', because, rate, onEnded, onState, onTracks }: PlayerOptions): Player {
  mpegts.LoggingControl.enableAll = false
  let player: mpegts.Player | undefined
  let way = first
  let tries = 0
  let connectedAtMs = 0
  let heardAtMs = 0
  let isPlaying = false
  let hasBytes = false
  let isClosed = false
  let countdown: ReturnType<typeof setInterval> | undefined
  /** Both ways have failed in turn: only then do we wait. */
  let hasTriedOther = false

  const drop = (): void => {
    player?.destroy()
    player = undefined
    isPlaying = false
  }
  const stop = (state: PlayerState): void => {
    drop()
    onState(state)
  }

  const wait = (problem?: Problem): void => {
    if (isPlaying && performance.now() - connectedAtMs > goodAfterMs) tries = 0
    drop()
    const series = problem ? backOffS.failed : backOffS.ended
    let seconds: number = series[Math.min(tries, series.length - 1)] ?? 30
    tries++
    const tell = (): void => onState({ name: 'waiting', seconds, tries, ...(problem ? { problem } : {}) })
    clearInterval(countdown)
    tell()
    countdown = setInterval(() => {
      seconds--
      if (seconds > 0) tell()
      else connect(problem)
    }, 1000)
  }

  const changeWay = (): void => void (way = way === 'http' ? 'ws' : 'http')

  const refused = (problem: Problem): void => {
    if (isClosed) return
    if ([400, 401, 403, 404].includes(problem.status)) return stop({ name: 'refused', problem })
    if (problem.code === 'network') {
      changeWay()
      // What holds back the one way lets the other pass: it is tried at once, and both again after a while.
      hasTriedOther = !hasTriedOther
      if (hasTriedOther) return connect()
    }
    wait(problem)
  }

  const connect = (problem?: Problem): void => {
    if (isClosed) return
    clearInterval(countdown)
    drop()
    onState({ name: 'connecting', ...(problem ? { problem } : {}) })
    connectedAtMs = heardAtMs = performance.now()
    hasBytes = false
    const events = {
      onRefused: refused,
      onBytes: () => {
        hasBytes = true
        heardAtMs = performance.now()
      },
    }
    const customLoader = way === 'http' ? loaderFor(path, events) : socketLoaderFor(path, events)
    const own = mpegts.createPlayer(
      { type: 'flv', isLive: true, url: path },
      { customLoader, isLive: true, enableStashBuffer: false, lazyLoad: false, autoCleanupSourceBuffer: true, autoCleanupMaxBackwardDuration: 20, autoCleanupMinBackwardDuration: 10 },
    )
    player = own
    const later = (act: () => void): void => {
      // The library is in the middle of its own work when it tells us: it must not be destroyed from there.
      queueMicrotask(() => {
        if (!isClosed && player === own) act()
      })
    }
    own.on(mpegts.Events.MEDIA_INFO, (info: mpegts.MSEPlayerMediaInfo) => {
      const { videoCodec, hasAudio } = info
      onTracks?.({ hasSound: hasAudio === true })
      if (videoCodec !== undefined && !canDecode(videoCodec)) later(() => stop({ name: 'undecodable', codec: videoCodec }))
    })
    own.on(mpegts.Events.ERROR, (_type: string, detail: string, info: { readonly msg?: string } | undefined) => {
      const { videoCodec } = own.mediaInfo as mpegts.MSEPlayerMediaInfo
      if (videoCodec !== undefined && !canDecode(videoCodec)) later(() => stop({ name: 'undecodable', codec: videoCodec }))
      else later(() => wait({ type: 'about:blank', title: 'The player stopped', status: 0, code: 'player', detail: `${detail}${info?.msg ? `: ${info.msg}` : ''}` }))
    })
    own.on(mpegts.Events.LOADING_COMPLETE, () => later(() => (onEnded ? onEnded() : wait())))
    own.attachMediaElement(video)
    own.load()
    video.requestVideoFrameCallback?.(() => later(shown))
    // Muted playing needs no click; a refusal only means that this player is already gone.
    void Promise.resolve(own.play()).catch(() => {})
  }

  const shown = (): void => {
    if (isPlaying) return
    isPlaying = true
    hasTriedOther = false
    onState({ name: 'playing' })
  }

  const behind = (): number => {
    const { buffered } = video
    return buffered.length === 0 ? 0 : Math.max(0, buffered.end(buffered.length - 1) - video.currentTime)
  }

  const watch = setInterval(() => {
    if (!player) return
    if (!isPlaying && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0) {
      shown()
    }
    if (!hasBytes && performance.now() - connectedAtMs > heldBackMs) {
      changeWay()
      return connect()
    }
    const silence = (performance.now() - heardAtMs) / 1000
    if (isPlaying) onState(silence > silentS ? { name: 'silent', seconds: Math.floor(silence) } : { name: 'playing' })
    if (rate) keepRate(video, rate())
    else stayAtEdge(video)
  }, watchMs)

  connect(because)
  return {
    retryNow: () => connect(),
    behind,
    isCatchingUp: () => !rate && video.playbackRate > 1,
    close: () => {
      if (isClosed) return
      isClosed = true
      clearInterval(watch)
      clearInterval(countdown)
      drop()
    },
  }
}

/** Jumps when too far behind, and over a hole that playing would wait at for ever. */
function stayAtEdge(video: HTMLVideoElement): void {
  const { buffered } = video
  if (buffered.length === 0 || video.seeking) return
  const [start, end] = [buffered.start(buffered.length - 1), buffered.end(buffered.length - 1)]
  const behind = end - video.currentTime
  if (behind > maxBehindS || video.currentTime < start) video.currentTime = Math.max(start, end - targetBehindS)
  if (behind > slightlyBehindS && video.playbackRate === 1) video.playbackRate = catchingUpRate
  else if (behind < targetBehindS && video.playbackRate !== 1) video.playbackRate = 1
  if (video.paused) void video.play().catch(() => {})
}

/** A recording is played as fast as it comes; only over a hole does it jump. */
function keepRate(video: HTMLVideoElement, rate: number): void {
  const { buffered } = video
  if (video.playbackRate !== rate) video.playbackRate = rate
  if (buffered.length === 0 || video.seeking) return
  const [start, end] = [buffered.start(buffered.length - 1), buffered.end(buffered.length - 1)]
  if (video.currentTime < start || end - video.currentTime > 10 * Math.max(1, rate)) video.currentTime = Math.max(start, end - 1)
  if (video.paused) void video.play().catch(() => {})
}
