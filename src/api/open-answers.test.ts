// What an account has open ends with it, over real sockets: events, live views, WebSockets.
import t from 'tap'
import { WebSocket } from 'ws'
import { serveFlv } from '../media/index.ts'
import { silentLog, systemClock } from '../base/index.ts'
import { startApi } from './index.ts'
import { house, seat, v1 } from './test/house.ts'
import { scriptedRelays, settled } from './test/relays.ts'
import { cameraHere, here } from './test/things.ts'

t.test('streams and events end with the account, its session, its rights and its time', async (t) => {
  const camera = scriptedRelays()
  const home = await house(t, { relays: camera.relays, serveFlv: (key, open) => serveFlv({ relays: camera.relays, camera: key, open, clock: systemClock, log: silentLog }) })
  const { deps, wire, clock, store, ask } = home
  const { accounts } = deps
  const api = await startApi(deps)
  t.teardown(api.close)
  camera.goLive({ ok: true, isCold: true })
  const { id } = (await ask('assessor', 'POST', `${v1}/inspections`, { area: here })).json<{ id: string }>()
  let made = 0
  /** Opens all three ways with a session of its own; says when the last of them has ended. */
  const watch = async (account: string): Promise<{ readonly session: string; readonly ended: () => boolean; readonly token: string }> => {
    const token = `t${++made}`.padEnd(32, 'x')
    await seat(store, account, token, { id: `s${made}` }, clock.wallMs())
    const headers = { authorization: `Bearer ${token}` }
    const [readers, hearers] = [camera.readers.size, wire.events.size]
    let open = 3
    const over = (): void => void open--
    const stream = fetch(`${api.url}${v1}/live/${cameraHere}.flv`, { headers })
    await settled(() => camera.readers.size === readers + 1)
    const socket = new WebSocket(`${api.url.replace('http', 'ws')}${v1}/live/${cameraHere}.flv`, { headers })
    socket.once('close', over).on('error', () => {})
    await settled(() => camera.readers.size === readers + 2)
    camera.publish(0)
    void (await stream).text().then(over, over)
    void (await fetch(`${api.url}${v1}/inspections/${id}/events`, { headers })).text().then(over, over)
    await settled(() => wire.events.size > hearers || hearers > 0)
    return { session: `s${made}`, token, ended: () => open === 0 }
  }
  const endsAfter = async (what: string, watched: { readonly ended: () => boolean }, act: () => Promise<unknown>): Promise<void> => {
    t.notOk(watched.ended(), `${what}: not before`)
    await act()
    await settled(watched.ended)
    t.ok(watched.ended(), what)
  }

  const others = await watch('editor')
  await endsAfter('put out of use', await watch('viewer'), () => accounts.change('viewer', { disabled: true }))
  await accounts.change('viewer', { disabled: false })
  await endsAfter('another password', await watch('viewer'), () => accounts.change('viewer', { password: 'given by the admin' }))
  await endsAfter('another role', await watch('viewer'), () => accounts.change('viewer', { role: 'assessor' }))
  await endsAfter('a smaller area', await watch('viewer'), () => accounts.change('viewer', { area: '32011699' }))
  await accounts.change('viewer', { area: here })
  const [one, two] = [await watch('viewer'), await watch('viewer')]
  await endsAfter('one of two sessions', one, () => accounts.sessions.end('viewer', one.session))
  t.notOk(two.ended(), 'the other goes on')
  const logout = await fetch(`${api.url}${v1}/session`, { method: 'DELETE', headers: { authorization: `Bearer ${two.token}` } })
  t.equal(logout.status, 204, 'whoever logs out hears so')
  await settled(two.ended)
  t.ok(two.ended(), 'logged out elsewhere')
  t.notOk(others.ended(), 'somebody else’s go on')
  await endsAfter('the time is over', others, async () => clock.advance(3600_000 + 60_000))
  await api.close()
  t.equal(clock.pending(), 0, 'no timer is left')
})
