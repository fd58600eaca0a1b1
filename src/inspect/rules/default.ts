// The rule set that ships: every threshold has a name and a version. Each section's file says where its figures come from.
import type { RuleSet } from '../types.ts'
import { absenceDefault } from './absence.ts'
import { clockDefault, osdDefault } from './clock.ts'
import { judgementDefault } from './judgement.ts'
import { patienceDefault } from './patience.ts'
import { pictureDefault } from './picture.ts'
import { recheckDefault } from './recheck.ts'
import { runningDefault } from './running.ts'
import { samplingDefault } from './sampling.ts'
import { scoresDefault } from './scores.ts'
import { sharpnessDefault } from './sharpness.ts'
import { strataDefault } from './strata.ts'

export const defaultRules: RuleSet = {
  name: 'default',
  version: 2,
  title: { zh: '默认规则', en: 'Default rules' },
  strata: strataDefault,
  ...patienceDefault,
  sampling: samplingDefault,
  absence: absenceDefault,
  sharpness: sharpnessDefault,
  picture: pictureDefault,
  running: runningDefault,
  clock: clockDefault,
  osd: osdDefault,
  judgement: judgementDefault,
  scores: scoresDefault,
  recheck: recheckDefault,
}
