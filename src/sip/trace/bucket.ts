// A rate: so many at once, then so many a second. Two numbers, since every device has some.

export interface Bucket {
  /** Whether one more may pass; `nowUs` monotonic. */
  readonly take: (nowUs: number) => boolean
}

export function createBucket({ burst, perS }: { readonly burst: number; readonly perS: number }): Bucket {
  let left = burst
  let lastUs: number | undefined
  return {
    take: (nowUs) => {
      if (lastUs !== undefined) left = Math.min(burst, left + Math.max(0, ((nowUs - lastUs) / 1e6) * perS))
      lastUs = nowUs
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
