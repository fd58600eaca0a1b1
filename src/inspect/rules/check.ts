// A rule set from outside, section by section. A section that came later is `optional`: a rule set that was written before it has none.
import type { RuleSet } from '../types.ts'
import { absence } from './absence.ts'
import { clock, osd } from './clock.ts'
import { judgement } from './judgement.ts'
import { patience } from './patience.ts'
import { picture } from './picture.ts'
import { both, count, optional, record, text } from './reading.ts'
import { recheck } from './recheck.ts'
import { running } from './running.ts'
import { sampling } from './sampling.ts'
import { scores } from './scores.ts'
import { sharpness } from './sharpness.ts'
import { strata } from './strata.ts'

/** Checks a rule set that came from outside, and drops what is not part of one. Throws AppError `request.invalid` naming the field. */
export function checkRules(value: unknown): RuleSet {
  const rules = record(value, 'rules')
  return {
    name: text(rules.name, 'name', /^[A-Za-z0-9._-]{1,64}$/),
    version: count(rules.version, 'version', 1, 1_000_000),
    title: both(rules.title, 'title'),
    strata: strata(rules.strata, 'strata'),
    ...patience(rules),
    sampling: sampling(rules.sampling, 'sampling'),
    absence: absence(rules.absence, 'absence'),
    sharpness: sharpness(rules.sharpness, 'sharpness'),
    ...optional(rules, 'picture', picture),
    ...optional(rules, 'running', running),
    ...optional(rules, 'clock', clock),
    ...optional(rules, 'osd', osd),
    ...optional(rules, 'judgement', judgement),
    ...optional(rules, 'scores', scores),
    ...optional(rules, 'recheck', recheck),
  }
}
