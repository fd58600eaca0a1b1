// Tells what a camera's sound is by its bytes. Interop: G.711 declared for AAC and the reverse (Q84), A-law for µ-law (ZLMediaKit 4280): framing
// decides for AAC; of the two laws of G.711 the one under which the sound can be predicted from its own past is the right one.
import type { AudioCodec, OtherAudio } from '../types.ts'
import { beginsWithAdts, parseAdts } from './adts.ts'
import { linearOf, type Law } from './g711.ts'

export type AudioName = AudioCodec | OtherAudio

export interface AudioWatch {
  /** The next packet's bytes; what they are, undefined while too few came. */
  readonly push: (bytes: Buffer) => AudioName | undefined
  readonly declare: (name: AudioName) => void
}

/** 0.1 s of G.711: enough for a verdict; looked at again once a second. */
const windowBytes = 800
const reviewBytes = 8_000
/** A law is decidedly better with so much less left to guess; a sound is decidedly G.711 with less than half of it left. */
const decided = 0.6
const isG711Below = 0.5
/** So many reviews in a row against what is believed overturn it. */
const overturnAfter = 3
/** Packets without the framing that AAC should have. */
const unframedAfter = 8

export function createAudioWatch(): AudioWatch {
  const window = Buffer.alloc(windowBytes)
  let filled = 0
  let since = 0
  let declared: AudioName | undefined
  let known: AudioName | undefined
  let doubts = 0
  let unframed = 0

  const judge = (): AudioName | undefined => {
    const costs = { pcma: unpredicted('pcma', window), pcmu: unpredicted('pcmu', window) }
    const better: Law = costs.pcma <= costs.pcmu ? 'pcma' : 'pcmu'
    const isClear = costs[better] < decided * costs[better === 'pcma' ? 'pcmu' : 'pcma'] && costs[better] < isG711Below
    if (isClear) return better
    if (holdsAdts(window)) return 'aac'
    if (declared === 'pcma' || declared === 'pcmu') return known === 'pcma' || known === 'pcmu' ? known : declared
    return undefined
  }
  const believe = (found: AudioName | undefined): void => {
    if (found === known || found === undefined) {
      doubts = 0
      return
    }
    doubts++
    if (known !== undefined && known !== 'unknown' && doubts < overturnAfter) return
    known = found
    doubts = 0
  }
  const sample = (bytes: Buffer): void => {
    since += bytes.length
    if (since > windowBytes && since < reviewBytes && known !== undefined) return
    filled += bytes.copy(window, filled)
    if (filled < windowBytes) return
    filled = since = 0
    const found = judge()
    believe(found)
    if (known === undefined && found === undefined) known = 'unknown'
  }
  return {
    push: (bytes) => {
      if (bytes[0] === 0xff && beginsWithAdts(bytes)) {
        known = 'aac'
        unframed = filled = since = doubts = 0
        return known
      }
      // A frame cut over two packets has its header in the first alone.
      if (known === 'aac' && ++unframed < unframedAfter) return known
      if (isOther(declared) && known !== 'aac') return declared
      if (declared === 'aac' && known === undefined && ++unframed < unframedAfter) return undefined
      sample(bytes)
      return known
    },
    declare: (name) => {
      if (name === declared) return
      declared = name
      if (known === 'unknown') known = undefined
    },
  }
}

/** Somewhere in it one frame leads to the next: AAC that is cut without regard to its frames. */
function holdsAdts(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(0xff); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const header = parseAdts(bytes, at)
    if (header && parseAdts(bytes, at + header.frameBytes)?.config.equals(header.config) === true) return true
  }
  return false
}

/** Declared, and with nothing in its bytes to tell it by. */
const isOther = (name: AudioName | undefined): name is OtherAudio => name !== undefined && name !== 'unknown' && name !== 'aac' && name !== 'pcma' && name !== 'pcmu'

/** Quantisation and a quiet room, in squares of the 16-bit scale: below them nothing can be predicted. */
const floor = 64
const quiet = 4096

/**
 * The part of a sound's power that its last two samples do not tell, 0 to 1, under one law. Sound in the right law has little of it;
 * in the wrong one, and in what is no G.711 at all, much. A constant offset counts as unpredicted: sound has none.
 */
function unpredicted(law: Law, bytes: Buffer): number {
  const linear = linearOf(law)
  let sum = 0
  for (const byte of bytes) sum += linear[byte] ?? 0
  const mean = sum / bytes.length
  let [power, one, two, before, last] = [0, 0, 0, 0, 0]
  for (const byte of bytes) {
    const value = (linear[byte] ?? 0) - mean
    power += value * value
    one += value * last
    two += value * before
    before = last
    last = value
  }
  power /= bytes.length
  one /= bytes.length
  two /= bytes.length
  // The best predictor of two taps, by Levinson and Durbin.
  const first = power === 0 ? 0 : one / power
  const left = power * (1 - first * first)
  const second = left <= 0 ? 0 : (two - first * one) / left
  const residue = Math.max(0, left * (1 - second * second))
  return (residue + mean * mean + floor) / (power + mean * mean + quiet)
}
