// How commands stand in XML: the element that names the kind, and what stands beside it. GB/T 28181-2022 A.2.3.1; 2016 A.2.3.1.
import type { DeviceCommand } from './control.ts'
import { certain, decimal, flag, group, readFields, since2022, table, text, whole, word, writeFields, type Table } from './fields.ts'
import type { Element } from './scan.ts'
import type { Area, Edition, HomePosition, Open, PrecisePosition } from './values.ts'
import { element, rawFields } from './xml.ts'

type Kind = DeviceCommand['kind']
type CommandOf<K extends Kind> = Extract<DeviceCommand, { readonly kind: K }>

const pixels = (name: string) => certain(whole(name), 0)
const area = table<Area>({ length: pixels('Length'), width: pixels('Width'), midPointX: pixels('MidPointX'), midPointY: pixels('MidPointY'), lengthX: pixels('LengthX'), lengthY: pixels('LengthY') })
export const homePosition = table<HomePosition>({ isEnabled: certain(flag('Enabled'), false), resetTimeS: whole('ResetTime'), presetIndex: whole('PresetIndex') })
const precisePosition = table<PrecisePosition>({ pan: decimal('Pan'), tilt: decimal('Tilt'), zoom: decimal('Zoom') })

/** Fields beside each other in the message, by kind; the first one names it. */
const beside = {
  ptz: table<CommandOf<'ptz'>, 'presetName' | 'cruiseTrackName' | 'controlPriority'>({ code: certain(text('PTZCmd'), '') }, {
    PTZCmdParams: table<Pick<CommandOf<'ptz'>, 'presetName' | 'cruiseTrackName'>>({ presetName: since2022(text('PresetName')), cruiseTrackName: since2022(text('CruiseTrackName')) }),
    Info: table<Pick<CommandOf<'ptz'>, 'controlPriority'>>({ controlPriority: whole('ControlPriority') }),
  }),
  record: table<CommandOf<'record'>>({ isOn: certain(word('RecordCmd', { Record: true, StopRecord: false }), false), streamNumber: since2022(whole('StreamNumber')) }),
  guard: table<CommandOf<'guard'>>({ isOn: certain(word('GuardCmd', { SetGuard: true, ResetGuard: false }), false) }),
  'format-sd-card': table<CommandOf<'format-sd-card'>>({ card: certain(whole('FormatSDCard'), 0) }),
  'target-track': table<CommandOf<'target-track'>>({
    mode: certain<CommandOf<'target-track'>['mode']>(word('TargetTrack', { Auto: 'Auto', Manual: 'Manual', Stop: 'Stop' }), 'Stop'),
    deviceId2: text('DeviceID2'),
    area: group<Area>('TargetArea', area),
  }),
} as const satisfies Partial<Record<Kind, Table>>

/** Fields inside the element that names the kind. */
const inside = {
  'home-position': homePosition,
  'ptz-precise': precisePosition,
  upgrade: table<CommandOf<'upgrade'>>({ firmware: certain(text('Firmware'), ''), fileUrl: certain(text('FileURL'), ''), manufacturer: certain(text('Manufacturer'), ''), sessionId: certain(text('SessionID'), '') }),
} as const satisfies Partial<Record<Kind, Table>>

/** Of an alarm reset, beside its AlarmCmd. */
const alarmReset = table<CommandOf<'alarm-reset'>, 'alarmMethod' | 'alarmType'>({}, {
  Info: table<Pick<CommandOf<'alarm-reset'>, 'alarmMethod' | 'alarmType'>>({ alarmMethod: text('AlarmMethod'), alarmType: text('AlarmType') }),
})

export interface CommandReading extends Open {
  readonly command: DeviceCommand
}
type Reader = (found: Element, root: Element, head: ReadonlySet<string>) => CommandReading | undefined

