// Which accepted connections are held, and which one goes when there is no room: strangers before devices, the longest silent first.

export interface CrowdLimits {
  /** Connections held at once, one per device. */
  readonly connections: number
  /** Of them, those that no registered device is behind. */
  readonly strangers: number
  /** Strangers from one address: a site behind an address translator or a load balancer connects all its devices within seconds of a power cut. */
  readonly strangersOfOneHost: number
  /** A stranger silent for so long goes as soon as half the room for strangers is taken. */
  readonly silentMs: number
  /** Bytes of unfinished messages that all strangers may make us hold. */
  readonly heldBytes: number
}

export const usualCrowd: CrowdLimits = { connections: 20_000, strangers: 4_000, strangersOfOneHost: 1_000, silentMs: 60_000, heldBytes: 64 * 1024 * 1024 }

/** Looked at before the longest silent goes: who floods us must not make each connection cost a walk over all. */
const mostLooked = 100

export interface Member {
  readonly host: string
  /** Asked anew each time, since it changes with every registration. */
  readonly isKnown: () => boolean
  /** Bytes of an unfinished message. */
  readonly held: () => number
}

export interface Crowd<Of extends Member> {
  /** Takes one in; gives those that must go for it. Undefined: there is no room, since all are devices. */
  readonly add: (member: Of, nowUs: number) => readonly Of[] | undefined
  /** A whole message came by it. */
  readonly heard: (member: Of, nowUs: number) => void
  /** One holds more than before: gives the stranger that must go when that is too much in all, the one that holds most. */
  readonly grown: () => Of | undefined
  readonly remove: (member: Of) => void
  readonly size: () => number
  readonly strangers: () => number
}

export function createCrowd<Of extends Member>(limits: CrowdLimits): Crowd<Of> {
  const all = new Set<Of>()
  /** Since when each has been silent; the longest silent first. A device stays among them until it is looked for. */
  const silentSince = new Map<Of, number>()
  const byHost = new Map<string, Set<Of>>()

  const forget = (member: Of): void => {
    silentSince.delete(member)
    const there = byHost.get(member.host)
    there?.delete(member)
    if (there?.size === 0) byHost.delete(member.host)
  }
  const enter = (member: Of, nowUs: number): void => {
    silentSince.set(member, nowUs)
    const there = byHost.get(member.host) ?? new Set()
    byHost.set(member.host, there.add(member))
  }
  /** The first true stranger; devices met on the way are no longer counted among the strangers. */
  const first = (from: Iterable<Of>): Of | undefined => {
    for (const member of from) {
      if (!member.isKnown()) return member
      forget(member)
    }
    return undefined
  }
  /** Who makes room: one that is counted as a stranger and has become a device is let go of, and nobody goes; else the longest silent. */
  const displaced = (from: Iterable<Of>): Of | undefined => {
    let oldest: Of | undefined
    let looked = 0
    for (const member of from) {
      if (member.isKnown()) {
        forget(member)
        return undefined
      }
      oldest ??= member
      if (++looked === mostLooked) break
    }
    return oldest
  }
  const expel = (member: Of): Of => {
    forget(member)
    all.delete(member)
    return member
  }
  const longSilent = (nowUs: number): Of[] => {
    const gone: Of[] = []
    while (silentSince.size > limits.strangers / 2) {
      const oldest = first(silentSince.keys())
      if (!oldest || nowUs - (silentSince.get(oldest) ?? nowUs) < limits.silentMs * 1000) break
      gone.push(expel(oldest))
    }
    return gone
  }

  return {
    add: (member, nowUs) => {
      const gone = longSilent(nowUs)
      const there = byHost.get(member.host)
      if (there && there.size >= limits.strangersOfOneHost) {
        const oldest = displaced(there)
        if (oldest) gone.push(expel(oldest))
      }
      if (silentSince.size >= limits.strangers) {
        const oldest = displaced(silentSince.keys())
        if (oldest) gone.push(expel(oldest))
      }
      if (all.size >= limits.connections) {
        const oldest = first(silentSince.keys())
        if (!oldest) return undefined
        gone.push(expel(oldest))
      }
      all.add(member)
      enter(member, nowUs)
      return gone
    },
    heard: (member, nowUs) => {
      if (!all.has(member)) return
      forget(member)
      if (!member.isKnown()) enter(member, nowUs)
    },
    grown: () => {
      let held = 0
      let most: Of | undefined
      for (const member of silentSince.keys()) {
        if (member.held() === 0 || member.isKnown()) continue
        held += member.held()
        if (member.held() > (most?.held() ?? 0)) most = member
      }
      return held > limits.heldBytes ? most && expel(most) : undefined
    },
    remove: (member) => {
      forget(member)
      all.delete(member)
    },
    size: () => all.size,
    strangers: () => silentSince.size,
  }
}
