// Population and draw: hash, seed and its origin, strata, who was exempted, every drawn set, how to draw again.
import type { Condition, Exempted, StratumDrawn } from '../../../types.ts'
import { beijing, byHand, comma, drawWords, kindNames, leftOutNames, seedOrigins, setStateText, stratumName, words } from '../../texts/index.ts'
import type { Context } from '../context.ts'
import { code, dim, heading, item, note, plain, strong, type Block, type Cell } from '../blocks.ts'

/** Exempted cameras and drawn sets that are listed; the workbook has all that are kept. Ours. */
const maxListed = 200

export function* drawSection(context: Context): Generator<Block> {
  const { report, lang, say } = context
  const { inspection } = report
  const { seedFrom, leftOut } = inspection
  yield heading(1, say(words.drawn))
  yield {
    kind: 'facts',
    rows: [
      [say(words.population), `${inspection.population.size} ${say(words.cameras)}`],
      [say(words.hash), [code(inspection.population.sha256)]],
      [say(words.seed), [code(inspection.seed)]],
      ...(seedFrom === undefined ? [] : [[say(drawWords.seedFrom), seedOrigins[seedFrom][lang]] as const]),
      [say(words.algorithm), [code(inspection.algorithm)]],
      ...(leftOut && leftOut.size > 0
        ? [
            [say(drawWords.leftOut), `${leftOut.size}: ${leftOutNames.exempted[lang]} ${leftOut.exempted}, ${leftOutNames['not-networked'][lang]} ${leftOut.notNetworked}, ${leftOutNames.filtered[lang]} ${leftOut.filtered}`] as const,
            [say(drawWords.leftOutHash), [code(leftOut.sha256)]] as const,
          ]
        : []),
    ],
  }
  yield* sides(context)
  yield heading(2, say(drawWords.strata))
  yield strataTable(context)
  yield* exempted(context)
  yield* drawnSets(context)
  yield heading(2, say(drawWords.byHand))
  for (const step of byHand(inspection.seed, inspection.population.sha256)) yield item(step[lang])
  yield plain(say(words.verify))
  yield { kind: 'command', text: drawCommand(context) }
  yield plain(say(words.verifyVerdicts))
  yield { kind: 'command', text: 'yiji replay recordings/' }
}

/** Classes one to three are told one by one; any other plan is in report.json. */
function drawCommand({ report: { inspection } }: Context): string {
  const isByClass = inspection.strata.every((stratum) => /^[123]$/.test(stratum.class) && stratum.isAll !== true) && (inspection.plan === undefined || inspection.plan.name === 'classes')
  const which = isByClass ? inspection.strata.map((stratum) => ` --class${stratum.class} ${stratum.asked}`).join('') : ' --report report.json'
  return `yiji draw --population population.tsv --seed ${inspection.seed}${which}`
}

function strataTable({ report: { inspection }, lang, say }: Context): Block {
  const { strata } = inspection
  const hasSamples = strata.some((stratum) => (stratum.nth ?? 1) > 1)
  const hasConditions = strata.some((stratum) => (stratum.where ?? []).length > 0)
  const hasUnconnected = strata.some((stratum) => (stratum.unconnected ?? 0) > 0)
  const kindsOf = (stratum: StratumDrawn): string => (stratum.kinds ?? ['record', 'image']).map((kind) => kindNames[kind][lang]).join(say(comma))
  const fewer = strata.filter((stratum) => stratum.drawn < stratum.asked).map((stratum) => stratumName(stratum, lang))
  return {
    kind: 'table',
    columns: [
      ...(hasSamples ? [{ title: say(drawWords.sample), width: 8 }] : []),
      { title: say(words.stratum), width: 22 },
      ...(hasConditions ? [{ title: say(drawWords.condition), width: 26 }] : []),
      { title: kindHeading[lang], width: 18 },
      { title: say(words.inPopulation), width: 13, isNumber: true },
      ...(hasUnconnected ? [{ title: say(drawWords.unconnected), width: 12, isNumber: true }] : []),
      { title: say(words.asked), width: 10, isNumber: true },
      { title: say(words.drawnCount), width: 10, isNumber: true },
    ],
    rows: strata.map((stratum): readonly Cell[] => [
      ...(hasSamples ? [String(stratum.nth ?? 1)] : []),
      stratumName(stratum, lang),
      ...(hasConditions ? [(stratum.where ?? []).map((condition: Condition) => condition.says[lang]).join(say(comma))] : []),
      kindsOf(stratum),
      String(stratum.population),
      ...(hasUnconnected ? [String(stratum.unconnected ?? 0)] : []),
      stratum.isAll === true ? say(drawWords.all) : String(stratum.asked),
      String(stratum.drawn),
    ]),
    ...(fewer.length > 0 ? { note: `${fewer.join(lang === 'zh' ? '、' : ', ')}: ${say(words.fewer)}` } : {}),
  }
}
const kindHeading = { zh: '核查内容', en: 'Checked for' }

