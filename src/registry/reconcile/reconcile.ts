// A record against catalogs and presence: small pure rules, by the source that their findings are kept under.
import type { Found } from '../finding-types.ts'
import type { Camera } from '../types.ts'
import { checkAbsent, checkNetworking } from './listed.ts'
import { checkOffline, checkRemoved } from './presence.ts'
import { checkReported, checkVerified } from './values.ts'
import type { ReconcileContext, ReconcileOptions, ReconcileRule, Standing } from './types.ts'

/** Ours: no text gives figures. 50 m is more than a phone's fix is off, and less than a crossing is wide. */
export const reconciling: ReconcileOptions = { distanceM: 50, offlineDays: 7 }

const rules: Readonly<Record<'catalog' | 'presence' | 'inspection', readonly ReconcileRule[]>> = {
  catalog: [checkAbsent, checkNetworking, checkReported],
  presence: [checkRemoved, checkOffline],
  inspection: [checkVerified],
}

/** What is in a catalog without a record is a draft, and its finding the draft's own (`record.undeclared`, under the source catalog). */
export function reconcile(camera: Camera, standing: Standing, context: ReconcileContext): readonly Found[] {
  return (Object.keys(rules) as (keyof typeof rules)[]).map((source) => ({
    cameraId: camera.id,
    source,
    findings: [...(source === 'catalog' && camera.isDraft ? camera.findings : []), ...rules[source].flatMap((rule) => rule(camera, standing, context))],
  }))
}
