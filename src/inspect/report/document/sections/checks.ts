// Camera by camera: an overview, and a card for each with its record, picture, figures, attempts and times.
import { brokenText, findingsText, notesText, presenceText, reasonsText, sharpnessText, streamText } from '../../rows.ts'
import type { Attempt, Check, Figure, Spell } from '../../../types.ts'
import { beijing, comma, evidenceKinds, figureName, figureResults, functionTypeText, measure, milliseconds, networkingText, outcomes, percent, results, resultWords, startNames, words, type Lang } from '../../texts/index.ts'
import { classText, type Context } from '../context.ts'
import { code, dim, heading, note, plain, strong, type Block, type Cell, type Column, type Run } from '../blocks.ts'

/** Up to so many checks all are shown in full; beyond, only those that failed, and of these so many in full and so many in a row each. Ours. */
const allInFull = 60
const failedInFull = 100
const failedInRows = 1_000
/** SHA-256 of a card's files are shown by their first digits; the appendix and the workbook have them whole. */
const shownDigits = 16

const isFailed = ({ verdict }: Check): boolean => verdict.result === 'fail'

/** The checks that the document shows, in full and in rows. */
export function shownChecks(checks: readonly Check[]): { readonly rows: readonly Check[]; readonly full: readonly Check[]; readonly isCut: boolean } {
  if (checks.length <= allInFull) return { rows: checks, full: checks, isCut: false }
  const failed = checks.filter(isFailed)
  return { rows: failed.slice(0, failedInRows), full: failed.slice(0, failedInFull), isCut: true }
}

export function* checksSection(context: Context): Generator<Block> {
  const { report, say } = context
  const { rows, full, isCut } = shownChecks(report.checks)
  yield heading(1, say(words.checks))
  if (isCut) yield note(say(resultWords.onlyFailing))
  if (rows.length === 0) return yield plain(say(resultWords.noFailing))
  yield overview(context, rows, new Set(full.map((check) => check.n)))
  const failed = report.checks.filter(isFailed).length
  if (isCut && failed > rows.length) yield note(`${say(resultWords.furtherRows)} ${failed - rows.length}`)
  for (const check of full) yield card(context, check)
  if (isCut && rows.length > full.length) yield note(`${say(resultWords.furtherRows)} ${failed - full.length}`)
}

function overview({ lang, say, last }: Context, checks: readonly Check[], inFull: ReadonlySet<number>): Block {
  return {
    kind: 'table',
    isSmall: true,
    columns: [{ title: '#', width: 5, isNumber: true }, { title: say(words.camera), width: 27 }, { title: say(words.stratum), width: 8 }, { title: say(words.record), width: 9 }, { title: `${say(words.response)} ms`, width: 9, isNumber: true }, { title: say(words.picture), width: 10 }, { title: say(words.sharpness), width: 10 }, { title: say(words.verdict), width: 22 }],
    rows: checks.map((check): readonly Cell[] => {
      const { camera } = check
      const name: Run = inFull.has(check.n) ? { text: camera.name || camera.id, to: `c${check.n}` } : camera.name
      const word = last.get(check.n)
      const said: readonly Run[] = word ? ['\n', dim(`${say(resultWords.said)}: `), { text: results[word.result][lang], as: word.result }] : []
      return [
        String(check.n),
        [name, '\n', code(camera.id)],
        classText(camera.class, lang),
        check.record.result === 'pass' ? say(words.recordPass) : say(words.recordFail),
        milliseconds(check.responseMs),
        presenceText(check, lang),
        sharpnessText(check, lang),
        [{ text: results[check.verdict.result][lang], as: check.verdict.result }, ...(check.verdict.reasons.length > 0 ? ['\n', dim(reasonsText(check, lang))] : []), ...said],
      ]
    }),
  }
}

