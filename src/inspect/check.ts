// One check, live: performs what run.ts decides. Everything that happens goes through one door, `record`: to the file and to the observer,
// in the same order, so that the replay sees what was judged.
import { runMachine, type Clock, type Log } from '../base/index.ts'
import { askDevice } from './ask-device.ts'
import { describeBreak, machineFault, triesOfBroken } from './broken.ts'
import { createCheckEvidence } from './check-evidence.ts'
import type { EvidenceFolder } from './io/evidence-folder.ts'
import { recordingLimitBytes, type RecordingFile } from './io/recording-file.ts'
import { concludeCheck } from './judge.ts'
import { measureLag } from './lag.ts'
import { insistOnMemory } from './memory.ts'
import { createObserver, type Observed, type Observer, type ObserverParts } from './observe.ts'
import { rulesAfter } from './rules/index.ts'
import { checkStep, type CheckEffect, type CheckEvent, type CheckState } from './run.ts'
import type { Attempt, Broken, Check, CheckKind, Decoder, DecodeSession, DeviceAnswer, Evidence, Note, PictureContext, PictureMeasure, PopulationMember, RecordedEvent, RuleSet, Tap, TapSession } from './types.ts'

/** Ours: how long a device that has a stream running may take to give another; then the running one is joined. */
const besideMs = 10_000

export interface CheckParts extends ObserverParts {
  readonly tap: Tap
  readonly decoder: Decoder
  readonly clock: Clock
  readonly log: Log
  readonly software: string
  /** Name of this installation. */
  readonly node?: string
  readonly evidence: EvidenceFolder
  /** What is known of the camera's picture before; absent: nothing. */
  readonly contextOf?: (camera: string) => Promise<PictureContext>
  readonly limitBytes?: number
  /** Of a check that passes one picture stays. */
  readonly isThinned?: boolean
}

export interface CheckJob {
  readonly inspection: string
  /** From 1, in drawing order; part of the evidence's file names. */
  readonly n: number
  readonly camera: PopulationMember
  readonly rules: RuleSet
  /** What it was drawn for. */
  readonly kinds: readonly CheckKind[]
  /** A further check of the same camera has a number of its own, and files of its own. */
  readonly recheck?: number
  /** Which try of this check it is, from 1; when the last breaks, it is kept as far as it came. Absent: what breaks is for who asked. */
  readonly tries?: number
}

export interface RunningCheck {
  /** The check with its evidence on disk; undefined when it was cancelled. Rejects when it broke (a bug, a full disk): the stream is left then too. */
  readonly done: Promise<Check | undefined>
  /** Leaves the stream. Keeps nothing, or, where the service ends, the recording as far as it is: the check is begun anew after the start. */
  readonly cancel: (keepsCut?: boolean) => void
}

/** One attempt while it lasts. */
interface Live {
  readonly n: number
  readonly observer: Observer
  readonly session: DecodeSession
  readonly stopLag: () => number
  tap?: TapSession
  /** The last decoding of this attempt. */
  decoding: Promise<void>
  previous?: PictureMeasure
}

