// The appendix: the rule set with each figure's basis, and the evidence.
import { rulesSha256 } from '../../../rules/index.ts'
import { ruleRows } from '../../rule-rows.ts'
import { beijing, evidenceKinds, proofWords, resultWords, words } from '../../texts/index.ts'
import { code, heading, item, plain, type Block, type Cell } from '../blocks.ts'
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
    columns: [{ title: say(resultWords.rule), width: 29 }, { title: say(resultWords.meaning), width: 25 }, { title: say(resultWords.value), width: 12, isNumber: true }, { title: say(resultWords.basis), width: 34 }],
    rows: ruleRows(report.rules, lang).map((row): readonly Cell[] => [[code(row.name)], row.meaning, row.value, row.basis]),
  }
  yield* proofSection(context)
  yield heading(1, `${say(resultWords.appendix)} C · ${say(resultWords.evidenceList)}`)
  yield* evidenceList(context)
}

/** What a reader who believes nothing does, with this program or without. */
function* proofSection({ report: { inspection, installation }, say }: Context): Generator<Block> {
  yield heading(1, `${say(resultWords.appendix)} B · ${say(proofWords.title)}`)
  yield plain(say(proofWords.what))
  yield item(say(proofWords.whole))
  yield { kind: 'command', text: `yiji verify evidence-${inspection.area}-${inspection.id}.zip --replay${installation ? ` --key ${installation.fingerprint.replace(/ /g, '')}` : ''}` }
  yield item(say(proofWords.draw))
  yield { kind: 'command', text: 'yiji draw --population population.tsv --report report.json' }
  yield item(say(proofWords.rules))
  yield { kind: 'command', text: "jq -cSj 'del(.name, .version)' rules.json | sha256sum" }
  yield item(say(proofWords.without))
  yield { kind: 'command', text: 'openssl pkeyutl -verify -pubin -inkey installation.pem -rawin -in manifest.json -sigfile manifest.json.sig\nopenssl pkey -pubin -in installation.pem -outform DER | sha256sum\nsha256sum recordings/* pictures/*' }
  yield item(say(proofWords.dispute))
}

function* evidenceList({ report, lang, say }: Context): Generator<Block> {
  const shown = shownChecks(report.checks)
  if (shown.isCut) return yield plain(say(resultWords.evidenceMany))
  const files = report.checks.flatMap((check) => check.evidence.map((item) => ({ n: check.n, ...item })))
  yield plain(say(resultWords.evidenceNote))
  yield {
    kind: 'table',
    isSmall: true,
    isDense: true,
    columns: [{ title: '#', width: 5, isNumber: true }, { title: say(resultWords.kind), width: 9 }, { title: say(resultWords.file), width: 36 }, { title: 'SHA-256', width: 50 }],
    rows: files.slice(0, maxFiles).map((file): readonly Cell[] => [String(file.n), evidenceKinds[file.kind]?.[lang] ?? file.kind, [code(file.file), ...(file.removedAt === undefined ? [] : ['\n', `${say(resultWords.removed)} ${beijing(file.removedAt)}`])], [code(file.sha256)]]),
    ...(files.length > maxFiles ? { note: say(resultWords.evidenceMany) } : {}),
  }
}