function card({ report, lang, say, last }: Context, check: Check): Block {
  const { camera, verdict } = check
  const pictures = check.evidence.filter((item) => item.kind === 'picture' && item.removedAt === undefined)
  const chosen = [...new Set([pictures[0], pictures.at(-1)])].flatMap((item) => (item ? [{ file: item.file, caption: captionOf(item.file, say(words.attempt)) }] : []))
  const word = last.get(check.n)
  const reviews = (report.reviews ?? []).filter((review) => review.n === check.n)
  return {
    kind: 'card',
    anchor: `c${check.n}`,
    title: [`${check.n}. ${camera.name} `, code(camera.id), ' ', { text: results[verdict.result][lang], as: verdict.result }, ...(word ? [dim(` ${say(resultWords.said)}: `), { text: results[word.result][lang], as: word.result } as const] : [])],
    blocks: [
      ...(verdict.reasons.length > 0 ? [plain(`${say(words.reasons)}: ${reasonsText(check, lang)}`)] : []),
      ...((verdict.notes ?? []).length > 0 ? [plain(dim(`${say(resultWords.noted)}: ${notesText(check, lang)}`))] : []),
      { kind: 'seen', rows: factsOf(check, lang), pictures: chosen, empty: say(words.noPicture) },
      ...figures(check, lang),
      ...spells(check, lang),
      attempts(check, lang),
      ...reviews.map((review) => note({ text: results[review.result][lang], as: review.result }, ` ${beijing(review.atMs)} ${review.by}: ${review.reason}`)),
      ...evidence(check, lang),
    ],
  }
}

/** `pictures/01-2-3.jpg`: check 1, attempt 2, picture 3. */
function captionOf(file: string, attempt: string): string {
  const [, n, picture] = /-(\d+)-(\d+)\.\w+$/.exec(file) ?? []
  return n === undefined || picture === undefined ? file : `${attempt} ${Number(n)} · ${Number(picture)}`
}

function factsOf(check: Check, lang: Lang): readonly (readonly [string, Cell])[] {
  const { camera, stream } = check
  const say = (key: keyof typeof words): string => words[key][lang]
  const or = (text: string): string => (text === '' ? '–' : text)
  return [
    [say('stratum'), classText(camera.class, lang)],
    [say('coordinates'), camera.longitude && camera.latitude ? `${camera.longitude}, ${camera.latitude}` : '–'],
    [say('functionType'), or(functionTypeText(camera.functionType, lang))],
    [say('networking'), or(networkingText(camera.networking, lang))],
    [say('owner'), or([camera.owner, camera.policeUnit].filter((part) => part !== '').join(' / '))],
    [say('findings'), findingsText(check, lang) || say('none')],
    [say('stream'), `${streamText(check)}${stream ? ` · ${say('loss')} ${percent(stream.lossRate)} · ${say('jitter')} ${stream.jitterMs.toFixed(1)} ms` : ''}`],
    [say('picture'), presenceText(check, lang)],
    [say('sharpness'), sharpnessText(check, lang)],
    ...(check.cutBefore ? [[resultWords.cutBefore[lang], String(check.cutBefore)] as const] : []),
    ...(check.broken ? [[resultWords.broken[lang], brokenText(check.broken, lang)] as const] : []),
  ]
}

/** Every figure that has a bound, of picture, running state and device. */
export const figuresOf = (check: Check): readonly Figure[] => [...(check.picture?.figures ?? []), ...(check.running?.figures ?? []), ...(check.device?.figures ?? [])]

/** Two figures in a row: a camera has a dozen, and the basis of every bound is in the appendix. A document that gives one is named below. */
function figures(check: Check, lang: Lang): readonly Block[] {
  const all = figuresOf(check)
  if (all.length === 0) return []
  const say = (key: keyof typeof resultWords): string => resultWords[key][lang]
  const columns: readonly Column[] = [{ title: say('figure'), width: 21 }, { title: say('value'), width: 11, isNumber: true }, { title: say('threshold'), width: 10, isNumber: true }, { title: say('judged'), width: 8 }]
  const cells = (figure: Figure | undefined): readonly Cell[] =>
    figure ? [figureName(figure.code, lang), measure(figure, figure.value, lang), measure(figure, figure.threshold, lang), figure.result === 'ok' ? figureResults.ok[lang] : [strong(figureResults[figure.result][lang])]] : ['', '', '', '']
  const half = Math.ceil(all.length / 2)
  const documents = [...new Set(all.flatMap(({ basis }) => (basis === undefined ? [] : [basis])))]
  return [
    {
      kind: 'table',
      isSmall: true,
      columns: all.length > 1 ? [...columns, ...columns] : columns,
      rows: all.slice(0, half).map((figure, index) => [...cells(figure), ...(all.length > 1 ? cells(all[half + index]) : [])]),
      ...(documents.length > 0 ? { note: `${say('basis')}: ${documents.join(comma[lang])}` } : {}),
    },
  ]
}

