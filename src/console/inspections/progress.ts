// An inspection as it grows: what was read once, and each event folded in. Events state facts, so hearing one twice changes nothing.
import type { Attempt, Check, InspectionDetail, InspectionEvent, InspectionState, PopulationMember, Result } from '../../api/schema/index.ts'

export type Pace = NonNullable<InspectionDetail['progress']>
export type PauseReason = NonNullable<InspectionDetail['pausedBecause']>

export interface Card {
  readonly n: number
  readonly camera: PopulationMember
  readonly stage: 'waiting' | 'running' | 'done'
  /** Attempts heard of while it runs; those of a done check stand in the check. */
  readonly attempts: readonly Attempt[]
  readonly check?: Check
}

export interface Counted extends Readonly<Record<Result, number>> {
  readonly total: number
  readonly done: number
}

export interface Progress {
  readonly state: InspectionState
  readonly cards: readonly Card[]
  /** Of one whose checks are read a page at a time: what the service counts. There are no cards then. */
  readonly counted?: Counted
  /** What the service counts and estimates, while it is under way. */
  readonly pace?: Pace
  /** Why the service paused by itself. */
  readonly pausedBecause?: PauseReason
}

export function progressOf({ state, sample, checks, progress, pausedBecause, isPaged, total, done: doneCount, results }: InspectionDetail): Progress {
  if (isPaged) return { state, cards: [], counted: { total, done: doneCount, ...results }, ...(progress && { pace: progress }), ...(pausedBecause && { pausedBecause }) }
  const done = new Map(checks.map((check) => [check.n, check]))
  return { state, ...(progress && { pace: progress }), ...(pausedBecause && { pausedBecause }), cards: sample.map((camera, index) => cardOf(index + 1, camera, done.get(index + 1))) }
}

const cardOf = (n: number, camera: PopulationMember, check: Check | undefined): Card => (check ? { n, camera, stage: 'done', attempts: check.attempts, check } : { n, camera, stage: 'waiting', attempts: [] })

/** What is read anew knows every done check; which ones run is known only from events. */
export function rejoin(before: Progress, read: Progress): Progress {
  const running = new Map(before.cards.flatMap((card) => (card.stage === 'running' ? [[card.n, card] as const] : [])))
  return { ...read, cards: read.cards.map((card) => (card.stage === 'waiting' ? (running.get(card.n) ?? card) : card)) }
}

export function applyEvent(progress: Progress, event: InspectionEvent): Progress {
  const change = (n: number, to: (card: Card) => Card): Progress => ({ ...progress, cards: progress.cards.map((card) => (card.n === n ? to(card) : card)) })
  switch (event.type) {
    case 'started':
      return progress
    case 'check-started':
      return change(event.n, (card) => (card.stage === 'done' ? card : { ...card, stage: 'running' }))
    case 'attempt':
      return change(event.n, (card) => (card.stage === 'done' ? card : { ...card, stage: 'running', attempts: [...card.attempts.filter((each) => each.n !== event.attempt.n), event.attempt] }))
    case 'check-done':
      return change(event.n, (card) => cardOf(card.n, card.camera, event.check))
    case 'progress':
      return { state: event.state, cards: progress.cards, ...(progress.counted && { counted: { ...progress.counted, done: event.progress.done } }), pace: event.progress, ...(event.pausedBecause && { pausedBecause: event.pausedBecause }) }
    case 'finished':
      // A check that was cut off leaves no verdict: it is not running any more.
      return { ...(progress.counted && { counted: progress.counted }), state: event.state, cards: progress.cards.map((card) => (card.stage === 'running' ? { ...card, stage: 'waiting' } : card)) }
  }
}

export const totalOf = ({ cards, counted }: Progress): number => counted?.total ?? cards.length
export const doneOf = ({ cards, counted }: Progress): number => counted?.done ?? cards.filter((card) => card.stage === 'done').length
export const countOf = ({ cards, counted }: Progress, result: Result): number => counted?.[result] ?? cards.filter((card) => card.check?.verdict.result === result).length

/** Its last picture is the one the verdict looked at longest after the start. */
export const pictureOf = (check: Check): string | undefined => check.evidence.findLast((item) => item.kind === 'picture')?.file
