// What a sample can and cannot show.
import type { Text } from './lang.ts'

export const limitWords = {
  sample: { zh: '层', en: 'Stratum' },
  bound: { zh: '若抽到的无一不合格：该层至多仍有（路，单侧 95%）', en: 'if none drawn is bad: at most so many of it still are (one-sided 95 %)' },
  large: { zh: '同上，按大总体计的比率上限', en: 'the same as a share of a large population' },
  chance: { zh: '若约十分之一不合格（路数）：至少抽中一路的机会', en: 'if about a tenth (so many) are bad: chance to meet one' },
  none: { zh: '全部检查，无抽样误差', en: 'all were looked at: no sampling error' },
  unproportional: { zh: '各层未按比例抽取：合计行不能当作全区的说明。', en: 'The strata were not drawn in proportion: the line of the whole is no statement on the district.' },
} as const satisfies Readonly<Record<string, Text>>

/** `count` drawn cameras; `bound`: exact one-sided 95 % upper bound of the faulty share when none of them is. */
export const limitTexts = (count: number, bound: string, isWhole: boolean): readonly Text[] => [
  isWhole
    ? { zh: '本次核查了总体中的每一路：所列比率是核查时的事实，不是估计；区间仅供与抽样核查比较时参考。', en: 'Every camera of the population was checked: the rates are facts of that time, not estimates; the intervals only serve to compare with samples.' }
    : {
        zh: `能说明的：所抽 ${count} 路在核查时的状况；以及总体比率以 95% 把握落在所列区间内。不能说明的：未抽到的某一路是否正常；即使 ${count} 路中未发现问题，也只能说明（单侧 95%）问题率不超过 ${bound}。`,
        en: `It shows how these ${count} cameras were when they were checked, and that the rate of the whole lies within the printed interval with 95 % confidence. It does not show whether any camera that was not drawn works; and even no fault among ${count} would say only (one-sided 95 %) that at most ${bound} are faulty.`,
      },
  ...(isWhole
    ? []
    : [
        { zh: '各层抽样比例不同，合计比率不代表全区；引用全区比率只可用“按层加权”一表。', en: 'The strata are sampled in unequal proportion, so pooled rates are no district rates; of a district only the weighted rates may be quoted.' },
        { zh: '区间为克洛珀–皮尔逊精确区间，按有放回计，总体有限时实际更窄。两次核查抽到的是不同的摄像机，比率会因偶然而不同。', en: 'Intervals are exact (Clopper and Pearson), as for drawing with replacement; in a finite population they are a little narrower. Two inspections draw different cameras: their rates differ by chance alone.' },
      ]),
  { zh: '清晰度为机器估计，“不清晰”仅为建议，须由人确认。阈值来自附录所列规则集，除注明出处者外由本系统设定，不是标准规定。', en: 'Sharpness is a machine estimate; “unclear” is a proposal that a person confirms. Thresholds are those of the rule set in the appendix; where no document is named we chose them, no standard did.' },
  { zh: '核查只反映当时：停电、施工、网络或上级平台的故障会使正常的摄像机调取不到；已报备的应列于“豁免”。', en: 'An inspection tells of its hour: a power cut, road works, the network or an upper platform may keep a working camera from answering; what was announced beforehand is listed as exempted.' },
]
