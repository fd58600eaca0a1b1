// What was aimed at, and whether it was met.

export interface Aim {
  readonly name: string
  readonly found: string
  readonly isMet: boolean
}

const kinds = ['missing', 'repeated', 'damaged', 'wrong_stream', 'bad', 'dts_back', 'dts_odd'] as const

export const print = (text: string): void => void process.stdout.write(`${text}\n`)
export const fixed = (value: number): string => value.toFixed(3)
export const faults = (pull: Record<string, unknown>): string => kinds.map((name) => `${name} ${String(pull[name])}`).join(', ')
export const atMost = (name: string, value: number, aim: number): Aim => ({ name, found: `${Number(value.toFixed(3))} (aim: at most ${aim})`, isMet: value <= aim })
export const none = (name: string, pull: Record<string, unknown>): Aim => ({ name, found: faults(pull), isMet: kinds.every((kind) => Number(pull[kind]) === 0) })

export function sumUp(aims: readonly Aim[]): void {
  for (const { name, found, isMet } of aims) print(`${isMet ? 'met    ' : 'NOT MET'}  ${name}: ${found}`)
}
