// RTSP out, where it is switched on: the server with its permissions; what an account has open ends with the account.
import type { LiveTokens } from '../api/index.ts'
import type { Accounts } from '../accounts/index.ts'
import type { Config } from '../config.ts'
import { openRtspServer, type RtspServer, type RtspServerOptions } from '../media/index.ts'
import type { Registry } from '../registry/index.ts'
import { rtspPermission } from './rtsp-permission.ts'

export interface RtspDeps extends Omit<RtspServerOptions, 'host' | 'port' | 'permit' | 'maxSessions'> {
  readonly accounts: Accounts
  readonly registry: Registry
  readonly tokens: LiveTokens
}

/** Nothing where `rtsp.port` is not set. Throws AppError `port.taken` or `config.invalid`. */
export async function openRtsp(config: Config['rtsp'], { accounts, registry, tokens, ...rest }: RtspDeps): Promise<Pick<RtspServer, 'port' | 'close' | 'figures'> | undefined> {
  if (!config) return undefined
  const { host, port, sessions, basic } = config
  const server = await openRtspServer({ ...rest, host, port, maxSessions: sessions, permit: rtspPermission({ accounts, registry, tokens, basic }) })
  const stop = accounts.onEnded(({ account, id }) => server.end(account, id))
  return {
    port: server.port,
    figures: server.figures,
    close: () => {
      stop()
      return server.close()
    },
  }
}
