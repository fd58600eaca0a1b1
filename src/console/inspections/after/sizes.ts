// Figures of the documents: bytes, rates with their interval, probabilities.
import type { Rate } from '../../../api/schema/index.ts'
import { percent } from '../../ui/format.ts'

export const sizeText = (bytes: number): string => (bytes === 0 ? '0' : bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1024))} KiB` : bytes < 1_073_741_824 ? `${(bytes / 1_048_576).toFixed(1)} MiB` : `${(bytes / 1_073_741_824).toFixed(2)} GiB`)
/** `7/10 70.0 % (34.8–93.3)`: never a rate without its count. */
export function rateText({ numerator, denominator, rate, interval95 }: Rate): string {
  if (rate === null) return `${numerator}/${denominator}`
  return `${numerator}/${denominator} ${percent(rate)}${interval95 ? ` (${(interval95[0] * 100).toFixed(1)}–${(interval95[1] * 100).toFixed(1)})` : ''}`
}
export const pText = (p: number | null): string => (p === null ? '–' : p < 0.0001 ? '< 0.0001' : p.toFixed(4))
/** In percentage points, signed. */
export const pointsText = (difference: number | null): string => (difference === null ? '–' : `${difference > 0 ? '+' : ''}${(difference * 100).toFixed(1)}`)
