// Plans that ship. The core notice (六视频办发(2018)8号) has three online checks: the records of 10, 5 and 5 cameras of the three classes, the pictures of
// the same 20, and how the system runs, on 10 cameras that the police built and 10 that others built.
import type { CheckKind, Condition, Plan, Sample, Stratum } from '../types.ts'

const classNames: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  '1': { zh: '一类', en: 'Class I' },
  '2': { zh: '二类', en: 'Class II' },
  '3': { zh: '三类', en: 'Class III' },
  '4': { zh: '公安内部', en: 'police internal' },
  '9': { zh: '其他', en: 'other' },
}

export function classStratum(name: string, count: number | 'all'): Stratum {
  const title = classNames[name] ?? { zh: `类别 ${name}`, en: `class ${name}` }
  return { name: `class ${name}`, title, where: [{ field: 'class', match: 'equals', values: [name], says: { zh: `监控点位类型：${title.zh}`, en: `point class: ${title.en}` } }], count }
}

/** The whole area, what is not networked too; exempted cameras are left out. */
const everyone: Plan['population'] = { isNetworkedOnly: false, leavesOutExempted: true, where: [] }

const three = [classStratum('1', 10), classStratum('2', 5), classStratum('3', 5)] as const

const builtBy = (values: readonly string[], zh: string, en: string): Condition => ({ field: 'builtBy', match: 'equals', values, says: { zh: `建设应用类别：${zh}`, en: `built by: ${en}` } })

/** JSYYLB: 1 is paid for by the police; 2, 5 and 6 by other units. 3 (districts and towns) is neither. */
const runningStrata: readonly Stratum[] = [
  { name: 'police-built', title: { zh: '公安自建', en: 'built by the police' }, where: [builtBy(['1'], '公安出资建设', 'police')], count: 10 },
  { name: 'society-built', title: { zh: '社会单位自建', en: 'built by other units' }, where: [builtBy(['2', '5', '6'], '社会单位出资建设公安租赁、社会单位复接、社会单位联网', 'other units (2, 5, 6)')], count: 10 },
]

const sample = (name: string, zh: string, en: string, kinds: readonly CheckKind[], strata: readonly Stratum[]): Sample => ({ name, title: { zh, en }, kinds, strata })
const plan = (name: string, zh: string, en: string, ...samples: readonly Sample[]): Plan => ({ name, title: { zh, en }, population: everyone, samples })

const running = sample('running', '系统运行', 'how the system runs', ['running'], runningStrata)

export const presets: readonly Plan[] = [
  plan('notice', '在线核查（档案、图像、系统运行）', 'online check: records, pictures, running state', sample('points', '点位抽查', 'cameras by class', ['record', 'image'], three), running),
  plan('notice-record', '“一机一档”核查', 'record check', sample('points', '点位抽查', 'cameras by class', ['record'], three)),
  plan('notice-image', '图像联网核查', 'picture check', sample('points', '点位抽查', 'cameras by class', ['image'], three)),
  plan('notice-running', '系统运行核查', 'running-state check', running),
  plan('patrol', '全域巡检', 'patrol of the whole area', sample('all', '全部点位', 'every camera', ['record', 'image'], [{ name: 'all', title: { zh: '全部', en: 'all' }, where: [], count: 'all' }])),
]

export const presetNames = presets.map(({ name }) => name)

/** The plan of strata that are classes: what rule sets and requests of before say. */
export const classPlan = (strata: readonly { readonly class: string; readonly count: number }[]): Plan =>
  plan('classes', '按类别抽查', 'cameras by class', sample('points', '点位抽查', 'cameras by class', ['record', 'image'], strata.map((each) => classStratum(each.class, each.count))))