/** The whole message is the command; a word that we do not know makes it another one, and nothing is guessed. */
const fromMessage = <K extends keyof typeof beside>(kind: K): Reader => (found, root, head) => {
  const known: Table = beside[kind]
  if (known.byKey.get(found.key)?.[1].read(found, undefined) === undefined) return undefined
  const { raw, ...fields }: Open = readFields<object>(known, root, head)
  return { command: { ...fields, kind } as DeviceCommand, ...(raw && { raw }) }
}
const fromElement = <K extends keyof typeof inside>(kind: K): Reader => (found, root, head) =>
  ({ command: { ...readFields<CommandOf<K>>(inside[kind], found), kind } as DeviceCommand, ...rest(root, head, found) })
const fixed = (command: DeviceCommand): Reader => (found, root, head) => ({ command, ...rest(root, head, found) })
const dragZoom = (direction: 'in' | 'out'): Reader => (found, root, head) => ({ command: { kind: 'drag-zoom', direction, area: readFields<Area>(area, found) }, ...rest(root, head, found) })

/** By the element that names the kind, in lower case. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['ptzcmd', fromMessage('ptz')],
  ['teleboot', fixed({ kind: 'reboot' })],
  ['recordcmd', fromMessage('record')],
  ['guardcmd', fromMessage('guard')],
  ['alarmcmd', (found, root, head) => {
    const { raw, ...fields } = readFields<CommandOf<'alarm-reset'>>(alarmReset, root, new Set([...head, found.key]))
    return { command: { ...fields, kind: 'alarm-reset' }, ...(raw && { raw }) }
  }],
  ['iframecmd', fixed({ kind: 'keyframe', spelling: 'IFrameCmd' })],
  ['ifamecmd', fixed({ kind: 'keyframe', spelling: 'IFameCmd' })],
  ['dragzoomin', dragZoom('in')],
  ['dragzoomout', dragZoom('out')],
  ['homeposition', fromElement('home-position')],
  ['ptzprecisectrl', fromElement('ptz-precise')],
  ['deviceupgrade', fromElement('upgrade')],
  ['formatsdcard', fromMessage('format-sd-card')],
  ['targettrack', fromMessage('target-track')],
])

/** The first command of a message: the standard has one in each. Whatever else it holds is `raw`. */
export function readCommand(root: Element, head: ReadonlySet<string>): CommandReading {
  for (const found of root.children) {
    const reading = readers.get(found.key)?.(found, root, head)
    if (reading) return reading
  }
  return { command: { kind: 'other' }, ...rest(root, head) }
}

function rest(root: Element, head: ReadonlySet<string>, own?: Element): Open {
  const fields = rawFields()
  for (const child of root.children) if (child !== own && !head.has(child.key)) fields.keep(child)
  const raw = fields.fields()
  return raw ? { raw } : {}
}

/** `raw` of the message goes where the command's fields stand in it. */
export function commandElements(command: DeviceCommand, raw: Open, edition: Edition | undefined): readonly Element[] {
  const behind = writeFields(table({}), raw, edition)
  switch (command.kind) {
    case 'ptz':
    case 'record':
    case 'guard':
    case 'format-sd-card':
    case 'target-track':
      return writeFields(beside[command.kind], { ...command, ...raw }, edition)
    case 'home-position':
      return [element('HomePosition', writeFields(inside[command.kind], command, edition)), ...behind]
    case 'ptz-precise':
      return [element('PTZPreciseCtrl', writeFields(inside[command.kind], command, edition)), ...behind]
    case 'upgrade':
      return [element('DeviceUpgrade', writeFields(inside[command.kind], command, edition)), ...behind]
    case 'reboot':
      return [element('TeleBoot', 'Boot'), ...behind]
    case 'alarm-reset':
      return [element('AlarmCmd', 'ResetAlarm'), ...writeFields(alarmReset, { ...command, ...raw }, edition)]
    case 'keyframe':
      return [element(command.spelling ?? (edition === '2022' ? 'IFrameCmd' : 'IFameCmd'), 'Send'), ...behind]
    case 'drag-zoom':
      return [element(command.direction === 'in' ? 'DragZoomIn' : 'DragZoomOut', writeFields(area, command.area, edition)), ...behind]
    case 'other':
      return behind
  }
}
