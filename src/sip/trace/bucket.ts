// A rate: so many at once, then so many a second. Two numbers, since every device has some.

export interface Rate {
  readonly burst: number
  readonly perS: number
}
export interface Bucket {
  left: number
  lastUs: number
}

export const fullBucket = ({ burst }: Rate): Bucket => ({ left: burst, lastUs: 0 })

/** Whether one more may pass; `nowUs` monotonic. */
export function take(bucket: Bucket, { burst, perS }: Rate, nowUs: number): boolean {
  bucket.left = Math.min(burst, bucket.left + Math.max(0, ((nowUs - bucket.lastUs) / 1e6) * perS))
  bucket.lastUs = nowUs
  if (bucket.left < 1) return false
  bucket.left -= 1
  return true
}
