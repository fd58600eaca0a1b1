// Judges as the default does, but by the second blur figure. It has a name of its own until networks have tried it on pictures of theirs (`yiji score FOLDER --rules blur2`,
// and judging an old inspection again by it): a default is changed by what is known of cameras, not of photographs alone.
import type { RuleSet } from '../types.ts'
import { defaultRules } from './default.ts'

export const secondFigure: RuleSet = {
  ...defaultRules,
  name: 'blur2',
  version: 1,
  title: { zh: '默认规则，第二种模糊度量（试用）', en: 'Default rules by the second blur figure (on trial)' },
  // The bounds of the default: on the tuning half, each scene by weights fitted without it, none did plainly better (docs/sharpness.md).
  sharpness: { ...defaultRules.sharpness, clearBelowPx: 1.4, unclearFromPx: 1.9, figure: 2 },
}
