// Writes docs/rule-sets.md from the shipped rule set: `node scripts/make-docs-rule-sets.ts`. A test fails when the page is older than the rules.
import { writeFileSync } from 'node:fs'
import { basisOf, countNames, defaultRules, figuresOf, isWords, judgementTable, rulesSha256, shippedRuleSets } from '../src/inspect/index.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

interface Line {
  readonly path: string
  readonly value: string
  readonly source: string
  readonly zh: string
  readonly en: string
}

function linesOf(section: (path: string) => boolean): readonly Line[] {
  return [...figuresOf(defaultRules)].flatMap(([path, value]) => {
    const basis = basisOf(path)
    if (isWords(path) || !basis || !section(path)) return []
    return [{ path, value: String(value), source: basis.by === 'ours' ? 'ours' : `${basis.document} ${basis.clause}`, zh: basis.zh, en: basis.en }]
  })
}

const table = (lines: readonly Line[]): string => `| figure | value | from | 依据 | why |\n|---|---|---|---|---|\n${lines.map(({ path, value, source, zh, en }) => `| \`${path}\` | ${cell(value)} | ${cell(source)} | ${cell(zh)} | ${cell(en)} |`).join('\n')}\n`

const isJudgement = (path: string): boolean => path.startsWith('judgement.')
const isRecheckReason = (path: string): boolean => path.startsWith('recheck.after')

function judgementLines(): string {
  const rows = Object.entries(judgementTable).map(([code, { by, never, basis }]) => `| \`${code}\` | ${by} | ${never ? `${never.consequence}: ${cell(never.en)}` : ''} | ${cell(basis.zh)} | ${cell(basis.en)} |`)
  return `| reason | default | never | 依据 | why |\n|---|---|---|---|---|\n${rows.join('\n')}\n`
}

export function ruleSetsPage(): string {
  const { scores, recheck } = defaultRules
  const counts = Object.entries(countNames).map(([name, { zh, en }]) => `| \`${name}\` | ${zh} | ${en} |`)
  return `# Rule sets

Made by \`scripts/make-docs-rule-sets.ts\` from the rule set that ships (\`src/inspect/rules/\`).

A rule set is everything that a verdict, a score and the running of an inspection go by. It has a name and versions; a version is written once and never
changed: other content is another version, with a note of why. What ships is read-only; its earlier versions stay (${shippedRuleSets.map(({ name, version }) => `\`${name}@${version}\``).join(', ')}).
An inspection keeps the rule set that it went by, word for word, and so does each recording. The report prints name, version and the SHA-256 of the content:
the JSON of RFC 8785 (members sorted, no spaces) without \`name\` and \`version\`. \`default@${defaultRules.version}\` has \`${rulesSha256(defaultRules)}\`.

- \`GET /api/v1/rule-sets\`, \`/rule-sets/NAME/versions/N\`, \`…/figures\` (every figure with its basis), \`…/differences?from=NAME@N\`
- \`POST /api/v1/rule-sets {rules, note, after}\`: a new name, or the next version of one. The same content again is the version there is.
- \`POST /api/v1/inspections {rules: "NAME"}\` takes the newest version, \`"NAME@N"\` that one.
- \`yiji replay RECORDING|DIR --rules NAME|FILE\` and \`yiji rejudge INSPECTION --rules NAME|FILE\` try another rule set on recordings; nothing is replaced.

A rule set that was written before there was a section has none of it, and goes by what was done then: \`judgement\` by the table below, no score, no re-check
(\`src/inspect/rules/earlier.ts\`).

## Where the figures come from

The core notice (六视频办发(2018)8号) asks for response time, presence and clarity, and gives no threshold, no definition of clear and no formula. A figure is
from a document only where the column says so, with number and clause; "ours" means that nobody prescribes it: never quote it as a standard's.

${table(linesOf((path) => !isJudgement(path) && !isRecheckReason(path)))}
Reasons after which a camera is checked once more by itself (${recheck?.minutes} minutes later, ${recheck?.times === 1 ? 'once' : `${recheck?.times} times`}): ${recheck?.after.map((code) => `\`${code}\``).join(', ')}.

## What each reason does

\`fail\` fails the camera, \`review\` hands it to a person, \`note\` only notes it. A rule set may say otherwise, but for what the column "never" names. Three things no
rule set changes: our own fault fails no camera; one picture alone, or attempts that saw different things, fail none; without a picture none passes
(docs/decisions/0006).

${judgementLines()}
## Scores

A score is \`100 × Σ weight × rate\`: each rate is rounded half up to four decimals first, and so is the score, in whole numbers throughout. Each rate names what it
divides by what. **What could not be found out is not bad**: such a camera is taken out of the divisor and counted beside it ("undiagnosed"; "unsettled" where not
even the divisor could be settled). Where it is certain that no camera is the divisor, the item has 0 points; where an item could not be found out at all, there
is no score. The default: ${scores?.items.map(({ weight, numerator, denominator }) => `${weight} × ${countNames[numerator].zh}/${countNames[denominator].zh}`).join(' + ')}.

| count | 名称 | what |
|---|---|---|
${counts.join('\n')}
`
}

if (import.meta.main) writeFileSync(new URL('../docs/rule-sets.md', import.meta.url), ruleSetsPage())
