// Seeds as people make them: typed, thrown with dice, or half of one. The words and limits are the API's (src/inspect/plan/seed.ts).
import { sha256 } from './sha256.ts'

/** Bytes that nobody can foresee. */
export type RandomBytes = (count: number) => Uint8Array
export const browserRandom: RandomBytes = (count) => crypto.getRandomValues(new Uint8Array(count))

export const isSeed = (text: string): boolean => /^(?:[0-9a-fA-F]{2}){8,32}$/.test(text)
export const isHalf = (text: string): boolean => /^[0-9a-fA-F]{1,64}$/.test(text)
export const isSalt = (text: string): boolean => /^[0-9a-fA-F]{32,64}$/.test(text)

export const hexOf = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
/** 128 bits. */
export const freshHex = (random: RandomBytes): string => hexOf(random(16))

/** 25 dice are 64 bits and more: as much as the shortest seed. Five dice in a hand, five throws. */
export const diceAtOnce = 5
export const diceWanted = 25

/** One to six, each as likely: bytes from 252 on are thrown again. */
export function rollDice(count: number, random: RandomBytes): string {
  let faces = ''
  while (faces.length < count) for (const byte of random(count)) if (byte < 252 && faces.length < count) faces += String((byte % 6) + 1)
  return faces
}

/** Faces in the order in which they fell, of real dice too: what else was typed is left out. */
export const facesOf = (typed: string): string => typed.replaceAll(/[^1-6]/g, '')
export const isEnough = (faces: string): boolean => faces.length >= diceWanted
/** Anyone makes it again: `printf FACES | sha256sum`. */
export const seedOfDice = (faces: string): string => sha256(faces)

/** What a side publishes before anybody reveals. */
export const commitmentOf = (half: string, salt: string): string => sha256(`${half.toLowerCase()}:${salt.toLowerCase()}`)
export const seedOfHalves = (first: string, second: string): string => sha256(`${first.toLowerCase()}:${second.toLowerCase()}`)
