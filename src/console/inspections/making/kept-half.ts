// Half and salt of a draw of two sides, from commitment to revealing: kept in this browser alone, under the account that made them.
import { recallJson, remember } from '../../client/kept.ts'
import { isHalf, isSalt } from './seed.ts'

export interface Half {
  readonly half: string
  readonly salt: string
}

const keyOf = (draw: string, account: string): string => `yiji.half.${draw}.${account}`
export const keepHalf = (draw: string, account: string, mine: Half): void => remember(keyOf(draw, account), JSON.stringify(mine))
export const keptHalf = (draw: string, account: string): Half | undefined =>
  recallJson(keyOf(draw, account), (value) => (typeof value === 'object' && value !== null && 'half' in value && 'salt' in value && typeof value.half === 'string' && typeof value.salt === 'string' && isHalf(value.half) && isSalt(value.salt) ? { half: value.half, salt: value.salt } : undefined))
