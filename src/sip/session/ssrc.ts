// The SSRC that a session agrees by `y=`, and who gets which. GB/T 28181-2022 Annex G.
import type { RandomBytes } from '../../base/index.ts'

/** Serial numbers of four digits: the standard's bound of one domain and direction. */
const serials = 10_000

export interface Ssrcs {
  /** An SSRC that is not in use, or undefined when all 10,000 of the kind are. */
  readonly take: (kind: 'live' | 'history') => number | undefined
  /** Gives one back; giving back twice, or a stranger's, is nothing. */
  readonly giveBack: (ssrc: number) => void
  readonly inUse: () => number
}

/**
 * Allocates for the domain of `id`, our 20-digit code: first digit 0 live or 1 history, then digits 4-8 of the id, then a serial.
 * Serials go round from a random start, so that one given back is the last to be taken again (cameras may send on after BYE).
 */
export function createSsrcs(options: { readonly id: string; readonly random: RandomBytes }): Ssrcs {
  const domain = options.id.slice(3, 8).replace(/\D/g, '0').padEnd(5, '0')
  const used = new Set<number>()
  let next = options.random(2).readUInt16BE() % serials
  return {
    take: (kind) => {
      const base = Number(`${kind === 'live' ? 0 : 1}${domain}0000`)
      for (let tried = 0; tried < serials; tried++) {
        const ssrc = base + next
        next = (next + 1) % serials
        if (used.has(ssrc)) continue
        used.add(ssrc)
        return ssrc
      }
      return undefined
    },
    giveBack: (ssrc) => void used.delete(ssrc),
    inUse: () => used.size,
  }
}

/** The ten digits of `y=`. */
export const formatSsrc = (ssrc: number): string => String(ssrc).padStart(10, '0')

/**
 * The number behind a `y=`; undefined when it is no 32-bit number. A peer's digits say nothing else: cameras number by their
 * own rule, so they are compared as numbers and never checked for structure.
 */
export function parseSsrc(text: string): number | undefined {
  if (!/^\d{1,10}$/.test(text)) return undefined
  const ssrc = Number(text)
  return ssrc <= 0xffffffff ? ssrc : undefined
}
