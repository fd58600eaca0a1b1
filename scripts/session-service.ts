// The service that recorded devices are played against: the user agent over a real registry and a real store, in a folder of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog, systemClock, systemRandom } from '../src/base/index.ts'
import { createRegistry, type Registry } from '../src/registry/index.ts'
import { applyFact } from '../src/service/facts.ts'
import { startUserAgent, type UserAgent } from '../src/sip/index.ts'
import { openStore } from '../src/store/index.ts'

export interface SessionService {
  readonly agent: UserAgent
  readonly registry: Registry
  readonly close: () => Promise<void>
}

export interface SessionServiceOptions {
  readonly serverId: string
  readonly password: string
  /** Longest lease; short ones make a device refresh. */
  readonly maxExpiresS?: number
  readonly catalogAfterRegister?: boolean
}

export async function startSessionService(options: SessionServiceOptions): Promise<SessionService> {
  const folder = mkdtempSync(join(tmpdir(), 'yiji-session-'))
  const store = await openStore({ file: join(folder, 'yiji.sqlite'), clock: systemClock })
  const registry = createRegistry({ store: store.registry, clock: systemClock, log: silentLog })
  const agent = await startUserAgent({
    id: options.serverId,
    realm: options.serverId.slice(0, 10),
    bind: { host: '127.0.0.1', port: 0 },
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    passwordOf: async (deviceId) => (await registry.passwordOf(deviceId)) ?? options.password,
    restored: [],
    catalogAfterRegister: options.catalogAfterRegister ?? true,
    ...(options.maxExpiresS !== undefined && { maxExpiresS: options.maxExpiresS }),
    onFact: (fact) => applyFact(registry, fact, silentLog),
  })
  return {
    agent,
    registry,
    close: async () => {
      await agent.close()
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
