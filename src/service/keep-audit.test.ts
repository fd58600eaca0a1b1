import t from 'tap'
import { createAccounts } from '../accounts/index.ts'
import { manualClock, seededBytes, type Log } from '../base/index.ts'
import { openStore } from '../store/index.ts'
import { keepAudit } from './keep-audit.ts'

const day = 24 * 3600_000

t.test('once a day what is older than configured goes, and the rest is proved', async (t) => {
  const clock = manualClock()
  const store = await openStore({ file: ':memory:', clock })
  t.teardown(() => store.close())
  const accounts = createAccounts({ store: store.accounts, clock, random: seededBytes(1) })
  const said: string[] = []
  const log = (fields: object, message?: string): void => void said.push(`${message} ${JSON.stringify(fields)}`)
  const keeping = keepAudit({ accounts, days: 183, clock, log: { debug: log, info: log, warn: log, error: log } as unknown as Log })
  await accounts.audit({ account: 'li', action: 'x.y', subject: '', detail: '' })
  clock.advance(100 * day)
  await accounts.audit({ account: 'li', action: 'x.z', subject: '', detail: '' })
  const settled = async (count: number): Promise<void> => {
    for (let n = 0; n < 500 && said.length < count; n++) await new Promise(setImmediate)
  }
  await settled(1)
  t.match(said[0], /the audit trail is unchanged .*"entries":/)
  said.length = 0
  clock.advance(90 * day)
  await settled(2)
  t.ok(said.some((line) => /older than configured were taken out .*"through":1/.test(line)), said.join(' '))
  t.same((await accounts.auditTrail(9)).map(({ action }) => action), ['audit.cut', 'x.z'])
  await keeping.close()
  t.equal(clock.pending(), 0)
})
