// What comes after a verdict: appeals, further checks, second opinions, other rules; and all of it in order.
export { createAppeals, type Appeals } from './appeals.ts'
export { createCheckAgain, type CheckAgainDeps } from './check-again.ts'
export { historyOf, type HistoryParts } from './history.ts'
export type { CheckAgain, ReviewStore } from './needs.ts'
export { createOpinions, type Opinions, type OpinionsDeps } from './opinions.ts'
export { createRechecks, type Rechecks, type RechecksDeps } from './rechecks.ts'
export { createRejudging, type Rejudging, type RejudgingDeps } from './rejudging.ts'
