// The rule set that ships: every threshold has a name and a version. Each section's file says where its figures come from.
import type { RuleSet } from '../types.ts'
import { absenceDefault } from './absence.ts'
import { patienceDefault } from './patience.ts'
import { samplingDefault } from './sampling.ts'
import { sharpnessDefault } from './sharpness.ts'
import { strataDefault } from './strata.ts'

export const defaultRules: RuleSet = {
  name: 'default',
  version: 1,
  title: { zh: '默认规则', en: 'Default rules' },
  strata: strataDefault,
  ...patienceDefault,
  sampling: samplingDefault,
  absence: absenceDefault,
  sharpness: sharpnessDefault,
}
