// The appendix: the rule set with each figure's basis, and the evidence.
import { rulesSha256 } from '../../../rules/index.ts'
import { ruleRows } from '../../rule-rows.ts'
import { beijing, evidenceKinds, resultWords, words } from '../../texts/index.ts'
import { code, heading, plain, type Block, type Cell } from '../blocks.ts'
import type { Context } from '../context.ts'
import { shownChecks } from './checks.ts'

/** Files that are listed; the workbook has all. Ours. */
const maxFiles = 1_000

export function* appendixSection(context: Context): Generator<Block> {
  const { report, lang, say } = context
  yield heading(1, `${say(resultWords.appendix)} A · ${say(words.rules)}`)
  yield { kind: 'facts', rows: [[say(words.ruleSet), `${report.rules.title[lang]} (${report.rules.name} v${report.rules.version})`], [say(resultWords.digest), [code(rulesSha256(report.rules))]]] }
  yield {
    kind: 'table',
    isSmall: true,
    columns: [{ title: say(resultWords.rule), width: 24 }, { title: say(resultWords.meaning), width: 27 }, { title: say(resultWords.value), width: 13, isNumber: true }, { title: say(resultWords.basis), width: 36 }],
    rows: ruleRows(report.rules, lang).map((row): readonly Cell[] => [[code(row.name)], row.meaning, row.value, row.basis]),
  }
  yield heading(1, `${say(resultWords.appendix)} B · ${say(resultWords.evidenceList)}`)
  yield* evidenceList(context)
}

function* evidenceList({ report, lang, say }: Context): Generator<Block> {
  const shown = shownChecks(report.checks)
  if (shown.isCut) return yield plain(say(resultWords.evidenceMany))
  const files = report.checks.flatMap((check) => check.evidence.map((item) => ({ n: check.n, ...item })))
  yield plain(say(resultWords.evidenceNote))
  yield {
    kind: 'table',
    isSmall: true,
    columns: [{ title: '#', width: 5, isNumber: true }, { title: say(resultWords.kind), width: 10 }, { title: say(resultWords.file), width: 27 }, { title: 'SHA-256', width: 58 }],
    rows: files.slice(0, maxFiles).map((item): readonly Cell[] => [String(item.n), evidenceKinds[item.kind]?.[lang] ?? item.kind, [code(item.file), ...(item.removedAt === undefined ? [] : ['\n', `${say(resultWords.removed)} ${beijing(item.removedAt)}`])], [code(item.sha256)]]),
    ...(files.length > maxFiles ? { note: say(resultWords.evidenceMany) } : {}),
  }
}
