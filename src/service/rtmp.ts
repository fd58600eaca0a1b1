// RTMP out, where it is switched on: rtmp://host/live/CAMERA?token=..., with `stream=sub` and `codec=h264` as over HTTP.
import { createLiveDoor, type LiveTokens } from '../api/index.ts'
import type { Accounts } from '../accounts/index.ts'
import type { Clock, Log } from '../base/index.ts'
import type { Config } from '../config.ts'
import { openRtmpServer, streamKey, type Relays, type RtmpServer } from '../media/index.ts'
import type { Registry } from '../registry/index.ts'

export interface RtmpDeps {
  readonly relays: Relays
  readonly h264: Relays
  readonly accounts: Pick<Accounts, 'find' | 'audit' | 'onEnded'>
  readonly registry: Pick<Registry, 'camera'>
  readonly tokens: LiveTokens
  readonly clock: Clock
  readonly log: Log
}

/** Nothing where `rtmp.port` is not set. Throws AppError `port.taken` or `config.invalid`. */
export async function openRtmp(config: Config['rtmp'], deps: RtmpDeps): Promise<Pick<RtmpServer, 'port' | 'figures' | 'close'> | undefined> {
  if (!config) return undefined
  const { relays, h264, accounts, clock, log } = deps
  const door = createLiveDoor(deps)
  const server = await openRtmpServer({
    ...config,
    clock,
    log,
    permit: async ({ from, app, name, query: { token = '', stream = 'main', codec } }) => {
      if (app !== 'live') return { ok: false, code: 'not-found', detail: 'streams are at /live/CAMERA' }
      if ((stream !== 'main' && stream !== 'sub') || (codec !== undefined && codec !== 'h264')) return { ok: false, code: 'request.invalid', detail: 'stream is main or sub, codec is h264' }
      const admission = await door.admit({ camera: name, token, protocol: 'rtmp', address: from })
      return admission.ok ? { ok: true, account: admission.account, relays: codec === 'h264' ? h264 : relays, key: streamKey(name, stream) } : admission
    },
  })
  // An address that was signed has no session; it is good for as long as its account is what it was.
  const stop = accounts.onEnded(({ account, id }) => id === undefined && server.end(account))
  return {
    port: server.port,
    figures: server.figures,
    close: () => {
      stop()
      return server.close()
    },
  }
}