export function runCheck(job: CheckJob, parts: CheckParts, onAttempt: (attempt: Attempt) => void): RunningCheck {
  const { camera, rules, kinds } = job
  const { clock, log, evidence } = parts
  const name = `${String(job.n).padStart(2, '0')}-${camera.id.replace(/[^\w-]/g, '_')}${job.recheck === undefined ? '' : `-r${job.recheck}`}`
  const origin = { ...(job.recheck !== undefined && { recheck: job.recheck }), ...(parts.node !== undefined && { node: parts.node }) }
  const attempts: Attempt[] = []
  const seen = createCheckEvidence({ name, evidence, keyframes: rules.sampling.pictures, isThinned: parts.isThinned === true })
  const path = `recordings/${name}.pcapng`
  let file: RecordingFile | undefined
  let live: Live | undefined
  let isFull = false
  /** The recording takes no more notes. */
  let isClosing = false
  let keepsCut = false
  let cutBefore: number | undefined
  let context: PictureContext | undefined
  /** What the device says of itself, asked once, after the first attempt that it answered. */
  const answers: DeviceAnswer[] = []
  let asking: Promise<void> | undefined
  let failure: unknown
  const { promise: done, resolve, reject } = Promise.withResolvers<Check | undefined>()

  const note = (value: Note): void => record({ kind: 'note', atUs: clock.nowUs(), note: value })
  const record = (event: RecordedEvent): void => {
    if (!file) return
    if (!file.write(event)) {
      if (isFull || !live) return
      isFull = true
      note({ type: 'full', attempt: live.n, limitBytes: parts.limitBytes ?? recordingLimitBytes })
      machine.send({ type: 'full', attempt: live.n })
      return
    }
    const current = live
    if (current) for (const observed of current.observer.push(event)) act(current, observed)
  }
  const act = (current: Live, observed: Observed): void => {
    if (observed.type !== 'picture') return machine.send({ type: observed.type, attempt: current.n })
    const { picture, keyframe } = observed
    const { observer } = current
    seen.keyframe(current.n, picture, keyframe)
    const withJpeg = seen.wantsJpeg(picture, attempts.some(({ outcome }) => outcome === 'ok'))
    current.decoding = current.decoding
      .then(async () => {
        const outcome = insistOnMemory(await current.session.push(keyframe, { withJpeg }), current.previous)
        if (machine.state().name === 'failed') return
        observer.decoded(picture, outcome)
        note({ type: 'decoded', attempt: current.n, picture, ...(outcome.ok ? { ok: true, decodeMs: outcome.decodeMs } : { ok: false, decodeMs: 0, reason: outcome.reason, detail: outcome.detail }) })
        if (!outcome.ok) return
        current.previous = outcome.picture.measure
        seen.decoded(current.n, picture, outcome.picture.jpeg)
      })
      .catch(broke)
    machine.send({ type: 'picture', attempt: current.n })
  }

  const join = (attempt: number, runningMs: number | undefined): void => {
    const current: Live = { n: attempt, observer: createObserver(rulesAfter(rules, attempts), parts), session: parts.decoder.open(rules), stopLag: measureLag(clock), decoding: Promise.resolve() }
    live = current
    const look = runningMs === undefined ? {} : { runningMs }
    note({ type: 'attempt', attempt, isCold: true, ...look })
    current.tap = parts.tap.join(
      camera.id,
      (wire) => record({ kind: 'wire', wire }),
      (reason) => machine.send({ type: 'ended', attempt, reason }),
      { besideMs: Math.min(besideMs, rules.timeouts.answerMs / 2) },
    )
    if (current.tap.isBeside === true) note({ type: 'attempt', attempt, isCold: true, isBeside: true, ...look })
    current.tap.joined
      .then((outcome) => {
        if (!outcome.ok) return machine.send({ type: 'refused', attempt, reason: outcome.reason, detail: outcome.detail })
        if (!outcome.isCold && live === current) note({ type: 'attempt', attempt, isCold: false, ...look })
        machine.send({ type: 'joined', attempt, isCold: outcome.isCold })
      })
      .catch(broke)
  }

  const end = async ({ attempt, why, failed }: Extract<CheckEffect, { type: 'end' }>): Promise<void> => {
    const current = live
    if (!current) return
    if (failed) note({ type: 'failed', attempt, ...failed })
    note({ type: 'attempt-end', attempt, why })
    await Promise.all([current.tap?.leave(), current.decoding])
    if (live !== current) return
    note({ type: 'lag', attempt, maxMs: current.stopLag() })
    current.session.close()
    const made = current.observer.attempt()
    live = undefined
    attempts.push(made)
    onAttempt(made)
    if (made.sipStatus !== undefined || made.stream) asking ??= askDevice(camera.id, parts, onAnswer)
    machine.send({ type: 'attempted', attempt, outcome: made.outcome, isOurFault: made.isOurFault === true, mayRepeat: !isFull })
  }

  const onAnswer = (answer: DeviceAnswer): void => {
    answers.push(answer)
    note({ type: 'device', answer })
  }

  /** `broken`: its keyframes and pictures may be what cannot be written, and the recording has them. */
  const conclude = async (broken?: Broken): Promise<void> => {
    if (!broken) await asking
    if (!file) return
    const judged = concludeCheck(job.n, camera, attempts, rules, [], { kinds, answers, ...(context && { context }), ...origin, ...(cutBefore && { cutBefore }), ...(broken && { broken }) })
    const saved = broken ? [] : await seen.save(judged.verdict.result, () => parts.decoder.open(rules))
    isClosing = true
    const recording: Evidence = { file: path, kind: 'recording', ...(await file.close()) }
    const check = { ...judged, evidence: [recording, ...saved] }
    const verdict = await evidence.saveVerdict(`recordings/${name}.json`, check)
    resolve({ ...check, evidence: [...check.evidence, verdict] })
  }

  const abandon = async (): Promise<void> => {
    const current = live
    live = undefined
    current?.stopLag()
    current?.session.close()
    await current?.tap?.leave()
    if (failure === undefined) {
      await (keepsCut ? file?.leave() : file?.discard())
      return resolve(undefined)
    }
    if ((job.tries ?? 0) >= triesOfBroken && machineFault(failure) === undefined && !isClosing) return keepBroken(describeBreak(failure, triesOfBroken, evidence.path))
    await file?.discard()
    reject(failure)
  }

  /** As far as it came, with a note of what broke it: whoever replays it sees why there is no verdict. */
  const keepBroken = async (broken: Broken): Promise<void> => {
    if (!file) await begin()
    note({ type: 'broken', ...broken, attempts: attempts.length })
    await conclude(broken)
  }
  const begin = async (): Promise<void> => {
    file = await evidence.recording(path, { software: parts.software, wallOffsetUs: clock.wallMs() * 1000 - clock.nowUs(), ...(parts.limitBytes === undefined ? {} : { limitBytes: parts.limitBytes }) })
    note({ type: 'check', inspection: job.inspection, n: job.n, camera, rules, software: parts.software, kinds, ...(context && { context }), ...(cutBefore && { cutBefore }), ...origin })
  }

  const broke = (error: unknown): void => {
    const isFirst = failure === undefined
    failure ??= error
    log.error({ inspection: job.inspection, camera: camera.id, state: machine.state().name, error: error instanceof Error ? error.message : String(error) }, 'check broke')
    if (machine.state().name !== 'done') machine.send({ type: 'broke' })
    else if (isFirst) giveUp()
  }
  const giveUp = (): void => void abandon().catch((error: unknown) => reject(error))
  const machine = runMachine<CheckState, CheckEvent, CheckEffect>({
    initial: { name: 'queued', attempt: 1, blamed: 0 },
    step: checkStep(rules, kinds),
    perform: (effect) => {
      switch (effect.type) {
        case 'join':
          return join(effect.attempt, effect.runningMs)
        case 'end':
          return void end(effect).catch(broke)
        case 'conclude':
          return void conclude().catch(broke)
        case 'abandon':
          return giveUp()
      }
    },
    clock,
    log,
    label: { inspection: job.inspection, check: job.n, camera: camera.id },
  })

  void evidence
    .keepCut(path)
    .then((count) => (cutBefore = count === 0 ? undefined : count))
    .then(async () => (context = await parts.contextOf?.(camera.id)))
    .then(async () => {
      if (machine.state().name === 'failed') return
      await begin()
      if (machine.state().name === 'failed') return file?.discard()
      machine.send({ type: 'begin' })
    })
    .catch(broke)
  return {
    done,
    cancel: (isCut = false) => {
      keepsCut = isCut
      machine.send({ type: 'cancel' })
    },
  }
}
