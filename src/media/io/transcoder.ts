// One child process that makes an H.264 version of one stream: fed with access units, watched, never waited for.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { joinAnnexB } from '../h26x/annexb.ts'
import type { TranscoderAnswer, TranscoderRequest } from '../transcode/messages.ts'
import type { OpenTranscoder, Transcoder } from '../transcode/version.ts'
import type { AccessUnit } from '../types.ts'
import type { Cancel, Clock, Log } from '../../base/index.ts'

/** Behind by more than this, what comes is left out to the next keyframe: a viewer of now has no use for it. */
const maxLagMs = 1_000
/** A newcomer's kept GOP is decoded first; 4K takes its time. */
const graceMs = 6_000
/** Without an answer for so long it hangs; it has to start in this time as well. */
const hungMs = 15_000
/** Of a kept GOP, and not worth encoding. */
const oldUs = 400_000
/** A start that takes long must not gather a stream. */
const maxWaiting = 1_000

/** Starts a child at once. Whoever opens it closes it. */
export const transcoders = ({ clock, log }: { readonly clock: Clock; readonly log: Log }): OpenTranscoder => (label, bounds, events): Transcoder => {
  // It needs nothing of our environment, and passwords may stand there.
  const child = fork(fileURLToPath(new URL('./transcoder-child.ts', import.meta.url)), [], { serialization: 'advanced', execArgv: [], env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
  const startedUs = clock.nowUs()
  /** When each unit left that has not been answered. */
  const unanswered: number[] = []
  const early: AccessUnit[] = []
  let isReady = false
  let isClosed = false
  let isDropping = false
  let dropped = 0
  let skipped = 0
  let undecodable = 0
  let cpu = 0
  let cancelWatch: Cancel = () => {}

  const watch = (): void => {
    cancelWatch()
    cancelWatch = clock.after(hungMs, () => {
      log.warn({ ...label }, 'the H.264 encoder hangs')
      child.kill('SIGKILL')
    })
  }
  const send = (request: TranscoderRequest): void => void child.send(request, (error) => error && child.kill('SIGKILL'))

  const push = (unit: AccessUnit): void => {
    const nowUs = clock.nowUs()
    const [oldest] = unanswered
    const isLate = oldest !== undefined && nowUs - oldest > maxLagMs * 1000 && nowUs - startedUs > graceMs * 1000
    if (isLate || (isDropping && !unit.isKeyframe)) {
      isDropping = true
      dropped++
      return
    }
    send({ type: 'unit', codec: unit.codec, pts90k: unit.pts90k, isKeyframe: unit.isKeyframe, isAfterGap: isDropping, isOld: nowUs - unit.receivedUs > oldUs, bytes: joinAnnexB(withSets(unit)) })
    isDropping = false
    if (unanswered.push(nowUs) === 1) watch()
  }
  const onAnswer = (answer: TranscoderAnswer): void => {
    if (answer.type === 'load') cpu = answer.cpu
    else if (answer.type === 'ready') {
      isReady = true
      cancelWatch()
      for (const unit of early.splice(0)) push(unit)
    } else {
      unanswered.shift()
      if (unanswered.length > 0) watch()
      else cancelWatch()
      if (answer.isSkipped) skipped++
      if (answer.isUndecodable) undecodable++
      for (const picture of answer.pictures) events.onPicture(picture)
    }
  }
  child.on('message', (answer: TranscoderAnswer) => {
    if (!isClosed) onAnswer(answer)
  })
  child.on('error', (error) => log.warn({ ...label, error: error.message }, 'H.264 encoder'))
  child.once('exit', (code, signal) => {
    cancelWatch()
    if (!isClosed) events.onLost(`the encoding process ended (${signal ?? code})`)
    isClosed = true
  })
  send({ type: 'bounds', bounds })
  watch()

  return {
    pid: child.pid ?? 0,
    push: (unit) => {
      if (isClosed) return
      if (isReady) push(unit)
      else if (early.length < maxWaiting) early.push(unit)
    },
    figures: () => ({ dropped, skipped, undecodable, cpu }),
    close: () => {
      isClosed = true
      cancelWatch()
      child.kill('SIGKILL')
      return exited
    },
  }
}

/** A camera whose parameter sets came by another way (SDP) has none in its keyframes; a decoder that begins here needs them. */
function withSets({ nalUnits, parameterSets }: AccessUnit): readonly Buffer[] {
  if (!parameterSets || nalUnits.some((nal) => nal.equals(parameterSets.sps))) return nalUnits
  const { vps, sps, pps } = parameterSets
  return [...(vps ? [vps] : []), sps, pps, ...nalUnits]
}
