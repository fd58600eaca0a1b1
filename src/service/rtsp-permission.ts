// Who may watch over RTSP: by the signed token of the address like everywhere, or by name and password where they may come in plain. RFC 7617.
import { createLiveDoor, type LiveAdmission, type LiveTokens } from '../api/index.ts'
import type { Account, Accounts } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import type { Config } from '../config.ts'
import type { RtspAsked, RtspPermission } from '../media/index.ts'
import type { Registry } from '../registry/index.ts'

export interface RtspPermissionDeps {
  readonly accounts: Pick<Accounts, 'find' | 'audit' | 'sessionOf' | 'login' | 'logout'>
  readonly registry: Pick<Registry, 'camera'>
  readonly tokens: LiveTokens
  readonly basic: NonNullable<Config['rtsp']>['basic']
}

interface Proved {
  readonly account: Account
  /** The token that was given, by its name: what is open ends with it. */
  readonly session?: string
}

const realm = 'yiji'
const protocol = 'rtsp'

export function rtspPermission({ accounts, registry, tokens, basic }: RtspPermissionDeps): (asked: RtspAsked) => Promise<RtspPermission> {
  const door = createLiveDoor({ accounts, registry, tokens })

  /** In place of the password a token of the account will do: it can be taken back by itself. */
  const byToken = async (name: string, token: string): Promise<Proved | undefined> => {
    const open = await accounts.sessionOf(token)
    return open?.account.name === name ? { account: open.account, ...(open.id !== undefined && { session: open.id }) } : undefined
  }
  /** With the limits of a log-in, and what is left of one; nothing stays open. */
  const byPassword = async (name: string, password: string, address: string): Promise<Proved | undefined> => {
    try {
      const { token, account } = await accounts.login(name, password, { address, agent: protocol })
      await accounts.logout(token)
      return { account }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code === 'auth.required') await accounts.audit({ account: '', address, action: 'session.refused', subject: name, detail: protocol })
      return undefined
    }
  }
  return async ({ camera, token = '', credentials, from }) => {
    const takesBasic = basic === 'on' || (basic === 'loopback' && isLoopback(from))
    const knock = { camera, protocol, address: from }
    const { name = '', password = '' } = (takesBasic && credentials) || {}
    const proved = name === '' ? undefined : ((await byToken(name, password)) ?? (await byPassword(name, password, from)))
    const admission = proved ? await door.enter(proved.account, knock) : await door.admit({ ...knock, token })
    if (admission.ok) return { ok: true, account: admission.account, ...(proved?.session !== undefined && { session: proved.session }) }
    const status = statuses[admission.code]
    return { ok: false, status, ...(status === 401 && takesBasic && { realm }) }
  }
}

const statuses: Readonly<Record<Extract<LiveAdmission, { ok: false }>['code'], 401 | 403 | 404>> = { 'auth.required': 401, 'auth.refused': 403, 'not-found': 404 }

/** RFC 1122 3.2.1.3; RFC 4291 2.5.3. */
const isLoopback = (host: string): boolean => /^(?:::ffff:)?127\./i.test(host) || host === '::1'
