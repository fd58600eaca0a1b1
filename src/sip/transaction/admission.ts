// Who is let in when there is little room: registered devices before strangers. RFC 3261 21.5.4; the bounds are ours.

export interface Limits {
  /** Requests that wait for the user's answer. Beyond it a request is answered 503 and not kept. */
  readonly unanswered: number
  /** The part of them that strangers may take. */
  readonly unansweredStrangers: number
  /** Answered transactions kept so that a copy gets the same answer. Beyond it the oldest is forgotten, whose copy then comes as a new request. */
  readonly answered: number
  readonly answeredStrangers: number
  /** Messages of strangers read in a second, and at once after a quiet one; the others are dropped unread. */
  readonly strangersPerSecond: number
}

/**
 * 20,000 devices that send something every 12 s leave 50,000 answers of 32 s. A user that has 4,000 requests unanswered is behind: one that answers
 * 1,000 a second gives the last of them its answer after 4 s, when its sender has sent it four times.
 */
export const usualLimits: Limits = { unanswered: 4_000, unansweredStrangers: 3_000, answered: 50_000, answeredStrangers: 10_000, strangersPerSecond: 10_000 }

export interface Gate {
  /** Whether one more message of a stranger is read now. */
  readonly admits: (nowUs: number) => boolean
}

/** A bucket of one second's worth that fills evenly. */
export function createGate(perSecond: number): Gate {
  let room = perSecond
  let sinceUs: number | undefined
  return {
    admits: (nowUs) => {
      room = Math.min(perSecond, room + ((nowUs - (sinceUs ?? nowUs)) * perSecond) / 1_000_000)
      sinceUs = nowUs
      if (room < 1) return false
      room--
      return true
    },
  }
}

export interface Counts {
  readonly known: number
  readonly strangers: number
}

/** Whether a request may wait for the user, by how many wait already. */
export const mayWait = (isKnown: boolean, waiting: Counts, limits: Limits): boolean =>
  waiting.known + waiting.strangers < limits.unanswered && (isKnown || waiting.strangers < limits.unansweredStrangers)

/** Seconds for Retry-After: 10 to 29, by the request's own tag, so that those refused together do not come back together. */
export const retryAfterS = (toTag: string): number => 10 + (Number.parseInt(toTag.slice(0, 6), 16) % 20)
