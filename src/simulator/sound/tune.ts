// What a simulated microphone hears: four notes a second over a quiet hum, and a little noise, at 8 kHz.

export const tuneRate = 8_000
/** One round of it. */
export const tuneSeconds = 2

const notesHz = [440, 554, 659, 880, 659, 554, 440, 330]
const noteS = 0.25

export function drawTune(): Int16Array {
  let noise = 1
  return Int16Array.from({ length: tuneRate * tuneSeconds }, (_, n) => {
    const t = n / tuneRate
    const into = t % noteS
    const note = Math.sin(2 * Math.PI * (notesHz[Math.floor(t / noteS)] ?? 0) * t) * Math.min(1, into / 0.01) * Math.exp(-into * 6)
    // Of a generator that gives the same noise each time. Numerical Recipes 7.1.
    noise = (noise * 1_664_525 + 1_013_904_223) % 2 ** 32
    return Math.round(9_000 * note + 700 * Math.sin(2 * Math.PI * 100 * t) + 120 * (noise / 2 ** 31 - 1))
  })
}
