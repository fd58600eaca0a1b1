import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { environmentName, keys, loadConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'yiji-config-'))
const file = (text: string): string => {
  const path = join(folder, 'yiji.yaml')
  writeFileSync(path, text)
  return path
}
const none = join(folder, 'none.yaml')

t.test('defaults run without any file', async (t) => {
  const config = loadConfig({}, none)
  t.match(config, { dataDir: './data', http: { host: '127.0.0.1', port: 8080 }, sip: { port: 5060, realm: '3402000000' }, media: { ports: { first: 30000, last: 30999 } } })
  t.notOk('password' in config.sip, 'no default secret')
})

t.test('the environment wins over the file', async (t) => {
  const path = file('sip:\n  port: 15060\n  id: "32011600002000000001"\nhttp:\n  port: 9000\n')
  const config = loadConfig({ YIJI_HTTP_PORT: '9100' }, path)
  t.equal(config.sip.port, 15060)
  t.same(config.sip.access, { digest: 'both', date: 'full' }, 'nobody is sent on')
  t.equal(config.http.port, 9100)
  t.equal(config.sip.realm, '3201160000', 'the realm follows the id')
})

t.test('who is sent on to another server', async (t) => {
  const none = '/none/yiji.yaml'
  const to = 'sip:34020000002000000002@[2001:db8::9]:5060'
  t.same(loadConfig({ YIJI_SIP_REDIRECT_TO: to }, none).sip.access.redirect, { to, above: 0, prefixes: [] })
  const some = { YIJI_SIP_REDIRECT_TO: to, YIJI_SIP_REDIRECT_ABOVE: '9000', YIJI_SIP_REDIRECT_DEVICES: '320116, 320105' }
  t.same(loadConfig(some, none).sip.access.redirect, { to, above: 9000, prefixes: ['320116', '320105'] })
})

t.test('an invalid value names its key, an unknown key its name', async (t) => {
  t.throws(() => loadConfig({ YIJI_SIP_PORT: 'x' }, none), { code: 'config.invalid', message: 'sip.port (YIJI_SIP_PORT) is "x": it takes a whole number from 0 to 65535' })
  t.throws(() => loadConfig({ YIJI_SIP_ID: '123' }, none), { message: /sip\.id .*20 digits/ })
  t.throws(() => loadConfig({ YIJI_MEDIA_PORTS: '30000-30000' }, none), { message: /media\.ports .*at least two ports/ })
  t.throws(() => loadConfig({ YIJI_SIP_PROT: '1' }, none), { message: /unknown key YIJI_SIP_PROT/ })
  t.throws(() => loadConfig({ YIJI_SIP_REDIRECT_TO: 'sip:other' }, none), { message: /sip\.redirect\.to .*a SIP URI like/ })
  t.throws(() => loadConfig({ YIJI_SIP_REDIRECT_DEVICES: '3201, all' }, none), { message: /sip\.redirect\.devices .*beginnings of device ids/ })
  t.throws(() => loadConfig({}, file('sip:\n  prot: 1\n')), { message: /unknown key "sip.prot"/ })
  t.throws(() => loadConfig({}, file('sip: [')), { code: 'config.invalid', message: /cannot be read/ })
})

t.test('every key is documented', async (t) => {
  const documented = readFileSync(new URL('../docs/operations.md', import.meta.url), 'utf8')
  for (const key of keys) {
    t.ok(documented.includes(`\`${key.path}\``), `${key.path} is in docs/operations.md`)
    t.ok(documented.includes(`\`${environmentName(key.path)}\``), `${environmentName(key.path)} is in docs/operations.md`)
  }
})

t.test('proxies that are believed, sessions and the audit trail', async (t) => {
  t.same(loadConfig({}, none).http.trustProxy, undefined, 'nobody is believed')
  t.same(loadConfig({ YIJI_HTTP_TRUSTPROXY: 'off' }, none).http.trustProxy, undefined)
  t.same(loadConfig({ YIJI_HTTP_TRUSTPROXY: 'loopback, 10.0.0.5,10.1.0.0/24,2001:db8::/32' }, none).http.trustProxy, ['loopback', '10.0.0.5', '10.1.0.0/24', '2001:db8::/32'])
  for (const wrong of ['on', 'true', '10.0.0', '10.0.0.0/33', '0.0.0.0/0', '10.0.0.0/8/8', 'proxy.local']) t.throws(() => loadConfig({ YIJI_HTTP_TRUSTPROXY: wrong }, none), { code: 'config.invalid' }, wrong)
  t.match(loadConfig({ YIJI_SESSION_HOURS: '8', YIJI_SESSION_IDLE_MINUTES: '30' }, none).session, { sessionMs: 8 * 3600_000, idleMs: 30 * 60_000 })
  t.equal(loadConfig({}, none).auditDays, 0)
  t.equal(loadConfig({ YIJI_AUDIT_DAYS: '365' }, none).auditDays, 365)
  t.throws(() => loadConfig({ YIJI_AUDIT_DAYS: '30' }, none), { message: /from 183/ })
  t.ok([0, 1].includes(loadConfig({}, none).media.udpThreads), 'by the cores there are')
  t.equal(loadConfig({ YIJI_MEDIA_UDP_THREADS: '3' }, none).media.udpThreads, 3)
  for (const wrong of ['17', '-1', 'some']) t.throws(() => loadConfig({ YIJI_MEDIA_UDP_THREADS: wrong }, none), { message: /auto, or a whole number from 0 to 16/ }, wrong)
})