function* sides({ report: { inspection }, say }: Context): Generator<Block> {
  if (!inspection.halves) return
  yield {
    kind: 'table',
    isSmall: true,
    columns: [{ title: say(drawWords.side), width: 12 }, { title: say(drawWords.commitment), width: 34 }, { title: say(drawWords.half), width: 20 }, { title: say(drawWords.salt), width: 16 }, { title: say(drawWords.committedAt), width: 9 }, { title: say(drawWords.revealedAt), width: 9 }],
    rows: inspection.halves.map((side): readonly Cell[] => [side.by, [code(side.commitment ?? '–')], [code(side.half ?? '–')], [code(side.salt ?? '–')], time(side.committedAtMs), time(side.revealedAtMs)]),
  }
}

const time = (ms: number | undefined): string => (ms === undefined ? '–' : beijing(ms))

function* exempted({ report: { inspection }, say }: Context): Generator<Block> {
  yield heading(2, say(drawWords.exempted))
  const { exempted: kept, leftOut } = inspection
  if (!kept || kept.length === 0) return yield plain(say(leftOut === undefined ? drawWords.notKnown : drawWords.noExempted))
  const row = ({ exemption, cameras, some }: Exempted): readonly Cell[] => {
    const what: Cell = exemption.camera === undefined ? [`${say(words.area)} ${exemption.area}`] : [some[0]?.name ?? '', '\n', code(exemption.camera)]
    const ended = exemption.ended ? ['\n', dim(`${say(drawWords.endedEarly)} ${beijing(exemption.ended.atMs)}: ${exemption.ended.reason}`)] : []
    return [what, String(cameras), [exemption.reason, ...ended], exemption.document === '' ? '–' : exemption.document, beijing(exemption.fromMs), beijing(exemption.untilMs), exemption.by]
  }
  yield {
    kind: 'table',
    columns: [{ title: say(drawWords.exemptedWhat), width: 26 }, { title: say(drawWords.many), width: 7, isNumber: true }, { title: say(drawWords.why), width: 20 }, { title: say(drawWords.document), width: 15 }, { title: say(drawWords.from), width: 12 }, { title: say(drawWords.until), width: 12 }, { title: say(drawWords.by), width: 8 }],
    rows: kept.slice(0, maxListed).map(row),
  }
  const named = kept.flatMap(({ some, exemption }) => (exemption.camera === undefined ? some : []))
  if (named.length > 0) yield note(named.slice(0, maxListed).map(({ id, name }) => `${name} (${id})`).join(say(comma)))
}

function* drawnSets({ report, lang, say }: Context): Generator<Block> {
  const { draws, redrawReason } = report.inspection
  if (redrawReason !== undefined) yield { kind: 'facts', rows: [[say(drawWords.redraw), redrawReason]] }
  if (!draws || draws.length === 0) return
  yield heading(2, say(drawWords.draws))
  yield {
    kind: 'table',
    isSmall: true,
    columns: [{ title: say(words.inspection), width: 20 }, { title: say(drawWords.drawnAt), width: 14 }, { title: say(words.seed), width: 22 }, { title: say(words.drawnCount), width: 7, isNumber: true }, { title: say(drawWords.by), width: 9 }, { title: say(drawWords.state), width: 10 }, { title: say(drawWords.redraw), width: 18 }],
    rows: draws.slice(0, maxListed).map((set): readonly Cell[] => [
      [code(set.id), ...(set.id === report.inspection.id ? ['\n', strong(say(drawWords.thisOne))] : [])],
      beijing(set.atMs),
      set.seed === '' ? '–' : [code(set.seed)],
      String(set.size),
      set.by,
      setStateText(set, lang),
      set.reason ?? '–',
    ]),
  }
  yield note(say(drawWords.drawsNote))
}
