// A scenario file, checked before anything starts: a broken one is a line that names the place, not a half-started fleet.
import { isHabit, type Habit } from './habits.ts'
import { count, digits, list, oneOf, optionalCount, record, refuse, strings, words } from './scenario-fields.ts'
import { pictureKinds, streamFaults, type Scenario, type ScenarioChannel, type ScenarioDevice } from './types.ts'

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
  const ids = expandDevices(scenario.devices).flatMap((each) => [...new Set([each.id, ...each.channels.map((channel) => channel.id)])])
  const seen = new Set<string>()
  const twice = ids.find((id) => seen.size === seen.add(id).size)
  if (twice) throw refuse(`the id ${twice} is there twice`)
  return scenario
}

function device(value: unknown, index: number): ScenarioDevice {
  const where = `devices[${index}]`
  const fields = record(value, where)
  if (typeof fields.registers !== 'boolean') throw refuse(`${where}.registers must be true or false`)
  return {
    id: deviceId(fields, where),
    kind: oneOf(fields, 'kind', ['camera', 'recorder'] as const, where),
    registers: fields.registers,
    signalling: oneOf(fields, 'signalling', ['udp', 'tcp'] as const, where),
    media: oneOf(fields, 'media', ['udp', 'tcp-passive', 'tcp-active'] as const, where),
    charset: oneOf(fields, 'charset', ['gb2312', 'utf-8'] as const, where),
    edition: oneOf(fields, 'edition', ['2016', '2022'] as const, where),
    channels: list(fields, 'channels', where).map((each, at) => channel(each, `${where}.channels[${at}]`)),
    ...(fields.habits === undefined ? {} : { habits: list(fields, 'habits', where).map((each, at) => habit(each, `${where}.habits[${at}]`)) }),
    ...optionalCount(fields, 'count', where),
    ...(fields.catalog === undefined ? {} : { catalog: catalog(fields.catalog, `${where}.catalog`) }),
    ...optionalCount(fields, 'itemsPerMessage', where),
    ...optionalCount(fields, 'alarmEveryS', where),
    ...optionalCount(fields, 'rebootS', where),
    ...(fields.osd === undefined ? {} : { osd: oneOf(fields, 'osd', ['off'] as const, where) }),
    ...(typeof fields.clockOffsetS === 'number' && Number.isFinite(fields.clockOffsetS) ? { clockOffsetS: fields.clockOffsetS } : {}),
  }
}

/** 20 digits, or the 18 that some have (Q1). */
function deviceId(fields: Readonly<Record<string, unknown>>, where: string): string {
  return typeof fields.id === 'string' && /^\d{18}$/.test(fields.id) ? fields.id : digits(fields, 'id', 20, where)
}

function habit(value: unknown, where: string): Habit {
  if (typeof value === 'string' && isHabit(value)) return value
  throw refuse(`${where} is ${JSON.stringify(value)}: \`yiji simulate --habits\` lists them`)
}

function catalog(value: unknown, where: string): { readonly channels: number; readonly levels: number } {
  const fields = record(value, where)
  return { channels: count(fields, 'channels', where), levels: count(fields, 'levels', where) }
}

/** Ours: devices of one scenario. */
const maxDevices = 50_000

/** A device with a count becomes that many, their ids counting up in the last six digits. */
export function expandDevices(devices: readonly ScenarioDevice[]): readonly ScenarioDevice[] {
  const all = devices.flatMap((each) => {
    const { count = 1, ...device } = each
    return count === 1 ? [device] : Array.from({ length: count }, (_, n) => numbered(device, n))
  })
  if (all.length > maxDevices) throw refuse(`it has ${all.length} devices, at most ${maxDevices}`)
  return all
}

function numbered(device: ScenarioDevice, n: number): ScenarioDevice {
  const up = (id: string, by: number): string => `${id.slice(0, -6)}${String((Number(id.slice(-6)) + by) % 1_000_000).padStart(6, '0')}`
  const channels = device.channels.map((channel) => ({ ...channel, id: channel.id === device.id ? up(channel.id, n) : up(channel.id, n * device.channels.length) }))
  return { ...device, id: up(device.id, n), channels }
}

function channel(value: unknown, where: string): ScenarioChannel {
  const fields = record(value, where)
  const truth = record(fields.truth, `${where}.truth`)
  return {
    id: digits(fields, 'id', 20, where),
    name: words(fields, 'name', where),
    codec: oneOf(fields, 'codec', ['h264', 'h265'] as const, where),
    picture: oneOf(fields, 'picture', pictureKinds, where),
    fault: oneOf(fields, 'fault', streamFaults, where),
    ...(fields.laterPicture === undefined ? {} : { laterPicture: oneOf(fields, 'laterPicture', pictureKinds, where) }),
    ...(fields.sound === undefined ? {} : { sound: oneOf(fields, 'sound', ['pcma', 'pcmu', 'aac'] as const, where) }),
    record: strings(fields.record, `${where}.record`),
    truth: {
      result: oneOf(truth, 'result', results, `${where}.truth`),
      reasons: list(truth, 'reasons', `${where}.truth`).map(String),
      fault: words(truth, 'fault', `${where}.truth`),
    },
  }
}
