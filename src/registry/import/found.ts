// What catalogs and presence say of records that an import is about to write.
import type { Clock } from '../../base/index.ts'
import { reconciling } from '../reconcile/reconcile.ts'
import { createReconciler } from '../reconcile/reconciler.ts'
import type { ReconcileOptions } from '../reconcile/types.ts'
import type { RegistryStore } from '../types.ts'
import type { FindFound } from './types.ts'

export function reconciliation(store: RegistryStore, clock: Clock, options: ReconcileOptions = reconciling): FindFound {
  const reconciler = createReconciler({ store, clock, options, inPart: (task) => task() })
  return (cameras) => reconciler.findingsOf(cameras)
}
