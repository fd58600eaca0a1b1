// The report as one page: opens without a network, prints on A4, pictures inside. Pure: the same report gives the same bytes.
import type { Attempt, Check, Report } from '../types.ts'
import { findingsText, limitsText, presenceText, rateRows, reasonsText, sharpnessText, streamText } from './rows.ts'
import { style } from './style.ts'
import { beijing, classes, functionTypeText, milliseconds, networkingText, outcomes, percent, results, words, type Lang } from './texts.ts'

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
/** Text into HTML: camera names come from devices and spreadsheets, so nothing enters the page unescaped. */
const e = (text: string | number): string => String(text).replace(/[&<>"']/g, (character) => escapes[character] ?? '')

/** `pictures`: JPEG thumbnails by evidence file; a picture that is not given is named only. */
export function reportPage(report: Report, pictures: ReadonlyMap<string, Buffer>, lang: Lang): string {
  const w = (key: keyof typeof words): string => e(words[key][lang])
  const { inspection } = report
  return `<!doctype html>
<html lang="${lang === 'zh' ? 'zh-CN' : 'en'}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${w('title')} ${e(inspection.area)} ${e(beijing(inspection.startedAt))}</title>
<style>${style}</style>
<header>
<h1>${w('title')}</h1>
<p class="lead">${w('area')} <b>${e(inspection.area)}</b> · ${e(beijing(inspection.startedAt))} – ${e(beijing(inspection.finishedAt))} · ${w('ruleSet')} <b>${e(inspection.ruleSet.name)} v${inspection.ruleSet.version}</b></p>
${tally(report, lang)}
</header>
<section>
<h2>${w('drawn')}</h2>
<table class="facts">
${fact(w('inspection'), `<code>${e(inspection.id)}</code>`)}
${fact(w('period'), `${e(beijing(inspection.startedAt))} – ${e(beijing(inspection.finishedAt))}`)}
${fact(w('population'), `${inspection.population.size} ${w('cameras')}`)}
${fact(w('hash'), `<code>${e(inspection.population.sha256)}</code>`)}
${fact(w('seed'), `<code>${e(inspection.seed)}</code>`)}
${fact(w('algorithm'), `<code>${e(inspection.algorithm)}</code>`)}
${fact(w('ruleSet'), `${e(report.rules.title[lang])} (${e(inspection.ruleSet.name)} v${inspection.ruleSet.version})`)}
${fact(w('software'), e(inspection.software))}
</table>
<table class="grid narrow"><thead><tr><th>${w('stratum')}<th class="n">${w('inPopulation')}<th class="n">${w('asked')}<th class="n">${w('drawnCount')}<th></thead><tbody>
${inspection.strata.map((s) => `<tr><td>${e(classes[s.class]?.[lang] ?? s.class)}<td class="n">${s.population}<td class="n">${s.asked}<td class="n">${s.drawn}<td>${s.drawn < s.asked ? w('fewer') : ''}`).join('\n')}
</tbody></table>
<p class="how">${w('verify')} <code>yiji draw --population population.tsv --seed ${e(inspection.seed)}${inspection.strata.map((s) => ` --class${e(s.class)} ${s.asked}`).join('')}</code><br>
${w('verifyVerdicts')} <code>yiji replay recordings/</code></p>
</section>
<section>
<h2>${w('rates')}</h2>
<table class="grid"><thead><tr><th><th class="n">${w('count')}<th class="n">${w('rate')}<th class="n">${w('interval')}<th>${w('of')}</thead><tbody>
${rateRows(report.summary, lang).map((r) => `<tr><td>${e(r.name)}<td class="n">${e(r.count)}<td class="n">${e(r.rate)}<td class="n">${e(r.interval)}<td>${e(r.of)}`).join('\n')}
</tbody></table>
<p class="limits">${e(limitsText(report, lang))}</p>
</section>
<section>
<h2>${w('checks')}</h2>
<table class="grid overview"><thead><tr><th class="n">#<th>${w('camera')}<th>${w('stratum')}<th>${w('record')}<th class="n">${w('response')}<br>ms<th>${w('picture')}<th>${w('sharpness')}<th>${w('verdict')}</thead><tbody>
${report.checks.map((check) => overviewRow(check, lang)).join('\n')}
</tbody></table>
</section>
${report.checks.map((check) => card(check, pictures, lang)).join('\n')}
<section class="rules"><h2>${w('rules')}</h2><pre>${e(JSON.stringify(report.rules, null, 2))}</pre></section>
</html>
`
}

const fact = (name: string, value: string): string => `<tr><th>${name}<td>${value}`

function tally(report: Report, lang: Lang): string {
  const { passed, failed, review } = report.summary
  const box = (kind: string, name: string, count: number, of: number): string => `<div class="box ${kind}"><b>${count}</b><span>/ ${of}</span><p>${e(name)}</p></div>`
  return `<div class="tally">${box('pass', results.pass[lang], passed.numerator, passed.denominator)}${box('fail', results.fail[lang], failed.numerator, failed.denominator)}${box('review', results.review[lang], review.numerator, review.denominator)}</div>`
}

const badge = (check: Check, lang: Lang): string => `<span class="badge ${check.verdict.result}">${e(results[check.verdict.result][lang])}</span>`

function overviewRow(check: Check, lang: Lang): string {
  const { camera } = check
  const record = check.record.result === 'pass' ? words.recordPass[lang] : words.recordFail[lang]
  return `<tr><td class="n">${check.n}<td><a href="#c${check.n}">${e(camera.name)}</a><br><code>${e(camera.id)}</code><td>${e(classes[camera.class]?.[lang] ?? camera.class)}<td>${e(record)}<td class="n">${milliseconds(check.responseMs)}<td>${e(presenceText(check, lang))}<td>${e(sharpnessText(check, lang))}<td>${badge(check, lang)}<br><small>${e(reasonsText(check, lang))}</small>`
}

function card(check: Check, pictures: ReadonlyMap<string, Buffer>, lang: Lang): string {
  const w = (key: keyof typeof words): string => e(words[key][lang])
  const { camera } = check
  const checked = [
    [words.coordinates[lang], camera.longitude && camera.latitude ? `${camera.longitude}, ${camera.latitude}` : '–'],
    [words.functionType[lang], functionTypeText(camera.functionType, lang) || '–'],
    [words.networking[lang], networkingText(camera.networking, lang) || '–'],
    [words.owner[lang], [camera.owner, camera.policeUnit].filter((part) => part !== '').join(' / ') || '–'],
  ] as const
  return `<article id="c${check.n}">
<h3>${check.n}. ${e(camera.name)} <code>${e(camera.id)}</code> ${badge(check, lang)}</h3>
${check.verdict.reasons.length > 0 ? `<p class="reasons">${e(reasonsText(check, lang))}</p>` : ''}
<div class="two">
<table class="facts">
${checked.map(([name, value]) => fact(e(name), e(value))).join('\n')}
${fact(w('findings'), e(findingsText(check, lang)) || w('none'))}
${fact(w('stream'), `${e(streamText(check))}${check.stream ? ` · ${w('loss')} ${percent(check.stream.lossRate)} · ${w('jitter')} ${check.stream.jitterMs.toFixed(1)} ms` : ''}`)}
${fact(w('picture'), e(presenceText(check, lang)))}
${fact(w('sharpness'), e(sharpnessText(check, lang)))}
</table>
<div class="pictures">${picturesOf(check, pictures, lang)}</div>
</div>
<table class="grid"><thead><tr><th>${w('attempt')}<th>${w('outcome')}<th class="n">${w('ok200')}<th class="n">${w('firstPacket')}<th class="n">${w('firstKeyframe')}<th class="n">${w('firstPicture')}<th class="n">${w('lag')}</thead><tbody>
${check.attempts.map((attempt) => attemptRow(attempt, lang)).join('\n')}
</tbody><tfoot><tr><td colspan="7">${w('timesNote')}</tfoot></table>
<p class="evidence">${w('evidence')}: ${check.evidence.filter((item) => item.kind !== 'picture').map((item) => `<code>${e(item.file)}</code> <small>${e(item.sha256.slice(0, 16))}…</small>`).join(' · ')}</p>
</article>`
}

function attemptRow(attempt: Attempt, lang: Lang): string {
  const { times } = attempt
  const who = attempt.sipStatus === undefined ? '' : ` (${attempt.sipStatus}${attempt.hop ? `, ${words.answeredBy[lang]} ${attempt.hop}` : ''})`
  const start = attempt.isCold ? words.coldAttempt[lang] : words.warmAttempt[lang]
  return `<tr><td>${attempt.n} · ${e(start)}<td>${e(outcomes[attempt.outcome][lang])}${e(who)}${attempt.isOurFault ? ` <small>(${e(words.ownTrouble[lang])})</small>` : ''}<td class="n">${milliseconds(times.ok)}<td class="n">${milliseconds(times.firstPacket)}<td class="n">${milliseconds(times.firstKeyframe)}<td class="n">${milliseconds(times.firstPicture)}<td class="n">${milliseconds(attempt.loopLagMs)}`
}

function picturesOf(check: Check, pictures: ReadonlyMap<string, Buffer>, lang: Lang): string {
  const shown = check.evidence.flatMap((item) => {
    const jpeg = item.kind === 'picture' ? pictures.get(item.file) : undefined
    return jpeg ? [`<figure><img alt="${e(item.file)}" src="data:image/jpeg;base64,${jpeg.toString('base64')}"><figcaption>${e(item.file)}</figcaption></figure>`] : []
  })
  return shown.length > 0 ? shown.join('') : `<p class="nothing">${e(words.noPicture[lang])}</p>`
}
