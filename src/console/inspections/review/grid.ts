// What is kept of a baseline: levels of a picture on 32 x 18 cells, and how fine its detail was. Bytes of base64, one a cell for each.
export const [across, down] = [32, 18] as const
const cells = across * down
/** Detail of a cell that text or a border covers for the most part. */
const unknown = 255

export interface Grid {
  readonly levels: readonly number[]
  readonly covered: readonly boolean[]
}

/** Undefined for what is no such grid. */
export function gridOf(signature: string | undefined): Grid | undefined {
  if (signature === undefined || signature.length > 4 * cells) return undefined
  try {
    const bytes = Uint8Array.from(atob(signature), (letter) => letter.charCodeAt(0))
    if (bytes.length !== 2 * cells) return undefined
    return { levels: [...bytes.subarray(0, cells)], covered: [...bytes.subarray(cells)].map((detail) => detail === unknown) }
  } catch {
    return undefined
  }
}
