// PTZCmd: eight bytes as sixteen hex digits, every instruction of Annex A.3. GB/T 28181-2022 A.3; the same in 2016.
import { ParseError } from '../../base/index.ts'

/** Speeds run from 0, the slowest, to 255; zoom's to 15. */
export type PtzAction =
  /** Directions of different pairs combine. */
  | { readonly kind: 'move'; readonly pan?: 'left' | 'right'; readonly tilt?: 'up' | 'down'; readonly zoom?: 'in' | 'out'; readonly panSpeed?: number; readonly tiltSpeed?: number; readonly zoomSpeed?: number }
  /** Ends a move, and a cruise or scan that runs. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'lens'; readonly iris?: 'open' | 'close'; readonly focus?: 'near' | 'far'; readonly focusSpeed?: number; readonly irisSpeed?: number }
  | { readonly kind: 'lens-stop' }
  /** 1-255; 0 is reserved. */
  | { readonly kind: 'preset-set' | 'preset-call' | 'preset-delete'; readonly preset: number }
  | { readonly kind: 'cruise-add' | 'cruise-remove'; readonly cruise: number; readonly preset: number }
  /** The whole cruise. */
  | { readonly kind: 'cruise-delete' | 'cruise-start'; readonly cruise: number }
  /** 12 bits. */
  | { readonly kind: 'cruise-speed'; readonly cruise: number; readonly speed: number }
  | { readonly kind: 'cruise-stay'; readonly cruise: number; readonly seconds: number }
  | { readonly kind: 'scan-start' | 'scan-left' | 'scan-right'; readonly group: number }
  | { readonly kind: 'scan-speed'; readonly group: number; readonly speed: number }
  /** 1 is the wiper. */
  | { readonly kind: 'auxiliary-on' | 'auxiliary-off'; readonly number: number }

/*
 *  byte 1  A5
 *       2  version << 4 | check           check = high 1 + low 1 + high 2, modulo 16: 0F for version 0
 *       3  address, low 8 bits            of no use: DeviceID names the target (A.3.1)
 *       4  instruction
 *       5  d1       6  d2
 *       7  d3 << 4 | address, high 4 bits
 *       8  sum of bytes 1 to 7, modulo 256
 */
const start = 0xa5
/** As most platforms send. */
const address = 1

interface Instruction {
  readonly code: number
  readonly d1?: number
  readonly d2?: number
  readonly d3?: number
}

/** Sixteen digits, upper case. Throws ParseError `ptz.range` for a number that the instruction has no room for: another preset would be called. */
export function writePtz(action: PtzAction): string {
  const { code, d1 = 0, d2 = 0, d3 = 0 } = instructionOf(action)
  const bytes = Buffer.from([start, checkOf(0), address & 0xff, code, within(d1, 0xff), within(d2, 0xff), (within(d3, 0xf) << 4) | (address >> 8), 0])
  bytes[7] = sumOf(bytes)
  return bytes.toString('hex').toUpperCase()
}

export interface Ptz {
  readonly action: PtzAction
  /** 12 bits. Interop: anything; Hik sends 4D. Q58. */
  readonly address: number
}

/** Throws ParseError `ptz.malformed` when length, start, check or sum do not fit, and for what A.3 does not define. */
export function parsePtz(code: string): Ptz {
  const text = code.trim()
  if (!/^[\da-f]{16}$/i.test(text)) throw malformed(`${text.slice(0, 40)} is not 16 hex digits`)
  const bytes = Buffer.from(text, 'hex')
  const [first = 0, second = 0, low = 0, instruction = 0, d1 = 0, d2 = 0, seventh = 0] = bytes
  if (first !== start) throw malformed(`${text} does not begin with A5`)
  if (second !== checkOf(second >> 4)) throw malformed(`the check of ${text} does not fit`)
  if (bytes[7] !== sumOf(bytes)) throw malformed(`the sum of ${text} does not fit`)
  const action = actionOf(instruction, d1, d2, seventh >> 4)
  if (!action) throw malformed(`${text} is no instruction of A.3`)
  return { action, address: ((seventh & 0xf) << 8) | low }
}

const checkOf = (version: number): number => (version << 4) | ((0xa + 0x5 + version) & 0xf)
const sumOf = (bytes: Buffer): number => bytes.subarray(0, 7).reduce((sum, byte) => sum + byte, 0) & 0xff

function within(value: number, max: number, min = 0): number {
  if (!Number.isInteger(value) || value < min || value > max) throw new ParseError('ptz.range', `${value} is not a whole number from ${min} to ${max}`)
  return value
}

const presetCodes = { 'preset-set': 0x81, 'preset-call': 0x82, 'preset-delete': 0x83 } as const
const scanSides = { 'scan-start': 0, 'scan-left': 1, 'scan-right': 2 } as const

/** Values of 12 bits are split: low 8 in d2, high 4 in d3. */
const wide = (value: number): Pick<Instruction, 'd2' | 'd3'> => ({ d2: within(value, 0xfff) & 0xff, d3: value >> 8 })

