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

export interface Progress {
  readonly state: InspectionState
  readonly cards: readonly Card[]
  /** What the service counts and estimates, while it is under way. */
  readonly pace?: Pace
  /** Why the service paused by itself. */
  readonly pausedBecause?: PauseReason
}

export function progressOf({ state, sample, checks, progress, pausedBecause }: InspectionDetail): Progress {
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
      return { state: event.state, cards: progress.cards, pace: event.progress, ...(event.pausedBecause && { pausedBecause: event.pausedBecause }) }
    case 'finished':
      // A check that was cut off leaves no verdict: it is not running any more.
      return { state: event.state, cards: progress.cards.map((card) => (card.stage === 'running' ? { ...card, stage: 'waiting' } : card)) }
  }
}

export const doneOf = ({ cards }: Progress): number => cards.filter((card) => card.stage === 'done').length
export const countOf = ({ cards }: Progress, result: Result): number => cards.filter((card) => card.check?.verdict.result === result).length

/** Its last picture is the one the verdict looked at longest after the start. */
export const pictureOf = (check: Check): string | undefined => check.evidence.findLast((item) => item.kind === 'picture')?.file
