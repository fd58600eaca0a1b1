// The summary of a district as a document and as sheets.
import type { DistrictGroup, DistrictSummary } from '../../types.ts'
import { code, dim, heading, note, plain, type Block, type Cell, type Document } from '../document/blocks.ts'
import { rateRow, type RateKey } from '../rows.ts'
import { beijing, beijingDay, classes, comma, comparisonWords, districtWords, drawWords, percent, reasons, sheetNames, sheetWords, words, type Lang } from '../texts/index.ts'
import { instant, type Sheet, type SheetCell } from '../workbook/sheet.ts'

/** Points of the chart, the latest. */
const maxPoints = 60

export function districtDocument(summary: DistrictSummary, lang: Lang, software: string): Document {
  const name = summary.areaName ?? summary.area
  return {
    lang,
    title: `${districtWords.title[lang]} ${name}`,
    header: `${districtWords.title[lang]} · ${name} · ${summary.from} – ${summary.to}`,
    software,
    createdAt: summary.madeAt,
    blocks: () => blocksOf(summary, lang),
  }
}

function* blocksOf(summary: DistrictSummary, lang: Lang): Generator<Block> {
  const { inspections } = summary
  yield heading(1, districtWords.title[lang])
  yield {
    kind: 'facts',
    rows: [
      [words.area[lang], summary.areaName === undefined ? summary.area : `${summary.areaName} (${summary.area})`],
      ...(summary.class === undefined ? [] : [[words.stratum[lang], classes[summary.class]?.[lang] ?? summary.class] as const]),
      [districtWords.period[lang], `${summary.from} – ${summary.to}`],
      [districtWords.inspections[lang], String(inspections.length)],
      [districtWords.many[lang], `${summary.checks}, ${summary.cameras}`],
    ],
  }
  if (summary.isCut) yield { kind: 'text', runs: [districtWords.cut[lang]], style: 'warning' }
  if (inspections.length === 0) return yield plain(districtWords.none[lang])
  yield note(districtWords.basis[lang])
  yield heading(1, districtWords.overTime[lang])
  const points = inspections.slice(-maxPoints).flatMap(({ startedAt, passed }) => (passed.rate === null || passed.interval95 === null ? [] : [{ label: beijingDay(startedAt), rate: passed.rate, interval: passed.interval95 }]))
  if (points.length > 1) yield { kind: 'trend', title: districtWords.passedTrend[lang], points }
  const share = (key: RateKey, rate: DistrictGroup['passed'], machine?: DistrictGroup['passed']): Cell => {
    const row = rateRow(key, rate, lang)
    return [`${row.count}\n${row.rate}`, ...(machine && machine.numerator !== rate.numerator ? ['\n', dim(`${comparisonWords.machine[lang]} ${machine.numerator}`)] : [])]
  }
  yield {
    kind: 'table',
    isSmall: true,
    columns: [{ title: districtWords.began[lang], width: 13 }, { title: words.inspection[lang], width: 25 }, { title: words.ruleSet[lang], width: 11 }, ...(['recordComplete', 'picturePresent', 'passed', 'failed'] as const).map((key) => ({ title: words[key][lang], width: 11, isNumber: true })), { title: `${words.passed[lang]}: ${words.interval[lang]}`, width: 13, isNumber: true }],
    rows: inspections.map((each): readonly Cell[] => [
      beijing(each.startedAt), [code(each.id), `\n${each.plan?.[lang] ?? ''}`], `${each.ruleSet.name} v${each.ruleSet.version}`,
      ...(['recordComplete', 'picturePresent', 'passed', 'failed'] as const).map((key) => share(key, each[key], key === 'passed' || key === 'failed' ? each.machine[key] : undefined)), rateRow('passed', each.passed, lang).interval,
    ]),
  }
  yield heading(1, districtWords.byClass[lang])
  yield groupTable(summary.byClass, words.stratum[lang], (key) => classes[key]?.[lang] ?? (key || '–'), lang)
  yield heading(1, districtWords.byOwner[lang])
  yield note(districtWords.ownerNote[lang])
  yield groupTable(summary.byOwner, words.owner[lang], (key) => key || districtWords.noOwner[lang], lang)
  if (summary.owners > summary.byOwner.length) yield note(`${districtWords.further[lang]} ${summary.owners - summary.byOwner.length}`)
  yield heading(1, districtWords.repeated[lang])
  if (summary.repeated.length === 0) return yield plain(districtWords.noRepeated[lang])
  yield {
    kind: 'table',
    isSmall: true,
    columns: [{ title: words.camera[lang], width: 28 }, { title: words.stratum[lang], width: 8 }, { title: words.owner[lang], width: 18 }, { title: `${districtWords.failedTimes[lang]} / ${districtWords.checked[lang]}`, width: 12, isNumber: true }, { title: districtWords.when[lang], width: 34 }],
    rows: summary.repeated.map((camera): readonly Cell[] => [
      [camera.name, '\n', code(camera.id)], classes[camera.class]?.[lang] ?? camera.class, camera.owner, `${camera.failed}/${camera.checked}`,
      [camera.failures.map(({ at, reasons: why }) => `${beijingDay(at)} ${why.map((reason) => reasons[reason]?.[lang] ?? reason).join(comma[lang])}`).join('\n')],
    ]),
    ...(summary.repeatedTotal > summary.repeated.length ? { note: `${districtWords.further[lang]} ${summary.repeatedTotal - summary.repeated.length}` } : {}),
  }
}

