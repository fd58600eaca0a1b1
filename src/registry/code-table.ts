// What a code table is: codes with their words in both languages.

export interface Code {
  readonly code: string
  readonly zh: string
  readonly en: string
}
export type CodeTable = readonly Code[]

export const table = (...rows: readonly (readonly [code: string, zh: string, en: string])[]): CodeTable => rows.map(([code, zh, en]) => ({ code, zh, en }))
