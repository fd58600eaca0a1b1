// Holds a session to the sender that spoke first. SSRC is advice, since cameras number by rules of their own, send 0, or change it
// (Q66, Q67, Q68, Q95); the address, or the connection over TCP, is the identity (Q72). In order, with its reasons:
//  1. The first valid packet makes its sender the source, whatever address and SSRC the answer named.
//  2. While the source is heard all others are strangers, by address and by SSRC; after a second of silence another is followed.
//  3. The same host and SSRC going on in number from another port is the source itself: a NAT made its way anew.
//  4. The agreed SSRC decides once: who carries it takes the place of a source that does not.
//  5. The source's own address under another SSRC is a camera that restarted: believed after some packets without the old one in
//     between, unless the old one is the agreed one: a camera may send sound under an SSRC of its own.
//  6. A sender known from an ended session of another camera, under the SSRC of that session, goes on after BYE (Q103): it waits, and is
//     taken only when nobody else has come.
import { isStray } from './sequence.ts'

export interface Sender {
  readonly host: string
  readonly port: number
}

export interface Stranger extends Partial<Sender> {
  readonly ssrc: number
  readonly packets: number
}

export interface SourceLatch {
  /** same: the source we follow; changed: another one, followed from now on; stranger: not to be taken. Without `from` only the SSRC tells senders apart. */
  readonly admit: (packet: { readonly ssrc: number; readonly sequence: number }, atUs: number, from?: Sender) => 'same' | 'changed' | 'stranger'
  /** What the answer says its RTP will carry. */
  readonly expect: (ssrc: number) => void
  readonly source: () => (Partial<Sender> & { readonly ssrc: number }) | undefined
  /** The first eight by address and SSRC, with the packets of each. */
  readonly strangers: () => readonly Stranger[]
}

/** Another source is followed when the known one was silent for so long. */
const silenceUs = 1_000_000
/** So many packets under another SSRC, and the old one silent for so long, are a restart of the same sender. */
const restartPackets = 16
const restartUs = 200_000
/** How long one who should be silent waits for somebody else to speak. */
const lateUs = 2_000_000
const maxStrangers = 8

export function createSourceLatch(isLate: (from: Sender, ssrc: number) => boolean = () => false): SourceLatch {
  let known: { ssrc: number; from: Sender | undefined; sequence: number; atUs: number } | undefined
  let agreed: number | undefined
  /** Under another SSRC from the source's own address. */
  let restart = { ssrc: 0, packets: 0 }
  let lateSinceUs: number | undefined
  const strangers: { ssrc: number; from: Sender | undefined; packets: number }[] = []

  const note = (ssrc: number, from: Sender | undefined): 'stranger' => {
    const one = strangers.find((each) => each.ssrc === ssrc && isSame(each.from, from))
    if (one) one.packets++
    else if (strangers.length < maxStrangers) strangers.push({ ssrc, from, packets: 1 })
    return 'stranger'
  }
  /** The first sender of all may be one who should be silent. */
  const isWaiting = (ssrc: number, atUs: number, from: Sender | undefined): boolean => {
    if (!from || ssrc === agreed || !isLate(from, ssrc)) return false
    lateSinceUs ??= atUs
    return atUs - lateSinceUs < lateUs
  }
  const isRestart = (ssrc: number, atUs: number, silentSinceUs: number): boolean => {
    if (known?.ssrc === agreed) return false
    restart = { ssrc, packets: restart.ssrc === ssrc ? restart.packets + 1 : 1 }
    return restart.packets >= restartPackets && atUs - silentSinceUs >= restartUs
  }

  return {
    admit: ({ ssrc, sequence }, atUs, from) => {
      if (!known) {
        if (isWaiting(ssrc, atUs, from)) return note(ssrc, from)
        known = { ssrc, from, sequence, atUs }
        return 'same'
      }
      const isHere = isSame(known.from, from)
      const isMoved = !isHere && ssrc === known.ssrc && known.from?.host === from?.host && !isStray(known.sequence, sequence)
      if (ssrc === known.ssrc && (isHere || isMoved)) {
        known.from = from
        known.sequence = sequence
        known.atUs = atUs
        restart.packets = 0
        return 'same'
      }
      const isAgreed = ssrc === agreed && known.ssrc !== agreed
      const isFollowed = isAgreed || atUs - known.atUs >= silenceUs || (isHere && isRestart(ssrc, atUs, known.atUs))
      if (!isFollowed) return note(ssrc, from)
      known = { ssrc, from, sequence, atUs }
      restart.packets = 0
      return 'changed'
    },
    expect: (ssrc) => {
      agreed = ssrc
    },
    source: () => known && { ssrc: known.ssrc, ...known.from },
    strangers: () => strangers.map(({ ssrc, from, packets }) => ({ ssrc, ...from, packets })),
  }
}

const isSame = (one: Sender | undefined, other: Sender | undefined): boolean => one === other || (one?.host === other?.host && one?.port === other?.port)