const groupTable = (groups: readonly DistrictGroup[], title: string, nameOf: (key: string) => string, lang: Lang): Block => ({
  kind: 'table',
  columns: [{ title, width: 26 }, { title: drawWords.many[lang], width: 9, isNumber: true }, { title: words.passed[lang], width: 12, isNumber: true }, { title: words.rate[lang], width: 10, isNumber: true }, { title: words.failed[lang], width: 12, isNumber: true }, { title: words.rate[lang], width: 10, isNumber: true }, { title: words.interval[lang], width: 21, isNumber: true }],
  rows: groups.map(({ key, cameras, passed, failed }): readonly Cell[] => [nameOf(key), String(cameras), `${passed.numerator}/${passed.denominator}`, percent(passed.rate), `${failed.numerator}/${failed.denominator}`, percent(failed.rate), rateRow('failed', failed, lang).interval]),
})

export function districtSheets(summary: DistrictSummary, lang: Lang): readonly Sheet[] {
  const rated = ({ numerator, denominator, rate, interval95 }: DistrictGroup['passed']): readonly SheetCell[] => [numerator, denominator, rate, interval95?.[0], interval95?.[1]]
  const columns = (name: string): readonly (readonly [string, number, ('whole' | 'share')?])[] => [[`${name} ${sheetWords.numerator[lang]}`, 10, 'whole'], [sheetWords.denominator[lang], 10, 'whole'], [words.rate[lang], 10, 'share'], [sheetWords.low[lang], 10, 'share'], [sheetWords.high[lang], 10, 'share']]
  const groups = (name: string, title: string, list: readonly DistrictGroup[], nameOf: (key: string) => string): Sheet => ({
    name,
    columns: [[title, 32, 'wide'], [words.cameras[lang], 10, 'whole'], ...columns(words.passed[lang]), ...columns(words.failed[lang])],
    *rows() {
      for (const { key, cameras, passed, failed } of list) yield [nameOf(key), cameras, ...rated(passed), ...rated(failed)]
    },
  })
  return [
    {
      name: sheetNames.cover[lang],
      columns: [[sheetWords.item[lang], 24], [sheetWords.content[lang], 90, 'wide']],
      *rows() {
        yield [words.area[lang], `${summary.areaName ?? ''} ${summary.area}`]
        yield [districtWords.period[lang], `${summary.from} – ${summary.to}`]
        yield [districtWords.inspections[lang], summary.inspections.length]
        yield [districtWords.checked[lang], summary.checks]
        yield [words.cameras[lang], summary.cameras]
        yield ['', districtWords.basis[lang]]
      },
    },
    {
      name: districtWords.overTime[lang],
      columns: [[districtWords.began[lang], 20, 'time'], [words.inspection[lang], 28], [words.area[lang], 12], [words.ruleSet[lang], 18], [words.inPopulation[lang], 10, 'whole'], ...(['recordComplete', 'picturePresent', 'passed', 'failed'] as const).flatMap((key) => columns(words[key][lang])), [`${words.passed[lang]} ${comparisonWords.machine[lang]}`, 12, 'whole'], [`${words.failed[lang]} ${comparisonWords.machine[lang]}`, 12, 'whole'], [comparisonWords.reviewed[lang], 10, 'whole']],
      *rows() {
        for (const each of summary.inspections) yield [instant(each.startedAt), each.id, each.area, `${each.ruleSet.name} v${each.ruleSet.version}`, each.population, ...rated(each.recordComplete), ...rated(each.picturePresent), ...rated(each.passed), ...rated(each.failed), each.machine.passed.numerator, each.machine.failed.numerator, each.reviewed]
      },
    },
    groups(districtWords.byClass[lang], words.stratum[lang], summary.byClass, (key) => classes[key]?.[lang] ?? key),
    groups(districtWords.byOwner[lang], words.owner[lang], summary.byOwner, (key) => key || districtWords.noOwner[lang]),
    {
      name: districtWords.repeated[lang],
      columns: [['SBBM', 24], [words.camera[lang], 34, 'wide'], [words.stratum[lang], 10], [words.owner[lang], 28, 'wide'], [districtWords.checked[lang], 10, 'whole'], [districtWords.failedTimes[lang], 10, 'whole'], [districtWords.when[lang], 20, 'time'], [words.inspection[lang], 28], [words.reasons[lang], 50, 'wide']],
      *rows() {
        for (const camera of summary.repeated)
          for (const { at, inspection, reasons: why } of camera.failures)
            yield [camera.id, camera.name, classes[camera.class]?.[lang] ?? camera.class, camera.owner, camera.checked, camera.failed, instant(at), inspection, why.map((reason) => reasons[reason]?.[lang] ?? reason).join(comma[lang])]
      },
    },
  ]
}
