// The basis of every figure of a rule set, by its path. A test holds that the shipped default has one for each and none beside.
import { absenceBasis } from './absence.ts'
import type { Basis, SectionBasis } from './basis.ts'
import { clockBasis, osdBasis } from './clock.ts'
import { judgementBasis } from './judgement.ts'
import { patienceBasis } from './patience.ts'
import { pictureBasis } from './picture.ts'
import { recheckBasis } from './recheck.ts'
import { runningBasis } from './running.ts'
import { samplingBasis } from './sampling.ts'
import { scoresBasis } from './scores.ts'
import { sharpnessBasis } from './sharpness.ts'
import { strataBasis } from './strata.ts'

const within = (section: string, basis: SectionBasis): readonly (readonly [string, Basis])[] => Object.entries(basis).map(([path, each]) => [path.startsWith('[') ? `${section}${path}` : `${section}.${path}`, each])

/** Places in lists stand as `[*]`. */
export const bases: ReadonlyMap<string, Basis> = new Map([
  ...within('strata', strataBasis),
  ...Object.entries(patienceBasis),
  ...within('sampling', samplingBasis),
  ...within('absence', absenceBasis),
  ...within('sharpness', sharpnessBasis),
  ...within('picture', pictureBasis),
  ...within('running', runningBasis),
  ...within('clock', clockBasis),
  ...within('osd', osdBasis),
  ...within('judgement', judgementBasis),
  ...within('scores', scoresBasis),
  ...within('recheck', recheckBasis),
])

/** Words, not figures. */
export const isWords = (path: string): boolean => /(^|\.)(zh|en)$/.test(path)

/** Where the shipped default's figure at this path comes from; of another rule set it holds as far as the figure is the same. */
export const basisOf = (path: string): Basis | undefined => bases.get(path.replace(/\[\d+\]/g, '[*]'))
