// The report's tables as sheets: one row per camera, and a sheet for each kind of thing. Rows are made as they are written.
import { standingResult } from '../standing.ts'
import { summarise } from '../../summary.ts'
import type { InspectionSummary, PopulationMember, Report } from '../../types.ts'
import { contextOf, checksByStratum, areaText, classText, type Context } from '../document/context.ts'
import type { Cell } from '../document/blocks.ts'
import { figuresOf, outcomeOf, startOf } from '../document/sections/checks.ts'
import { coverSection } from '../document/sections/cover.ts'
import { entryRuns, historiesOf } from '../document/sections/reviews.ts'
import { ruleRows } from '../rule-rows.ts'
import { brokenText, findingsText, notesText, presenceText, rateOrder, reasonsText, transportNames } from '../rows.ts'
import { bands, drawWords, entryNames, evidenceKinds, figureName, figureResults, functionTypeText, historyWords, kindNames, networkingText, results, resultWords, severityNames, sheetNames, setStateText, sheetWords, stratumName, unitName, words, type Lang } from '../texts/index.ts'
import { comparisonSheets } from './comparison-sheets.ts'
import { degrees, instant, type Sheet, type SheetCell } from './sheet.ts'

/** `population`: the frozen list, where it is at hand. */
export function reportSheets(report: Report, lang: Lang, population: readonly PopulationMember[] = []): readonly Sheet[] {
  const context = contextOf(report, lang)
  return [
    cover(context), rates(context), strata(context), checks(context), attempts(context), findings(context), figures(context), reviews(context), rules(context),
    populationSheet(context, population), exempted(context), draws(context), evidence(context), ...(report.comparison ? comparisonSheets(report.comparison, lang) : []),
  ]
}

const plainText = (cell: Cell): string => (typeof cell === 'string' ? cell : cell.map((part) => (typeof part === 'string' ? part : part.text)).join(''))

function cover(context: Context): Sheet {
  const { report, lang, say } = context
  const { inspection } = report
  return {
    name: say(sheetNames.cover),
    columns: [[say(sheetWords.item), 28], [say(sheetWords.content), 90, 'wide']],
    *rows() {
      for (const block of coverSection(context)) {
        if (block.kind !== 'cover') continue
        yield [say(words.title), areaText(report)]
        for (const text of block.cover.warnings) yield ['!', text]
        for (const [name, value] of block.cover.facts) yield [name, plainText(value)]
      }
      yield [say(words.population), inspection.population.size]
      yield [say(words.hash), inspection.population.sha256]
      yield [say(words.seed), inspection.seed]
      yield [say(words.algorithm), inspection.algorithm]
      yield [say(words.period), instant(inspection.startedAt)]
      yield ['', instant(inspection.finishedAt)]
      if (inspection.redrawReason !== undefined) yield [drawWords.redraw[lang], inspection.redrawReason]
    },
  }
}

function rates({ report, lang, say }: Context): Sheet {
  const rows = function* (name: string, summary: InspectionSummary): Generator<readonly SheetCell[]> {
    for (const key of rateOrder) {
      const { numerator, denominator, rate, interval95, of } = summary[key]
      yield [name, words[key][lang], numerator, denominator, rate, interval95?.[0], interval95?.[1], of[lang]]
    }
  }
  return {
    name: say(sheetNames.rates),
    columns: [[say(words.stratum), 20], [say(words.what), 30], [say(sheetWords.numerator), 10, 'whole'], [say(sheetWords.denominator), 10, 'whole'], [say(words.rate), 10, 'share'], [say(sheetWords.low), 12, 'share'], [say(sheetWords.high), 12, 'share'], [say(words.of), 40, 'wide']],
    *rows() {
      yield* rows(say(resultWords.overall), report.summary)
      const parts = checksByStratum(report)
      for (const [index, stratum] of report.inspection.strata.entries()) yield* rows(stratumName(stratum, lang), summarise(parts[index] ?? []))
    },
  }
}

const strata = ({ report, lang, say }: Context): Sheet => ({
  name: say(sheetNames.strata),
  columns: [[say(drawWords.sample), 8, 'whole'], [say(words.stratum), 26], [say(drawWords.condition), 50, 'wide'], [say(sheetWords.checkedFor), 22], [say(words.inPopulation), 12, 'whole'], [say(drawWords.unconnected), 14, 'whole'], [say(words.asked), 10, 'whole'], [say(words.drawnCount), 10, 'whole'], ['', 36]],
  *rows() {
    for (const stratum of report.inspection.strata)
      yield [stratum.nth ?? 1, stratumName(stratum, lang), (stratum.where ?? []).map(({ says }) => says[lang]).join('; '), (stratum.kinds ?? ['record', 'image'] as const).map((kind) => kindNames[kind][lang]).join(', '), stratum.population, stratum.unconnected, stratum.asked, stratum.drawn, stratum.drawn < stratum.asked ? say(words.fewer) : '']
  },
})

