// What a simulated device remembers: where it looks, its presets, guard, recording and configuration; and what a control command does to it.
// GB/T 28181-2022 9.3, A.2.3, A.3.
import { parsePtz, type ControlOf, type DeviceCommand, type DeviceConfiguration, type HomePosition } from '../manscdp.ts'

export interface DeviceState {
  /** Degrees and factor. */
  readonly pan: number
  readonly tilt: number
  readonly zoom: number
  /** Running movement, or undefined. */
  readonly moving?: string
  readonly presets: ReadonlyMap<number, string>
  readonly cruising?: number
  readonly auxiliaries: ReadonlySet<number>
  readonly isGuarded: boolean
  readonly isRecording: boolean
  /** An alarm of the device itself fires once, and again after a reset (Q57). */
  readonly isAlarmed: boolean
  readonly home?: HomePosition
  readonly tracking: 'Auto' | 'Manual' | 'Stop'
  /** 0-100 of free space. */
  readonly freeSpace: number
  readonly config: DeviceConfiguration
}

export function freshState(name: string): DeviceState {
  const day = { startHour: 0, startMin: 0, startSec: 0, stopHour: 23, stopMin: 59, stopSec: 59 }
  return {
    pan: 0, tilt: 0, zoom: 1,
    presets: new Map([[1, '大门'], [2, '停车场']]),
    auxiliaries: new Set(),
    isGuarded: false, isRecording: true, isAlarmed: false, tracking: 'Stop', freeSpace: 40,
    config: {
      basicParam: { name, expirationS: 3600, heartBeatIntervalS: 60, heartBeatCount: 3 },
      videoParamOpt: { downloadSpeeds: ['1', '2', '4'], resolutions: ['5', '6'] },
      videoParamAttribute: [{ streamNumber: 0, videoFormat: '2', resolution: '6', frameRate: '25', bitRateType: '1', videoBitRate: '4096' }],
      videoRecordPlan: [{ isEnabled: true, schedules: [{ weekDayNum: 1, segments: [day] }], streamNumber: 0 }],
      videoAlarmRecord: [{ isEnabled: true, recordTimeS: 30, preRecordTimeS: 5, streamNumber: 0 }],
      pictureMask: { isOn: false },
      frameMirror: 0,
      alarmReport: { motionDetection: true, fieldDetection: false },
      osdConfig: { length: 1920, width: 1080, timeX: 20, timeY: 20, isTimeShown: true, isTextShown: true, timeType: 0, texts: [{ text: name, x: 20, y: 1000 }] },
    },
  }
}

/** What follows a command beside the new state. */
export type Consequence = { readonly type: 'reboot' } | { readonly type: 'keyframe' } | { readonly type: 'upgrade'; readonly sessionId: string; readonly firmware: string }

export interface Applied {
  readonly state: DeviceState
  /** Absent where the standard has no response (9.3). */
  readonly result?: 'OK' | 'ERROR'
  readonly consequence?: Consequence
}

export function applyCommand(state: DeviceState, { command }: ControlOf<'control-device-control'>): Applied {
  switch (command.kind) {
    case 'ptz':
      return { state: turned(state, command) }
    case 'reboot':
      return { state, consequence: { type: 'reboot' } }
    case 'record':
      return { state: { ...state, isRecording: command.isOn }, result: 'OK' }
    case 'guard':
      return { state: { ...state, isGuarded: command.isOn }, result: 'OK' }
    case 'alarm-reset':
      return { state: { ...state, isAlarmed: false }, result: 'OK' }
    case 'keyframe':
      return { state, consequence: { type: 'keyframe' } }
    case 'drag-zoom':
      return { state: { ...state, zoom: Math.min(30, Math.max(1, state.zoom * (command.direction === 'in' ? 2 : 0.5))) } }
    case 'home-position': {
      const { isEnabled, resetTimeS, presetIndex } = command
      return { state: { ...state, home: { isEnabled, ...(resetTimeS !== undefined && { resetTimeS }), ...(presetIndex !== undefined && { presetIndex }) } }, result: 'OK' }
    }
    case 'ptz-precise':
      return { state: { ...state, pan: command.pan ?? state.pan, tilt: command.tilt ?? state.tilt, zoom: command.zoom ?? state.zoom } }
    case 'upgrade':
      return { state, result: 'OK', consequence: { type: 'upgrade', sessionId: command.sessionId, firmware: command.firmware } }
    case 'format-sd-card':
      return { state: { ...state, freeSpace: 100 } }
    case 'target-track':
      return { state: { ...state, tracking: command.mode } }
    case 'other':
      return { state, result: 'ERROR' }
  }
}

/** Blocks that are set replace those there; the rest stays. */
export const configured = (state: DeviceState, config: DeviceConfiguration): DeviceState => ({ ...state, config: { ...state.config, ...config } })

function turned(state: DeviceState, { code, presetName }: Extract<DeviceCommand, { kind: 'ptz' }>): DeviceState {
  const ptz = parsePtz(code)
  if (!ptz) return state
  const { command, data1, data2 } = ptz
  const presets = new Map(state.presets)
  const auxiliaries = new Set(state.auxiliaries)
  switch (command) {
    case 0x81:
      presets.set(data2, presetName ?? `preset ${data2}`)
      return { ...state, presets }
    case 0x82:
      return presets.has(data2) ? { ...state, pan: (data2 * 10) % 360 } : state
    case 0x83:
      presets.delete(data2)
      return { ...state, presets }
    case 0x88:
      return { ...state, cruising: data1 }
    case 0x8c:
    case 0x8d:
      if (command === 0x8c) auxiliaries.add(data1)
      else auxiliaries.delete(data1)
      return { ...state, auxiliaries }
    case 0x00: {
      const { moving: _, cruising: __, ...still } = state
      return still
    }
    default:
      if (command >= 0x40) return state
      return { ...state, moving: code.toUpperCase(), pan: (state.pan + (command & 1 ? 5 : 0) + (command & 2 ? 355 : 0)) % 360, tilt: Math.min(90, Math.max(-30, state.tilt + (command & 4 ? 3 : 0) - (command & 8 ? 3 : 0))) }
  }
}