function instructionOf(action: PtzAction): Instruction {
  switch (action.kind) {
    case 'move': {
      const { pan, tilt, zoom, panSpeed = 0, tiltSpeed = 0, zoomSpeed = 0 } = action
      const code = bit(zoom, 'out', 0x20) | bit(zoom, 'in', 0x10) | bit(tilt, 'up', 0x08) | bit(tilt, 'down', 0x04) | bit(pan, 'left', 0x02) | bit(pan, 'right', 0x01)
      if (code === 0) throw new ParseError('ptz.range', 'a move without a direction would be a stop')
      return { code, d1: panSpeed, d2: tiltSpeed, d3: zoomSpeed }
    }
    case 'stop':
      return { code: 0 }
    case 'lens': {
      const { iris, focus, focusSpeed = 0, irisSpeed = 0 } = action
      const code = bit(iris, 'close', 0x08) | bit(iris, 'open', 0x04) | bit(focus, 'near', 0x02) | bit(focus, 'far', 0x01)
      if (code === 0) throw new ParseError('ptz.range', 'a lens movement without a direction would be a stop')
      return { code: 0x40 | code, d1: focusSpeed, d2: irisSpeed }
    }
    case 'lens-stop':
      return { code: 0x40 }
    case 'preset-set':
    case 'preset-call':
    case 'preset-delete':
      return { code: presetCodes[action.kind], d2: within(action.preset, 0xff, 1) }
    case 'cruise-add':
      return { code: 0x84, d1: action.cruise, d2: within(action.preset, 0xff, 1) }
    case 'cruise-remove':
      return { code: 0x85, d1: action.cruise, d2: within(action.preset, 0xff, 1) }
    case 'cruise-delete':
      return { code: 0x85, d1: action.cruise }
    case 'cruise-speed':
      return { code: 0x86, d1: action.cruise, ...wide(action.speed) }
    case 'cruise-stay':
      return { code: 0x87, d1: action.cruise, ...wide(action.seconds) }
    case 'cruise-start':
      return { code: 0x88, d1: action.cruise }
    case 'scan-start':
    case 'scan-left':
    case 'scan-right':
      return { code: 0x89, d1: action.group, d2: scanSides[action.kind] }
    case 'scan-speed':
      return { code: 0x8a, d1: action.group, ...wide(action.speed) }
    case 'auxiliary-on':
      return { code: 0x8c, d1: action.number }
    case 'auxiliary-off':
      return { code: 0x8d, d1: action.number }
  }
}

const bit = (value: string | undefined, wanted: string, mask: number): number => (value === wanted ? mask : 0)

function actionOf(code: number, d1: number, d2: number, d3: number): PtzAction | undefined {
  if (code === 0) return { kind: 'stop' }
  if (code < 0x40) return moveOf(code, d1, d2, d3)
  if (code === 0x40) return { kind: 'lens-stop' }
  if (code < 0x50) return lensOf(code, d1, d2)
  const value = (d3 << 8) | d2
  const preset = d2
  switch (code) {
    case 0x81:
      return preset ? { kind: 'preset-set', preset } : undefined
    case 0x82:
      return preset ? { kind: 'preset-call', preset } : undefined
    case 0x83:
      return preset ? { kind: 'preset-delete', preset } : undefined
    case 0x84:
      return preset ? { kind: 'cruise-add', cruise: d1, preset } : undefined
    case 0x85:
      return preset ? { kind: 'cruise-remove', cruise: d1, preset } : { kind: 'cruise-delete', cruise: d1 }
    case 0x86:
      return { kind: 'cruise-speed', cruise: d1, speed: value }
    case 0x87:
      return { kind: 'cruise-stay', cruise: d1, seconds: value }
    case 0x88:
      return { kind: 'cruise-start', cruise: d1 }
    case 0x89:
      return d2 > 2 ? undefined : { kind: (['scan-start', 'scan-left', 'scan-right'] as const)[d2] ?? 'scan-start', group: d1 }
    case 0x8a:
      return { kind: 'scan-speed', group: d1, speed: value }
    case 0x8c:
      return { kind: 'auxiliary-on', number: d1 }
    case 0x8d:
      return { kind: 'auxiliary-off', number: d1 }
    default:
      return undefined
  }
}

/** Opposites exclude each other. Speeds of what does not move say nothing. */
function moveOf(code: number, d1: number, d2: number, d3: number): PtzAction | undefined {
  if ((code & 0x30) === 0x30 || (code & 0x0c) === 0x0c || (code & 0x03) === 0x03) return undefined
  return {
    kind: 'move',
    ...((code & 0x03) > 0 && { pan: (code & 0x02) > 0 ? 'left' : 'right', panSpeed: d1 }),
    ...((code & 0x0c) > 0 && { tilt: (code & 0x08) > 0 ? 'up' : 'down', tiltSpeed: d2 }),
    ...((code & 0x30) > 0 && { zoom: (code & 0x10) > 0 ? 'in' : 'out', zoomSpeed: d3 }),
  }
}

function lensOf(code: number, d1: number, d2: number): PtzAction | undefined {
  if ((code & 0x0c) === 0x0c || (code & 0x03) === 0x03) return undefined
  return {
    kind: 'lens',
    ...((code & 0x0c) > 0 && { iris: (code & 0x08) > 0 ? 'close' : 'open', irisSpeed: d2 }),
    ...((code & 0x03) > 0 && { focus: (code & 0x02) > 0 ? 'near' : 'far', focusSpeed: d1 }),
  }
}

const malformed = (what: string): ParseError => new ParseError('ptz.malformed', what)