const checks = ({ report, lang, say, last }: Context): Sheet => ({
  name: say(sheetNames.checks),
  columns: [
    ['#', 6, 'whole'], ['SBBM', 24], [say(words.camera), 34, 'wide'], [say(words.stratum), 10], [say(words.area), 12], [say(words.owner), 28, 'wide'], [say(words.functionType), 18], [say(words.networking), 10], [say(sheetWords.longitude), 12, 'degrees'], [say(sheetWords.latitude), 12, 'degrees'],
    [say(words.record), 11], [say(words.findings), 44, 'wide'], [`${say(words.response)} ms`, 12, 'number'], [say(words.picture), 22], [say(words.sharpness), 10], ['px @1080p', 10, 'number'], [say(sheetWords.samples), 10, 'whole'],
    [say(sheetWords.codec), 8], [say(sheetWords.width), 8, 'whole'], [say(sheetWords.height), 8, 'whole'], ['fps', 8, 'number'], ['kbit/s', 10, 'number'], [say(words.loss), 10, 'share'], [`${say(words.jitter)} ms`, 10, 'number'], [say(resultWords.transport), 12],
    [say(words.attempt), 8, 'whole'], [say(resultWords.machine), 12], [say(words.reasons), 50, 'wide'], [say(sheetWords.reasonCodes), 30], [say(sheetWords.notes), 30, 'wide'], [say(resultWords.said), 12], [say(resultWords.why), 40, 'wide'], [say(sheetWords.standing), 12],
  ],
  *rows() {
    for (const check of report.checks) {
      const { camera, stream, picture, verdict } = check
      const word = last.get(check.n)
      yield [
        check.n, camera.id, camera.name, classText(camera.class, lang), camera.area, camera.owner, functionTypeText(camera.functionType, lang), networkingText(camera.networking, lang), degrees(camera.longitude), degrees(camera.latitude),
        check.record.result === 'pass' ? say(words.recordPass) : say(words.recordFail), findingsText(check, lang), check.responseMs, presenceText(check, lang), picture ? bands[picture.sharpness.band][lang] : null, picture?.sharpness.blurPx, picture?.samples,
        stream?.codec?.toUpperCase(), stream?.width, stream?.height, stream?.fps, stream?.kbps, stream?.lossRate, stream?.jitterMs, stream ? transportNames[stream.transport] : null,
        check.attempts.length, results[verdict.result][lang], [reasonsText(check, lang), ...(check.broken ? [brokenText(check.broken, lang)] : [])].join('; '), verdict.reasons.join(' '), notesText(check, lang), word ? results[word.result][lang] : null, word?.reason, results[standingResult(check, last)][lang],
      ]
    }
  },
})

const attempts = ({ report, lang, say }: Context): Sheet => ({
  name: say(sheetNames.attempts),
  columns: [
    ['#', 6, 'whole'], ['SBBM', 24], [say(words.attempt), 8, 'whole'], [say(sheetWords.start), 12], [say(words.outcome), 40, 'wide'], [say(sheetWords.outcomeCode), 16], [say(sheetWords.status), 9, 'whole'], [say(sheetWords.hop), 26], ['100 ms', 10, 'number'], [`${say(words.ok200)} ms`, 10, 'number'], ['ACK ms', 10, 'number'],
    [`${say(words.firstPacket)} ms`, 12, 'number'], [`${say(words.firstKeyframe)} ms`, 14, 'number'], [`${say(words.firstPicture)} ms`, 12, 'number'], [say(sheetWords.samples), 10, 'whole'], [`${say(words.lag)} ms`, 12, 'number'],
  ],
  *rows() {
    for (const check of report.checks)
      for (const attempt of check.attempts) {
        const { times } = attempt
        yield [check.n, check.camera.id, attempt.n, startOf(attempt, lang), outcomeOf(attempt, lang), attempt.outcome, attempt.sipStatus, attempt.hop, times.trying, times.ok, times.ack, times.firstPacket, times.firstKeyframe, times.firstPicture, attempt.pictures.length, attempt.loopLagMs]
      }
  },
})

const findings = ({ report, lang, say }: Context): Sheet => ({
  name: say(sheetNames.findings),
  columns: [['#', 6, 'whole'], ['SBBM', 24], [say(words.camera), 34, 'wide'], [say(sheetWords.severity), 10], [say(sheetWords.field), 20], [say(sheetWords.rule), 26], [say(sheetWords.message), 70, 'wide']],
  *rows() {
    for (const check of report.checks) for (const finding of check.record.findings) yield [check.n, check.camera.id, check.camera.name, severityNames[finding.severity][lang], finding.field, finding.rule, finding.message[lang]]
  },
})

const figures = ({ report, lang, say }: Context): Sheet => ({
  name: say(sheetNames.figures),
  columns: [['#', 6, 'whole'], ['SBBM', 24], [say(resultWords.figure), 30], [say(sheetWords.item), 22], [say(resultWords.value), 12, 'number'], [say(sheetWords.unit), 8], [say(resultWords.threshold), 12, 'number'], [say(resultWords.judged), 12], [say(resultWords.basis), 40, 'wide']],
  *rows() {
    for (const check of report.checks) for (const figure of figuresOf(check)) yield [check.n, check.camera.id, figureName(figure.code, lang), figure.code, figure.value, unitName(figure.unit, lang), figure.threshold, figureResults[figure.result][lang], figure.basis]
  },
})

