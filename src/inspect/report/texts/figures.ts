// Names of figures and their units. A code without a name here is printed as it is; a test asks for one of each that the judge gives.
import type { Figure } from '../../types.ts'
import type { Lang, Text } from './lang.ts'

const names: Readonly<Record<string, Text>> = {
  // Of the picture.
  brightness: { zh: '平均亮度', en: 'mean luma' },
  contrast: { zh: '对比度', en: 'contrast' },
  cast: { zh: '偏色', en: 'colour cast' },
  'cast-shift': { zh: '与基准相比的色偏', en: 'colour against the baseline' },
  noise: { zh: '噪声', en: 'noise' },
  'stripes-across': { zh: '横条纹', en: 'stripes across' },
  'stripes-down': { zh: '竖条纹', en: 'stripes down' },
  blockiness: { zh: '块效应', en: 'blockiness' },
  scene: { zh: '与基准场景的相似度', en: 'likeness to the baseline’s scene' },
  occluded: { zh: '被遮挡的份额', en: 'share that is occluded' },
  softer: { zh: '比基准模糊', en: 'softer than the baseline by' },
  resolution: { zh: '画面行数（实测，对照档案）', en: 'rows of the picture, measured, against the record' },
  'osd-clock': { zh: '叠加文字的变化', en: 'change of the text over the picture' },
  // Of a longer look.
  watched: { zh: '观察时长', en: 'length of the look' },
  gaps: { zh: '间断次数', en: 'interruptions' },
  'longest-gap': { zh: '最长间断', en: 'longest interruption' },
  'frame-rate': { zh: '帧率（实测）', en: 'frame rate, measured' },
  'frame-rate-declared': { zh: '帧率（实测，对照码流 SPS 自报值）', en: 'frame rate, measured, against what the stream declares (SPS)' },
  loss: { zh: '丢包率', en: 'packet loss' },
  jitter: { zh: '最大抖动', en: 'largest jitter' },
  frozen: { zh: '冻结时长', en: 'frozen' },
  restarts: { zh: '码流重启次数', en: 'restarts' },
  'keyframe-interval': { zh: '最长关键帧间隔', en: 'longest time between keyframes' },
  'keyframe-interval-mean': { zh: '平均关键帧间隔', en: 'mean time between keyframes' },
  'damaged-pictures': { zh: '有缺损的画面数', en: 'pictures with bytes missing' },
  sizes: { zh: '出现过的画面尺寸数', en: 'sizes of the picture' },
  // Of the device.
  'clock-offset': { zh: '设备时钟偏差', en: 'device clock less ours' },
  'osd-time': { zh: '叠加时间', en: 'time over the picture' },
  'osd-text': { zh: '叠加文字', en: 'text over the picture' },
}

const units: Readonly<Record<string, Text>> = {
  levels: { zh: '级', en: 'levels' },
  rows: { zh: '行', en: 'rows' },
  '1/s': { zh: '幅/秒', en: 'per second' },
  min: { zh: '分', en: 'min' },
  '×': { zh: '倍', en: '×' },
}

export const hasFigureName = (code: string): boolean => names[code] !== undefined
export const figureName = (code: string, lang: Lang): string => names[code]?.[lang] ?? code
export const unitName = (unit: string, lang: Lang): string => units[unit]?.[lang] ?? unit

/** Told as yes and no by the device. */
const isFlag = (code: string): boolean => code === 'osd-time' || code === 'osd-text'
/** A share without a unit of its own. */
const isShare = ({ code, unit }: Pick<Figure, 'code' | 'unit'>): boolean => unit === '1' || code === 'loss'

/** The value, or the threshold, of a figure with its unit; shares in percent. */
export function measure(figure: Pick<Figure, 'code' | 'unit'>, value: number | undefined, lang: Lang): string {
  if (value === undefined) return '–'
  if (isFlag(figure.code)) return value === 0 ? { zh: '无', en: 'no' }[lang] : { zh: '有', en: 'yes' }[lang]
  if (isShare(figure)) return `${(value * 100).toFixed(2)} %`
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toFixed(Math.abs(value) >= 100 ? 1 : 3)))
  return figure.unit === '' ? text : `${text} ${unitName(figure.unit, lang)}`
}
