// What a module may say: one line per transition an operator would care for. main hands out the real writer (pino).

export type Fields = Readonly<Record<string, unknown>>

export interface Log {
  readonly debug: (fields: Fields, message: string) => void
  readonly info: (fields: Fields, message: string) => void
  readonly warn: (fields: Fields, message: string) => void
  readonly error: (fields: Fields, message: string) => void
}

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
