// A value that may not be readable: undefined instead of a ParseError.
import { ParseError } from '../../base/index.ts'

export function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof ParseError) return undefined
    throw error
  }
}
