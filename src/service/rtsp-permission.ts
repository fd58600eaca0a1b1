// Who may watch over RTSP: by the signed token of the address like everywhere, or by name and password where they may come in plain. RFC 7617.
import { createLiveDoor, type LiveAdmission, type LiveTokens } from '../api/index.ts'
import type { Account, Accounts } from '../accounts/index.ts'
import type { Config } from '../config.ts'
import type { RtspAsked, RtspPermission } from '../media/index.ts'
import type { Registry } from '../registry/index.ts'

export interface RtspPermissionDeps {
  readonly accounts: Pick<Accounts, 'find' | 'audit' | 'sessionOf'>
  readonly registry: Pick<Registry, 'camera'>
  readonly tokens: LiveTokens
  readonly basic: NonNullable<Config['rtsp']>['basic']
}

const realm = 'yiji'

export function rtspPermission({ accounts, registry, tokens, basic }: RtspPermissionDeps): (asked: RtspAsked) => Promise<RtspPermission> {
  const door = createLiveDoor({ accounts, registry, tokens })

  /** Instead of the password a token of the account will do: it can be taken back without another password for the person. */
  const proved = async ({ name, password }: NonNullable<RtspAsked['credentials']>): Promise<Account | undefined> => {
    const open = await accounts.sessionOf(password)
    return open?.account.name === name ? open.account : undefined
  }
  return async ({ camera, token = '', credentials, from }) => {
    const protocol = `rtsp from ${from}`
    const takesBasic = basic === 'on' || (basic === 'loopback' && isLoopback(from))
    const account = credentials && takesBasic ? await proved(credentials) : undefined
    const admission = account ? await door.enter(account, { camera, protocol }) : await door.admit({ camera, token, protocol })
    if (admission.ok) return { ok: true }
    const status = statuses[admission.code]
    return { ok: false, status, ...(status === 401 && takesBasic && { realm }) }
  }
}

const statuses: Readonly<Record<Extract<LiveAdmission, { ok: false }>['code'], 401 | 403 | 404>> = { 'auth.required': 401, 'auth.refused': 403, 'not-found': 404 }

/** RFC 1122 3.2.1.3; RFC 4291 2.5.3. */
const isLoopback = (host: string): boolean => /^(?:::ffff:)?127\./i.test(host) || host === '::1'