/** When a longer look met an interruption or a picture that stood still. */
function spells({ attempts: made, running }: Check, lang: Lang): readonly Block[] {
  const figuresSeen = made.find((attempt) => attempt.n === running?.attempt)?.running
  if (!figuresSeen) return []
  const say = (name: string, list: readonly Spell[]): readonly Block[] =>
    list.length === 0 ? [] : [note(`${name} ${list.map(({ atS, ms }) => `${atS.toFixed(1)} s + ${ms} ms`).join(lang === 'zh' ? '、' : ', ')}`)]
  return [...say(resultWords.gapsAt[lang], figuresSeen.gapsAt), ...say(resultWords.freezesAt[lang], figuresSeen.freezesAt)]
}

function attempts(check: Check, lang: Lang): Block {
  const say = (key: keyof typeof words): string => words[key][lang]
  const table: Block = {
    kind: 'table',
    isSmall: true,
    columns: [{ title: say('attempt'), width: 16 }, { title: say('outcome'), width: 24 }, { title: '100', width: 8, isNumber: true }, { title: say('ok200'), width: 9, isNumber: true }, { title: 'ACK', width: 8, isNumber: true }, { title: say('firstPacket'), width: 9, isNumber: true }, { title: say('firstKeyframe'), width: 10, isNumber: true }, { title: say('firstPicture'), width: 9, isNumber: true }, { title: say('lag'), width: 8, isNumber: true }],
    rows: check.attempts.map((attempt): readonly Cell[] => {
      const { times } = attempt
      return [`${attempt.n} · ${startOf(attempt, lang)}`, outcomeOf(attempt, lang), ...[times.trying, times.ok, times.ack, times.firstPacket, times.firstKeyframe, times.firstPicture, attempt.loopLagMs].map(milliseconds)]
    }),
    note: say('timesNote'),
  }
  const bars = check.attempts.flatMap((attempt) => {
    const { times } = attempt
    const marks = ([['100', times.trying], [say('ok200'), times.ok], [say('firstPacket'), times.firstPacket], [say('firstKeyframe'), times.firstKeyframe], [say('firstPicture'), times.firstPicture]] as const).flatMap(([name, atMs]) => (atMs === undefined ? [] : [{ name, atMs }]))
    return marks.length === 0 ? [] : [{ label: `${say('attempt')} ${attempt.n}`, marks }]
  })
  return { kind: 'group', blocks: check.attempts.length === 0 ? [] : [table, ...(bars.length > 0 ? [{ kind: 'times', bars } as const] : [])] }
}

export const startOf = ({ start, isCold }: Attempt, lang: Lang): string => startNames[start ?? (isCold ? 'cold' : 'joined')][lang]

export function outcomeOf(attempt: Attempt, lang: Lang): string {
  const who = attempt.sipStatus === undefined ? '' : ` (${attempt.sipStatus}${attempt.hop ? `, ${words.answeredBy[lang]} ${attempt.hop}` : ''})`
  return `${outcomes[attempt.outcome][lang]}${who}${attempt.isOurFault ? ` (${words.ownTrouble[lang]})` : ''}`
}

function evidence(check: Check, lang: Lang): readonly Block[] {
  const files = check.evidence.filter((item) => item.kind !== 'picture' && item.kind !== 'keyframe')
  if (files.length === 0) return []
  return [
    note(
      `${words.evidence[lang]}: `,
      ...files.flatMap((item, index): readonly Run[] => [index === 0 ? '' : ' · ', dim(`${evidenceKinds[item.kind]?.[lang] ?? item.kind} `), code(item.file), dim(` ${item.sha256.slice(0, shownDigits)}…${item.removedAt === undefined ? '' : ` (${resultWords.removed[lang]} ${beijing(item.removedAt)})`}`)]),
    ),
  ]
}
