// Lets in who asks for a stream without HTTP (RTMP, RTSP): by the signed token of the address, under the same rules and with the same
// audit as the HTTP routes.
import { may, type Account, type Accounts } from '../accounts/index.ts'
import type { ErrorCode } from '../base/index.ts'
import type { Registry } from '../registry/index.ts'
import { areaOf } from './areas.ts'
import type { LiveTokens } from './live-token.ts'

export interface LiveKnock {
  readonly camera: string
  /** As `GET /live/{camera}` made it; empty where the player brought none. */
  readonly token: string
  /** What it speaks, and where it asks from, as far as that is known; both stand in the audit trail. */
  readonly protocol: string
  readonly address?: string
}

export type LiveAdmission =
  | { readonly ok: true; readonly account: string }
  /** `auth.required`: no token, not ours, for another camera, or over. */
  | { readonly ok: false; readonly code: Extract<ErrorCode, 'auth.required' | 'auth.refused' | 'not-found'>; readonly detail: string }

export interface LiveDoor {
  readonly admit: (knock: LiveKnock) => Promise<LiveAdmission>
  /** The same for an account that has proved itself otherwise. */
  readonly enter: (account: Account, knock: Omit<LiveKnock, 'token'>) => Promise<LiveAdmission>
}

export function createLiveDoor(deps: { readonly accounts: Pick<Accounts, 'find' | 'audit'>; readonly registry: Pick<Registry, 'camera'>; readonly tokens: LiveTokens }): LiveDoor {
  const { accounts, registry, tokens } = deps
  const refuse = (code: Extract<LiveAdmission, { ok: false }>['code'], detail: string): LiveAdmission => ({ ok: false, code, detail })
  const enter: LiveDoor['enter'] = async (account, { camera: id, protocol, address }) => {
    if (account.mustChange) return refuse('auth.refused', `${account.name} has to choose a password first`)
    if (!may(account, 'live.view')) return refuse('auth.refused', `the role ${account.role} does not allow live.view`)
    const camera = await registry.camera(id)
    if (!camera || !may(account, 'live.view', areaOf(camera))) return refuse('not-found', `there is no camera ${id}`)
    await accounts.audit({ account: account.name, ...(address !== undefined && { address }), action: 'live.view', subject: id, detail: protocol })
    return { ok: true, account: account.name }
  }
  return {
    admit: async ({ token, ...knock }) => {
      const claim = tokens.check(token, knock.camera)
      const account = claim ? await accounts.find(claim.account) : undefined
      if (!account || account.disabled) return refuse('auth.required', 'an address of GET /api/v1/live/{camera} that is not over')
      return enter(account, knock)
    },
    enter,
  }
}
