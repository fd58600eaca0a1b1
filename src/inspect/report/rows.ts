// The report's figures as rows of text, shared by the page and the workbook.
import type { StreamTransport } from '../../media/index.ts'
import type { Broken, Check, InspectionSummary, Rate } from '../types.ts'
import { bands, percent, reasons, reasonsIn, resultWords, words, type Lang } from './texts/index.ts'

export interface RateRow {
  readonly key: string
  readonly name: string
  readonly count: string
  readonly of: string
  readonly rate: string
  readonly interval: string
}

export const rateOrder = ['recordComplete', 'responded', 'picturePresent', 'clear', 'passed', 'failed', 'review'] as const satisfies readonly (keyof InspectionSummary)[]
export type RateKey = (typeof rateOrder)[number]

export const rateRows = (summary: InspectionSummary, lang: Lang): readonly RateRow[] => rateOrder.map((key) => rateRow(key, summary[key], lang))

export const rateRow = (key: RateKey, rate: Rate, lang: Lang): RateRow => ({
  key,
  name: words[key][lang],
  count: `${rate.numerator}/${rate.denominator}`,
  of: rate.of[lang],
  rate: percent(rate.rate),
  interval: rate.interval95 === null ? '–' : `${percent(rate.interval95[0])} – ${percent(rate.interval95[1])}`,
})

export const sharpnessText = (check: Check, lang: Lang): string => {
  if (!check.picture) return '–'
  const { band, blurPx } = check.picture.sharpness
  return blurPx === undefined ? bands[band][lang] : `${bands[band][lang]} ${blurPx.toFixed(2)} px`
}

export const presenceText = (check: Check, lang: Lang): string => {
  if (!check.picture) return words.noPicture[lang]
  if (check.picture.present) return words.present[lang]
  return check.picture.absence ? `${words.absent[lang]}: ${reasons[check.picture.absence][lang]}` : words.absent[lang]
}

export const reasonsText = (check: Check, lang: Lang): string => reasonsIn(check.verdict.reasons, lang)

export const notesText = (check: Check, lang: Lang): string => reasonsIn(check.verdict.notes ?? [], lang)

/** What broke, in the words of the system, and how often it was tried. */
export const brokenText = ({ code, detail, tries }: Broken, lang: Lang): string => `${code}: ${detail} (${resultWords.brokenTries[lang].replace('{n}', String(tries))})`

export const findingsText = (check: Check, lang: Lang): string => check.record.findings.map((finding) => finding.message[lang]).join(lang === 'zh' ? '；' : '; ')

export const streamText = (check: Check): string => {
  const { stream } = check
  if (!stream?.codec) return '–'
  const fps = stream.fps === undefined ? '' : ` ${stream.fps} fps`
  const rate = stream.kbps === undefined ? '' : ` ${stream.kbps} kbit/s`
  return `${stream.codec.toUpperCase()} ${stream.width ?? '?'}×${stream.height ?? '?'}${fps}${rate} ${transportNames[stream.transport]}`
}

export const transportNames: Readonly<Record<StreamTransport, string>> = { udp: 'UDP', 'tcp-passive': 'TCP', 'tcp-active': 'TCP', 'rtsp-udp': 'RTSP-UDP', 'rtsp-tcp': 'RTSP-TCP' }
