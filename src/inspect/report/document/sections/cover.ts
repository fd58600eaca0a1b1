// The cover: what this is, of whom, when, by whom, and where to sign and stamp.
import { answerWords, beijing, coverWords, kindNames, longDay, results, unfinished, words } from '../../texts/index.ts'
import { areaText, type Context } from '../context.ts'
import { code, type Block, type Cell } from '../blocks.ts'

export function* coverSection({ report, lang, options, say, kinds }: Context): Generator<Block> {
  const { inspection, createdBy, installation, state, total } = report
  const { plan } = inspection
  const done = report.checks.length
  const nodes = [...new Set(report.checks.flatMap(({ node }) => node ?? []))].slice(0, 5)
  const facts: (readonly [string, Cell])[] = [
    [say(words.area), areaText(report)],
    [say(words.inspection), [code(inspection.id)]],
    ...(plan ? [[say(coverWords.plan), plan.title[lang]] as const] : []),
    [say(coverWords.kinds), [...kinds].map((kind) => kindNames[kind][lang]).join(lang === 'zh' ? '、' : ', ')],
    [say(words.period), [`${beijing(inspection.startedAt)}\n${beijing(inspection.finishedAt)}`]],
    [say(coverWords.extent), total === undefined || total === done ? String(done) : `${done} / ${total}`],
    [say(answerWords.ofPopulation), String(inspection.population.size)],
    ...(nodes.length === 0 ? [] : [[say(answerWords.node), nodes.join(', ')] as const]),
    ...(createdBy === undefined ? [] : [[say(coverWords.by), createdBy] as const]),
    [say(words.ruleSet), `${report.rules.title[lang]} (${inspection.ruleSet.name} v${inspection.ruleSet.version})`],
    [say(words.software), inspection.software],
    [say(coverWords.fingerprint), installation ? [code(installation.fingerprint)] : say(coverWords.noFingerprint)],
  ]
  const warning = state === undefined || state === 'done' ? undefined : unfinished[state]
  yield {
    kind: 'cover',
    cover: {
      number: [say(coverWords.number), options.number ?? ''],
      title: say(words.title),
      subtitle: `${report.areaName ?? inspection.area} · ${longDay(inspection.startedAt, lang)}`,
      facts,
      warnings: warning ? [warning[lang]] : [],
      signatures: [
        { place: say(coverWords.assessor), isStamp: false },
        { place: say(coverWords.reviewer), isStamp: false },
        { place: say(coverWords.office), isStamp: true },
        { place: say(coverWords.assessed), isStamp: true },
      ],
      dayLabel: say(coverWords.day),
    },
  }
  const { passed, failed, review } = report.summary
  yield {
    kind: 'tally',
    boxes: ([['pass', passed], ['fail', failed], ['review', review]] as const).map(([tone, rate]) => ({ tone, name: results[tone][lang], count: rate.numerator, of: rate.denominator })),
  }
}
