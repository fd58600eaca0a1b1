// The child process that decodes one keyframe at a time, measures it and makes its JPEG where one is wanted.
import { setPriority } from 'node:os'
import { AV_LOG_QUIET, Log } from 'node-av'
import type { VideoCodec } from '../../media/index.ts'
import { measure, type Seen } from '../picture/index.ts'
import type { PictureMeasure, RuleSet } from '../types.ts'
import { decodePicture, held, type DecodedPlanes } from './decode-picture.ts'
import { jpegOf } from './jpeg.ts'

export interface DecodeRequest {
  readonly type: 'decode'
  readonly session: number
  readonly codec: VideoCodec
  /** NAL units without start codes. */
  readonly nalUnits: readonly Uint8Array[]
  readonly rules: Pick<RuleSet, 'absence' | 'sharpness'>
  /** `both`: measured, and made a JPEG. */
  readonly wish: 'both' | 'measure' | 'jpeg'
}
export type ChildRequest = DecodeRequest | { readonly type: 'forget'; readonly session: number }
export type ChildAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'picture'; readonly measure?: PictureMeasure; readonly jpeg?: Uint8Array; readonly cpuUs: StageCosts }
  | { readonly type: 'undecodable'; readonly detail: string }

/** Processor time of one picture in microseconds, that of helping threads with it. */
export interface StageCosts {
  readonly decode: number
  readonly measure: number
  readonly jpeg: number
}

/** Sessions whose last picture is kept; a busier child forgets the one longest unused (1.4 MB of planes each at 720p). */
const sessionLimit = 64
const sessions = new Map<number, Seen>()

async function answer({ session, codec, nalUnits, rules, wish }: DecodeRequest): Promise<ChildAnswer> {
  const began = cpuUs()
  const planes = await decodePicture(codec, nalUnits)
  if (typeof planes === 'string') return { type: 'undecodable', detail: planes }
  const decoded = cpuUs()
  const seen = wish === 'jpeg' ? undefined : look(session, planes, rules)
  const measured = cpuUs()
  const jpeg = wish === 'measure' ? undefined : await jpegOf(planes)
  return { type: 'picture', ...(seen && { measure: seen }), ...(jpeg && { jpeg }), cpuUs: { decode: decoded - began, measure: measured - decoded, jpeg: cpuUs() - measured } }
}

function look(session: number, planes: DecodedPlanes, rules: DecodeRequest['rules']): PictureMeasure {
  const result = measure(planes, sessions.get(session), rules)
  sessions.delete(session)
  sessions.set(session, result.seen)
  const oldest = sessions.keys().next()
  if (sessions.size > sessionLimit && oldest.done !== true) sessions.delete(oldest.value)
  return result.measure
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Compiles the measuring functions and the JPEG path on a drawn picture, so that the first camera does not pay for it. */
async function warmUp(): Promise<void> {
  const [width, height] = [640, 360]
  const luma = Uint8Array.from({ length: width * height }, (_, i) => ((i % 40 < 20 ? 60 : 190) + ((i * 7919) % 11)) & 255)
  const grey = new Uint8Array(luma.length / 4).fill(128)
  const planes: DecodedPlanes = { width, height, luma, cb: grey, cr: grey, pixels: Buffer.concat([luma, grey, grey]) }
  const rules = { absence: { blackMean: 10, blackP99: 40, whiteMean: 250, oneColourStd: 3, frozenDifference: 0.3 }, sharpness: { clearBelowPx: 1.4, unclearFromPx: 1.9, minBlocks: 3, minHeight: 720 } }
  let seen: Seen | undefined
  for (let k = 0; k < 4; k++) seen = measure(planes, seen, rules).seen
  await jpegOf(planes)
  await decodePicture('h264', [])
}

function serve(): void {
  Log.setLevel(AV_LOG_QUIET)
  // Ctrl-C reaches the whole process group; the parent decides when its children end. Nothing must keep an orphan alive.
  process.on('SIGINT', () => {})
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  // The parent stamps arriving packets: on a busy machine it goes first.
  setPriority(5)
  process.on('message', (request: ChildRequest) => {
    if (request.type === 'forget') return void sessions.delete(request.session)
    answer(request)
      .catch((error: unknown): ChildAnswer => ({ type: 'undecodable', detail: error instanceof Error ? error.message : String(error) }))
      .finally(() => held.splice(0))
      .then((result) => process.send?.(result))
      .catch(() => process.exit(1))
  })
  warmUp()
    .then(() => process.send?.({ type: 'ready' } satisfies ChildAnswer))
    .catch(() => process.exit(1))
}

serve()
