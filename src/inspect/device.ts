// What a device's own word comes to: its clock against ours, and what it says that it writes into its pictures. Pure. Proposes, never fails: the
// word is the device's, and of a recorder it is the recorder's.
import { clockDefault, osdDefault } from './rules/clock.ts'
import type { DeviceAnswer, DeviceFigures, DeviceVerdict, Figure, ReasonCode, RuleSet } from './types.ts'

/** DeviceTime has whole seconds (GB/T 28181-2022 A.2.6): the truth lies up to one later. */
const resolutionMs = 1_000
/** Ours: our wall clock may leave the monotonic one by so much while it is asked; more is a step. */
const stepMs = 250

/** Undefined where nothing was asked. */
export function judgeDevice(answers: readonly DeviceAnswer[], rules: Pick<RuleSet, 'clock' | 'osd'>): { readonly verdict: DeviceVerdict; readonly reasons: readonly ReasonCode[] } | undefined {
  if (answers.length === 0) return undefined
  const said = { ...clockOf(answers.filter(({ about }) => about === 'status')), ...osdOf(answers.filter(({ about }) => about === 'osd')) }
  const figures = [...clockFigures(said, rules.clock ?? clockDefault), ...osdFigures(said, rules.osd ?? osdDefault)]
  const isDoubtful = (prefix: string): boolean => figures.some(({ code, result }) => code.startsWith(prefix) && result === 'doubtful')
  return { verdict: { said, figures }, reasons: [...(isDoubtful('clock') ? (['clock-off'] as const) : []), ...(isDoubtful('osd') ? (['osd-incomplete'] as const) : [])] }
}

/** The first answer that has a time. */
function clockOf(answers: readonly DeviceAnswer[]): Pick<DeviceFigures, 'clock' | 'clockMissing'> {
  if (answers.length === 0) return {}
  const timed = answers.find(({ deviceTimeMs }) => deviceTimeMs !== undefined)
  if (timed?.deviceTimeMs === undefined) return { clockMissing: answers.some(({ failed }) => !failed) ? 'no-time' : 'no-answer' }
  const { askedUs, answeredUs, askedWallMs, answeredWallMs, deviceTimeMs } = timed
  const tripMs = (answeredUs - askedUs) / 1000
  if (Math.abs(answeredWallMs - askedWallMs - tripMs) > stepMs) return { clockMissing: 'own-clock-stepped' }
  // It wrote its time half of the way there and back after the question, and cut it to whole seconds: half a second later on average.
  const offsetMs = deviceTimeMs + resolutionMs / 2 - (askedWallMs + tripMs / 2)
  return { clock: { offsetS: tenths(offsetMs / 1000), uncertaintyS: tenths((tripMs / 2 + resolutionMs / 2) / 1000) } }
}

function osdOf(answers: readonly DeviceAnswer[]): Pick<DeviceFigures, 'osd' | 'osdMissing'> {
  if (answers.length === 0) return {}
  const osd = answers.find((answer) => answer.osd)?.osd
  if (!osd) return { osdMissing: answers.some(({ failed }) => !failed || failed.reason === 'error') ? 'unsupported' : 'no-answer' }
  const { isTimeShown, isTextShown, texts } = osd
  return { osd: { ...(isTimeShown !== undefined && { isTimeShown }), ...(isTextShown !== undefined && { isTextShown }), texts } }
}

function clockFigures({ clock }: DeviceFigures, { maxOffsetS }: NonNullable<RuleSet['clock']>): readonly Figure[] {
  if (!clock) return []
  const { offsetS, uncertaintyS } = clock
  const isSurelyOff = Math.abs(offsetS) - uncertaintyS > maxOffsetS
  const isSurelyRight = Math.abs(offsetS) + uncertaintyS <= maxOffsetS
  return [{ code: 'clock-offset', value: offsetS, unit: 's', threshold: maxOffsetS, result: isSurelyOff ? 'doubtful' : isSurelyRight ? 'ok' : 'undetermined' }]
}

/** 1 is yes, 0 is no; what the device leaves out is undetermined. */
function osdFigures({ osd }: DeviceFigures, { wantsTime, wantsText }: NonNullable<RuleSet['osd']>): readonly Figure[] {
  if (!osd) return []
  const figure = (code: string, value: boolean | undefined, isWanted: boolean): Figure => ({
    code,
    value: value === true ? 1 : 0,
    unit: '',
    ...(isWanted && { threshold: 1 }),
    result: value === undefined ? 'undetermined' : isWanted && !value ? 'doubtful' : 'ok',
  })
  return [figure('osd-time', osd.isTimeShown, wantsTime), figure('osd-text', osd.isTextShown === undefined ? undefined : osd.isTextShown && osd.texts.some((text) => text.trim() !== ''), wantsText)]
}

const tenths = (value: number): number => Math.round(value * 10) / 10