function reviews({ report, lang, say }: Context): Sheet {
  const byNumber = new Map(report.checks.map((check) => [check.n, check]))
  return {
    name: say(sheetNames.reviews),
    columns: [['#', 6, 'whole'], ['SBBM', 24], [say(words.camera), 34, 'wide'], [say(resultWords.at), 20, 'time'], [say(historyWords.what), 18], [say(resultWords.reviewer), 16], [say(words.verdict), 12], [say(historyWords.detail), 80, 'wide']],
    *rows() {
      for (const { n, entries } of historiesOf(report)) {
        const camera = byNumber.get(n)?.camera
        for (const entry of entries) {
          const result = 'result' in entry ? entry.result : 'verdict' in entry ? entry.verdict?.result : undefined
          yield [n, camera?.id, camera?.name, instant(entry.atMs), entryNames[entry.type][lang], entry.by === '' ? say(historyWords.itself) : entry.by, result && results[result][lang], plainText(entryRuns(entry, lang))]
        }
      }
    },
  }
}

const rules = ({ report, lang, say }: Context): Sheet => ({
  name: say(sheetNames.rules),
  columns: [[say(resultWords.rule), 34], [say(resultWords.meaning), 60, 'wide'], [say(resultWords.value), 24], [say(resultWords.basis), 50, 'wide']],
  *rows() {
    yield ['name', say(words.ruleSet), `${report.rules.name} v${report.rules.version}`, report.rules.title[lang]]
    for (const row of ruleRows(report.rules, lang)) yield [row.name, row.meaning, row.value, row.basis]
  },
})

function populationSheet({ report, lang, say }: Context, population: readonly PopulationMember[]): Sheet {
  const numbers = new Map(report.checks.map((check) => [check.camera.id, check.n]))
  return {
    name: say(sheetNames.population),
    columns: [['SBBM', 24], [say(words.camera), 34, 'wide'], [say(words.stratum), 10], [say(words.area), 12], [say(words.owner), 28, 'wide'], [say(sheetWords.policeUnit), 16], [say(words.networking), 10], [say(words.functionType), 18], [say(sheetWords.longitude), 12, 'degrees'], [say(sheetWords.latitude), 12, 'degrees'], [say(sheetWords.builtBy), 10], [say(sheetWords.drawn), 10, 'whole']],
    *rows() {
      for (const member of population)
        yield [member.id, member.name, classText(member.class, lang), member.area, member.owner, member.policeUnit, networkingText(member.networking, lang), functionTypeText(member.functionType, lang), degrees(member.longitude), degrees(member.latitude), member.builtBy, numbers.get(member.id)]
    },
  }
}

const exempted = ({ report, say }: Context): Sheet => ({
  name: say(sheetNames.exempted),
  columns: [['#', 6, 'whole'], ['SBBM', 24], [say(words.camera), 34, 'wide'], [say(words.area), 12], [say(drawWords.many), 8, 'whole'], [say(drawWords.why), 40, 'wide'], [say(drawWords.document), 30, 'wide'], [say(drawWords.from), 20, 'time'], [say(drawWords.until), 20, 'time'], [say(drawWords.by), 14], [say(drawWords.endedEarly), 20, 'time'], [say(drawWords.why), 30, 'wide']],
  *rows() {
    for (const { exemption, cameras, some } of report.inspection.exempted ?? [])
      for (const camera of some.length > 0 ? some : [undefined])
        yield [exemption.n, camera?.id ?? exemption.camera, camera?.name, exemption.area, cameras, exemption.reason, exemption.document, instant(exemption.fromMs), instant(exemption.untilMs), exemption.by, instant(exemption.ended?.atMs), exemption.ended?.reason]
  },
})

const draws = ({ report, lang, say }: Context): Sheet => ({
  name: say(sheetNames.draws),
  columns: [[say(words.inspection), 30], [say(drawWords.drawnAt), 20, 'time'], [say(words.seed), 40], [say(words.hash), 40], [say(words.drawnCount), 8, 'whole'], [say(drawWords.by), 14], [say(drawWords.state), 12], [say(drawWords.redraw), 50, 'wide']],
  *rows() {
    for (const set of report.inspection.draws ?? []) yield [set.id, instant(set.atMs), set.seed, set.populationSha256, set.size, set.by, setStateText(set, lang), set.reason]
  },
})

const evidence = ({ report, lang, say }: Context): Sheet => ({
  name: say(sheetNames.evidence),
  columns: [['#', 6, 'whole'], ['SBBM', 24], [say(resultWords.kind), 12], [say(resultWords.file), 36], ['SHA-256', 68], [say(sheetWords.bytes), 14, 'whole'], [say(sheetWords.removedAt), 20, 'time']],
  *rows() {
    for (const check of report.checks) for (const item of check.evidence) yield [check.n, check.camera.id, evidenceKinds[item.kind]?.[lang] ?? item.kind, item.file, item.sha256, item.size, instant(item.removedAt)]
  },
})
