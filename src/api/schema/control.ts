// Turning a camera and telling it what to do: PTZ, presets, home position, cruise, scan, auxiliaries and the rarer commands. GB/T 28181-2022 9.3, A.3.
import { Type, type Static } from 'typebox'
import { Id, Instant, ListOf } from './common.ts'

/** A move lasts as long as it is held: ask again before `holdMs` is over, or it is stopped by us, as it is when the session ends. */
export const PtzMove = Type.Object(
  {
    pan: Type.Optional(Type.Number({ minimum: -1, maximum: 1, description: 'left below 0, right above' })),
    tilt: Type.Optional(Type.Number({ minimum: -1, maximum: 1, description: 'down below 0, up above' })),
    zoom: Type.Optional(Type.Number({ minimum: -1, maximum: 1, description: 'out below 0, in above' })),
    focus: Type.Optional(Type.Number({ minimum: -1, maximum: 1, description: 'near below 0, far above; not together with pan, tilt, zoom' })),
    iris: Type.Optional(Type.Number({ minimum: -1, maximum: 1, description: 'close below 0, open above; not together with pan, tilt, zoom' })),
    holdMs: Type.Optional(Type.Integer({ minimum: 200, maximum: 15_000, default: 1000, description: 'how long the camera moves unless asked again' })),
  },
  { additionalProperties: false },
)
export type PtzMove = Static<typeof PtzMove>
export const PtzStop = Type.Object(
  { stop: Type.Literal(true), everything: Type.Optional(Type.Boolean({ description: 'also what others move, and a cruise or scan; else only what this session moves' })) },
  { additionalProperties: false },
)
export const PtzRequest = Type.Union([PtzStop, PtzMove])
export type PtzRequest = Static<typeof PtzRequest>
/** `heldUntilMs`: when we stop it unless asked again; absent after a stop. */
export const PtzAnswer = Type.Object({ isMoving: Type.Boolean(), heldUntilMs: Type.Optional(Instant) })
export type PtzAnswer = Static<typeof PtzAnswer>

/** `result` is the device's own word; absent where the standard has no answer to this command. */
export const CommandDone = Type.Object({ result: Type.Optional(Type.Literal('OK')), hop: Type.Optional(Type.String({ description: 'who took it' })) })
export type CommandDone = Static<typeof CommandDone>

export const PresetNumber = Type.Integer({ minimum: 1, maximum: 255 })
export const PresetParams = Type.Object({ id: Id, n: PresetNumber })
export const PresetName = Type.Object({ name: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })) }, { additionalProperties: false })
export const Preset = Type.Object({ id: Type.String({ description: '1-255 by the standard; as sent' }), name: Type.Optional(Type.String()) })
export type Preset = Static<typeof Preset>

export const HomePosition = Type.Object(
  {
    isEnabled: Type.Boolean(),
    resetTimeS: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400, description: 'idle time before the camera returns' })),
    presetIndex: Type.Optional(Type.Integer({ minimum: 0, maximum: 255 })),
  },
  { additionalProperties: false },
)
export type HomePosition = Static<typeof HomePosition>
/** Absent: the camera has none. */
export const HomePositionAnswer = Type.Object({ homePosition: Type.Optional(Type.Object(HomePosition.properties)) })

export const CruiseParams = Type.Object({ id: Id, n: Type.Integer({ minimum: 0, maximum: 255 }) })
export const CruiseTrack = Type.Object({ number: Type.Integer(), name: Type.Optional(Type.String()) })
export type CruiseTrack = Static<typeof CruiseTrack>
export const CruisePoint = Type.Object({ presetIndex: Type.Integer(), stayTimeS: Type.Optional(Type.Number()), speed: Type.Optional(Type.Number()) })
export const CruiseDetail = Type.Object({ number: Type.Integer(), name: Type.Optional(Type.String()), points: ListOf(CruisePoint) })
export type CruiseDetail = Static<typeof CruiseDetail>

export const PtzPosition = Type.Object({
  pan: Type.Optional(Type.Number()),
  tilt: Type.Optional(Type.Number()),
  zoom: Type.Optional(Type.Number()),
  horizontalFieldAngle: Type.Optional(Type.Number()),
  verticalFieldAngle: Type.Optional(Type.Number()),
  maxViewDistanceM: Type.Optional(Type.Number()),
})
export type PtzPosition = Static<typeof PtzPosition>

const Pixels = Type.Integer({ minimum: 0, maximum: 100_000 })
/** A rectangle inside a playing window, all in pixels of that window, origin at its upper left. */
export const WindowArea = Type.Object({ length: Pixels, width: Pixels, midPointX: Pixels, midPointY: Pixels, lengthX: Pixels, lengthY: Pixels }, { additionalProperties: false })

const Group = Type.Integer({ minimum: 0, maximum: 255 })
const kind = <K extends string, P extends Type.TProperties>(name: K, properties: P, description: string) =>
  Type.Object({ kind: Type.Literal(name), ...properties }, { additionalProperties: false, description })

/** What is not common enough for a route of its own; `kind` says which. */
export const CameraCommand = Type.Union([
  kind('keyframe', {}, 'send a keyframe now'),
  kind('drag-zoom', { direction: Type.Enum(['in', 'out']), area: WindowArea }, 'zoom to, or out of, a rectangle of the picture'),
  kind('ptz-precise', { pan: Type.Optional(Type.Number({ minimum: 0, maximum: 360 })), tilt: Type.Optional(Type.Number({ minimum: -30, maximum: 90 })), zoom: Type.Optional(Type.Number({ minimum: 1, maximum: 1000 })) }, 'go to an angle; 2022'),
  kind('cruise', { action: Type.Enum(['start', 'stop']), track: Group, name: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })) }, 'run a cruise'),
  kind('cruise-point', { action: Type.Enum(['add', 'delete']), track: Group, preset: PresetNumber }, 'a preset of a cruise'),
  kind('cruise-delete', { track: Group }, 'delete a whole cruise'),
  kind('cruise-speed', { track: Group, speed: Type.Integer({ minimum: 0, maximum: 4095 }) }, 'speed of a cruise'),
  kind('cruise-stay', { track: Group, seconds: Type.Integer({ minimum: 0, maximum: 4095 }) }, 'how long a cruise stays at each point'),
  kind('scan', { action: Type.Enum(['start', 'stop', 'left-edge', 'right-edge']), group: Group }, 'automatic scan and its edges'),
  kind('scan-speed', { group: Group, speed: Type.Integer({ minimum: 0, maximum: 4095 }) }, 'speed of a scan'),
  kind('auxiliary', { number: Type.Integer({ minimum: 1, maximum: 255 }), isOn: Type.Boolean() }, 'a switch; 1 is the wiper'),
  kind('target-track', { mode: Type.Enum(['Auto', 'Manual', 'Stop']), area: Type.Optional(WindowArea), panoramaId: Type.Optional(Id) }, 'follow something; 2022. `area` with Manual'),
  kind('guard', { isOn: Type.Boolean() }, 'arm or disarm'),
  kind('alarm-reset', { alarmMethod: Type.Optional(Type.String({ pattern: '^[0-9]{1,7}$' })), alarmType: Type.Optional(Type.String({ pattern: '^[0-9]{1,3}$' })) }, 'let a device alarm fire again'),
  kind('record', { isOn: Type.Boolean(), streamNumber: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 })) }, 'start or stop recording on the device'),
])
export type CameraCommand = Static<typeof CameraCommand>
