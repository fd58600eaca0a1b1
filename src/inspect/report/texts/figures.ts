// Names of figures and their units. A code without a name here is printed as it is.
import type { Lang, Text } from './lang.ts'

const names: Readonly<Record<string, Text>> = {
  blur: { zh: '模糊（1080p 高度下）', en: 'blur at 1080p height' },
  brightness: { zh: '平均亮度', en: 'mean luma' },
  contrast: { zh: '对比度', en: 'contrast' },
  cast: { zh: '偏色', en: 'colour cast' },
  noise: { zh: '噪声', en: 'noise' },
  'cast-shift': { zh: '与基准的色差', en: 'colour against the baseline' },
  'stripes-across': { zh: '横条纹', en: 'horizontal stripes' },
  'stripes-down': { zh: '竖条纹', en: 'vertical stripes' },
  blockiness: { zh: '块效应', en: 'blockiness' },
  occluded: { zh: '遮挡（与基准相比）', en: 'covered, of the baseline’s detail' },
  scene: { zh: '与基准场景的相似度', en: 'likeness to the baseline’s scene' },
  softer: { zh: '比基准模糊', en: 'softer than the baseline' },
  'osd-clock': { zh: '叠加文字的变化', en: 'change of the text in the picture' },
  width: { zh: '画面宽度', en: 'width' },
  height: { zh: '画面高度', en: 'height' },
  resolution: { zh: '分辨率', en: 'resolution' },
  fps: { zh: '帧率', en: 'frame rate' },
  'frame-rate': { zh: '帧率', en: 'frame rate' },
  loss: { zh: '丢包率', en: 'packet loss' },
  'loss-rate': { zh: '丢包率', en: 'packet loss' },
  jitter: { zh: '抖动', en: 'jitter' },
  gaps: { zh: '间断次数', en: 'interruptions' },
  'longest-gap': { zh: '最长间断', en: 'longest interruption' },
  freezes: { zh: '冻结次数', en: 'freezes' },
  frozen: { zh: '冻结时长', en: 'frozen' },
  restarts: { zh: '重启次数', en: 'restarts' },
  'keyframe-interval': { zh: '关键帧间隔', en: 'between keyframes' },
  window: { zh: '观察时长', en: 'length of the look' },
  clock: { zh: '设备时钟偏差', en: 'device clock offset' },
  'clock-offset': { zh: '设备时钟偏差', en: 'device clock offset' },
  'osd-time': { zh: '画面叠加时间', en: 'time in the picture' },
  'osd-text': { zh: '画面叠加文字', en: 'text in the picture' },
}

export const figureName = (code: string, lang: Lang): string => names[code]?.[lang] ?? code

/** A value with its unit; a share (unit `1`) in percent. */
export function measure(value: number, unit: string): string {
  if (unit === '1' || unit === 'share') return `${(value * 100).toFixed(2)} %`
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toFixed(Math.abs(value) >= 100 ? 1 : 3)))
  return unit === '' ? text : `${text} ${unit}`
}
