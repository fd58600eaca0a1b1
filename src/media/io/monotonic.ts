// Clocks of one process, laid against the system's monotonic clock, which all its threads share.

const systemUs = (): number => Number(process.hrtime.bigint() / 1000n)
const tries = 8

/** By how much a clock's microseconds are ahead of the system's monotonic ones: of some readings the one that took least. */
export function aheadOfSystem(nowUs: () => number): number {
  let [least, ahead] = [Infinity, 0]
  for (let i = 0; i < tries; i++) {
    const before = systemUs()
    const now = nowUs()
    const after = systemUs()
    if (after - before >= least) continue
    least = after - before
    ahead = now - before
  }
  return ahead
}
