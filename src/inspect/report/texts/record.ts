// Values of a camera's record in words, as far as a report names them.
import type { Lang, Text } from './lang.ts'

export const classes: Readonly<Record<string, Text>> = {
  '1': { zh: '一类', en: 'Class I' },
  '2': { zh: '二类', en: 'Class II' },
  '3': { zh: '三类', en: 'Class III' },
  '4': { zh: '公安内部', en: 'police internal' },
  '9': { zh: '其他', en: 'other' },
}

/** 联网属性 in the words that the registry keeps. */
const networkings: Readonly<Record<string, Text>> = {
  networked: { zh: '已联网', en: 'networked' },
  'not-networked': { zh: '未联网', en: 'not networked' },
}
/** 摄像机功能类型 (SXJGNLX); a record may carry several, joined by `/`. */
const functionTypes: Readonly<Record<string, Text>> = {
  '1': { zh: '车辆卡口', en: 'vehicle checkpoint' },
  '2': { zh: '人员卡口', en: 'person checkpoint' },
  '3': { zh: '微卡口', en: 'micro checkpoint' },
  '4': { zh: '特征摄像机', en: 'feature camera' },
  '5': { zh: '普通监控', en: 'general surveillance' },
  '6': { zh: '高空瞭望', en: 'high lookout' },
  '99': { zh: '其他', en: 'other' },
}

export const networkingText = (value: string, lang: Lang): string => networkings[value]?.[lang] ?? value
export const functionTypeText = (value: string, lang: Lang): string =>
  value
    .split('/')
    .map((code) => functionTypes[code]?.[lang] ?? code)
    .join(' / ')

/** A stratum by its title, by its class where it is older than titles. */
export const stratumName = (stratum: { readonly class: string; readonly name?: string; readonly title?: Text }, lang: Lang): string =>
  stratum.title?.[lang] ?? classes[stratum.class]?.[lang] ?? stratum.name ?? stratum.class
