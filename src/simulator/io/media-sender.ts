// Sends a clip round and round as PS in RTP, paced by the clock, over UDP or TCP, and as a recording: for a while, paused, faster, backwards, from elsewhere.
// GB/T 28181-2022 9.8, Annex C.1 (one pack per frame), Annex D (RFC 4571 framing over TCP).
import type { Cancel, Clock } from '../../base/index.ts'
import { createPsMuxer, packetize, splitAnnexB, writeRtp } from '../../media/index.ts'
import type { Clip } from './clips.ts'
import { openMediaWire, type MediaTarget } from './media-wire.ts'
import { vendorPack } from './spoilt.ts'

export type { MediaTarget } from './media-wire.ts'

export interface MediaSender {
  /** Our own port: the answer's SDP names it. */
  readonly port: number
  /** Begins with the clip's first keyframe, now. With a length it ends there and says so. */
  readonly start: (clip: Clip, recording?: { readonly lengthS: number; readonly scale: number; readonly onEnd: () => void }) => void
  readonly pause: () => void
  readonly resume: () => void
  /** Times real time; below 0 backwards. */
  readonly scale: (scale: number) => void
  /** Seconds from the start of the recording. */
  readonly seek: (seconds: number) => void
  /** The next frame is a keyframe. */
  readonly keyframe: () => void
  /** Begins anew in the middle: the clip's first keyframe, under another SSRC. */
  readonly restart: () => void
  readonly close: () => void
}

const payloadType = 96
const maxPayload = 1400
/** 0.5 s in 90 kHz ticks. */
const maxSoundLag = 45_000

interface Playing {
  readonly clip: Clip
  /** Place in the recording, in frames; fractions only while seeking. */
  frame: number
  /** Unit of the clip that comes next. */
  unit: number
  /** Frames sent since the pace was last set, and when that was. */
  sent: number
  beganUs: number
  scale: number
  readonly ends: number
  readonly onEnd: () => void
}

/** Opens the sending socket; nothing is sent before `start`. */
export async function openMediaSender(target: MediaTarget & { /** Every so-manieth packet never leaves. */ readonly loseEvery?: number }, clock: Clock): Promise<MediaSender> {
  const wire = await openMediaWire(target)
  let cancel: Cancel | undefined
  let playing: Playing | undefined
  let isPaused = false
  let isClosed = false
  let sequence = 0
  let { ssrc } = target
  let pts90k = 0
  let sound90k = 0
  let sounded = 0
  let offered = 0
  let muxer = createPsMuxer({ codec: 'h264' })

  const repace = (): void => {
    if (!playing) return
    playing.sent = 0
    playing.beganUs = clock.nowUs()
  }
  const send = (now: Playing): void => {
    const { clip } = now
    const unit = clip.units[now.unit]
    if (!unit) return
    pts90k += Math.round(90_000 / clip.fps)
    const pack = clip.isVendor ? vendorPack(unit.bytes) : muxer.push({ nalUnits: splitAnnexB(unit.bytes), pts90k, isKeyframe: unit.isKeyframe })
    const packets = packetize(pack, { payloadType, ssrc, timestamp: pts90k >>> 0, firstSequence: sequence & 0xffff, maxPayload })
    sequence += packets.length
    for (const packet of packets) if (target.loseEvery === undefined || ++offered % target.loseEvery !== 0) wire.send(packet)
    if (now.scale === 1) sendSound(clip)
    const isBack = now.scale < 0
    // Backwards only keyframes can be shown.
    now.unit = isBack ? keyframeBefore(clip, now.unit) : (now.unit + 1) % clip.units.length
    now.frame += isBack ? -clip.fps : 1
    now.sent += isBack ? clip.fps : 1
  }
  /** Up to the picture that was sent, in RTP packets of its own, each a part of what the next marker ends. */
  const sendSound = ({ sound }: Clip): void => {
    if (!sound) return
    // After a pause, or at another speed, there is no catching up.
    if (pts90k - sound90k > maxSoundLag) sound90k = pts90k
    for (; sound90k + sound.packet90k <= pts90k; sound90k += sound.packet90k) {
      const data = sound.packets[sounded++ % sound.packets.length]
      if (data) wire.send(writeRtp({ payloadType, ssrc, timestamp: nextPicture(), sequence: sequence++ & 0xffff, payload: muxer.pushAudio({ data, pts90k: sound90k }) }))
    }
  }
  const nextPicture = (): number => (pts90k + Math.round(90_000 / (playing?.clip.fps ?? 25))) >>> 0
  const next = (): void => {
    const now = playing
    if (isClosed || isPaused || !now) return
    const usPerFrame = 1_000_000 / (now.clip.fps * Math.abs(now.scale))
    // Catches up after a late timer, so that the rate holds on a busy machine.
    for (const dueBy = clock.nowUs(); now.beganUs + now.sent * usPerFrame <= dueBy; ) {
      if (now.frame >= now.ends || now.frame < 0) {
        playing = undefined
        return now.onEnd()
      }
      send(now)
    }
    const waiting = now.clip.burst === undefined ? 0 : (now.clip.burst - 1) * usPerFrame
    cancel = clock.after(Math.max(1, (now.beganUs + now.sent * usPerFrame + waiting - clock.nowUs()) / 1000), next)
  }
  const run = (): void => {
    cancel?.()
    repace()
    next()
  }
  return {
    port: wire.port,
    start: (clip, recording) => {
      muxer = createPsMuxer({ codec: clip.codec, ...(clip.sound && { audio: clip.sound.codec }) })
      const { lengthS = Number.POSITIVE_INFINITY, scale = 1, onEnd = () => {} } = recording ?? {}
      playing = { clip, frame: 0, unit: 0, sent: 0, beganUs: clock.nowUs(), scale, ends: lengthS * clip.fps, onEnd }
      run()
    },
    pause: () => {
      isPaused = true
      cancel?.()
    },
    resume: () => {
      isPaused = false
      run()
    },
    scale: (scale) => {
      if (!playing || scale === 0) return
      playing.scale = scale
      if (scale < 0) playing.unit = keyframeBefore(playing.clip, playing.unit)
      if (!isPaused) run()
    },
    seek: (seconds) => {
      if (!playing) return
      playing.frame = Math.round(seconds * playing.clip.fps)
      playing.unit = keyframeFrom(playing.clip, playing.frame % playing.clip.units.length)
      if (!isPaused) run()
    },
    keyframe: () => {
      if (playing) playing.unit = keyframeFrom(playing.clip, playing.unit)
    },
    restart: () => {
      ssrc = (ssrc + 1) >>> 0
      if (playing) playing.unit = 0
    },
    close: () => {
      isClosed = true
      cancel?.()
      wire.close()
    },
  }
}

/** The first keyframe at or after a place; the clip's own first where there is none. */
function keyframeFrom(clip: Clip, unit: number): number {
  const found = clip.units.findIndex((each, n) => n >= unit && each.isKeyframe)
  return found < 0 ? 0 : found
}

function keyframeBefore(clip: Clip, unit: number): number {
  const before = clip.units.findLastIndex((each, n) => n < unit && each.isKeyframe)
  return before >= 0 ? before : Math.max(0, clip.units.findLastIndex((each) => each.isKeyframe))
}
