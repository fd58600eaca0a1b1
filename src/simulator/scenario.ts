// A scenario file, checked before anything starts: a broken one is a line that names the place, not a half-started fleet.
import { AppError } from '../base/index.ts'
import type { PictureKind, Scenario, ScenarioChannel, ScenarioDevice, StreamFault } from './types.ts'

const pictures: readonly PictureKind[] = ['street', 'gate', 'square', 'black', 'colour-bars', 'frozen', 'blurred', 'night']
const faults: readonly StreamFault[] = ['ok', 'no-answer', 'busy', 'no-media', 'slow-start', 'ends-midway']
const results = ['pass', 'fail', 'review'] as const

/** Parses a scenario; throws AppError 'scenario.invalid' naming the first thing that does not fit. */
export function parseScenario(text: string): Scenario {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refuse(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const root = record(value, 'the scenario')
  const registrar = root.registrar === undefined ? undefined : record(root.registrar, 'registrar')
  const scenario: Scenario = {
    name: words(root, 'name', 'the scenario'),
    area: digits(root, 'area', 6, 'the scenario'),
    password: words(root, 'password', 'the scenario'),
    keepaliveS: count(root, 'keepaliveS', 'the scenario'),
    ...(registrar ? { registrar: { id: digits(registrar, 'id', 20, 'registrar'), host: words(registrar, 'host', 'registrar'), port: count(registrar, 'port', 'registrar') } } : {}),
    devices: list(root, 'devices', 'the scenario').map(device),
  }
  const ids = scenario.devices.flatMap((each) => [...new Set([each.id, ...each.channels.map((channel) => channel.id)])])
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice) throw refuse(`the id ${twice} is there twice`)
  return scenario
}

function device(value: unknown, index: number): ScenarioDevice {
  const where = `devices[${index}]`
  const fields = record(value, where)
  if (typeof fields.registers !== 'boolean') throw refuse(`${where}.registers must be true or false`)
  return {
    id: digits(fields, 'id', 20, where),
    kind: oneOf(fields, 'kind', ['camera', 'recorder'] as const, where),
    registers: fields.registers,
    signalling: oneOf(fields, 'signalling', ['udp', 'tcp'] as const, where),
    media: oneOf(fields, 'media', ['udp', 'tcp-passive'] as const, where),
    charset: oneOf(fields, 'charset', ['gb2312', 'utf-8'] as const, where),
    edition: oneOf(fields, 'edition', ['2016', '2022'] as const, where),
    channels: list(fields, 'channels', where).map((each, at) => channel(each, `${where}.channels[${at}]`)),
  }
}

function channel(value: unknown, where: string): ScenarioChannel {
  const fields = record(value, where)
  const truth = record(fields.truth, `${where}.truth`)
  return {
    id: digits(fields, 'id', 20, where),
    name: words(fields, 'name', where),
    codec: oneOf(fields, 'codec', ['h264', 'h265'] as const, where),
    picture: oneOf(fields, 'picture', pictures, where),
    fault: oneOf(fields, 'fault', faults, where),
    record: strings(fields.record, `${where}.record`),
    truth: {
      result: oneOf(truth, 'result', results, `${where}.truth`),
      reasons: list(truth, 'reasons', `${where}.truth`).map(String),
      fault: words(truth, 'fault', `${where}.truth`),
    },
  }
}

type Bag = Readonly<Record<string, unknown>>
const refuse = (message: string): AppError => new AppError('scenario.invalid', `the scenario cannot be used: ${message}`)

function record(value: unknown, where: string): Bag {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(`${where} must be an object`)
  return value as Bag
}
function strings(value: unknown, where: string): Readonly<Record<string, string>> {
  const bag = record(value, where)
  const odd = Object.keys(bag).find((key) => typeof bag[key] !== 'string')
  if (odd) throw refuse(`${where}.${odd} must be text`)
  return bag as Readonly<Record<string, string>>
}
function list(bag: Bag, name: string, where: string): readonly unknown[] {
  const value = bag[name]
  if (!Array.isArray(value)) throw refuse(`${where}.${name} must be a list`)
  return value
}
function words(bag: Bag, name: string, where: string): string {
  const value = bag[name]
  if (typeof value !== 'string' || value === '') throw refuse(`${where}.${name} must be text`)
  return value
}
function digits(bag: Bag, name: string, length: number, where: string): string {
  const value = words(bag, name, where)
  if (value.length !== length || /\D/.test(value)) throw refuse(`${where}.${name} is "${value}": it takes ${length} digits`)
  return value
}
function count(bag: Bag, name: string, where: string): number {
  const value = bag[name]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw refuse(`${where}.${name} must be a whole number above 0`)
  return value
}
function oneOf<T extends string>(bag: Bag, name: string, values: readonly T[], where: string): T {
  const found = values.find((value) => value === bag[name])
  if (found === undefined) throw refuse(`${where}.${name} is ${JSON.stringify(bag[name])}: it takes one of ${values.join(', ')}`)
  return found
}
