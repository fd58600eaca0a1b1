// The summary of a district.
import type { Text } from './lang.ts'

export const districtWords = {
  title: { zh: '辖区核查汇总', en: 'Summary of a district' },
  period: { zh: '期间', en: 'Period' },
  inspections: { zh: '核查', en: 'Inspections' },
  many: { zh: '核查次数、摄像机', en: 'Checks, cameras' },
  overTime: { zh: '历次核查', en: 'Over time' },
  passedTrend: { zh: '合格率与 95% 精确区间；各次抽取的摄像机不同，点间不连线', en: 'Share that passed with its exact 95 % interval; each inspection drew other cameras, so no line joins them' },
  began: { zh: '开始', en: 'Began' },
  byClass: { zh: '按类别', en: 'By class' },
  byOwner: { zh: '按管理单位', en: 'By owner' },
  ownerNote: { zh: '排序按不合格率区间的下限：只查过一两次的单位不会因一次不合格排在最前。', en: 'In the order of the lower bound of the interval: an owner with one or two checks does not head the list for one of them.' },
  repeated: { zh: '多次不合格的摄像机', en: 'Cameras that failed again' },
  noRepeated: { zh: '没有摄像机在两次或以上核查中不合格。', en: 'No camera failed in two inspections or more.' },
  checked: { zh: '核查次数', en: 'checked' },
  failedTimes: { zh: '不合格次数', en: 'failed' },
  when: { zh: '何时、为何', en: 'When and why' },
  none: { zh: '该期间没有完成的核查。', en: 'No inspection was finished in that time.' },
  cut: { zh: '期间内的核查多于一次汇总的上限：最早的未列入。', en: 'There were more inspections than one summary reads: the oldest are left out.' },
  basis: { zh: '结论按复核后的现行结论计；分母是核查次数，同一摄像机查两次计两次。各次核查的方案与规则集可能不同，抽样比率不能代表全区。', en: 'Results are those that stand after review; denominators are checks, so a camera that was checked twice counts twice. Plans and rule sets may differ between inspections, and rates of samples are no rates of the district.' },
  further: { zh: '另有未列出：', en: 'Not listed:' },
  noOwner: { zh: '（未填管理单位）', en: '(no owner on record)' },
} as const satisfies Readonly<Record<string, Text>>

export const contactWords = {
  title: { zh: '画面一览', en: 'Contact sheet' },
  further: { zh: '另有未列出的摄像机：', en: 'Cameras not shown here:' },
} as const satisfies Readonly<Record<string, Text>>
