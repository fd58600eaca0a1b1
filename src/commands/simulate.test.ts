// `yiji simulate --from`: a recorded device against a running user agent, as a user meets it.
import t, { type Test } from 'tap'
import { program } from '../main.ts'
import { startSessionService } from '../../scripts/session-service.ts'

const session = new URL('../../fixtures/sip/sessions/camera-2019-refresh.pcapng', import.meta.url).pathname
const serverId = '32011600002000000001'

/** Runs one command line; what it printed, and its exit code or its error. */
async function run(t: Test, ...args: string[]): Promise<{ code: number | undefined; text: string; error?: string }> {
  const printed = t.capture(process.stdout, 'write', () => true)
  let code: number | undefined
  try {
    await program((value) => (code = value)).parseAsync(['simulate', ...args], { from: 'user' })
    return { code, text: printed().map((call) => String(call.args[0])).join('') }
  } catch (error) {
    return { code, text: '', error: error instanceof Error ? error.message : String(error) }
  } finally {
    printed.restore()
  }
}

t.test('a recorded device plays again under another id and password, and every difference is told', async (t) => {
  const service = await startSessionService({ serverId, password: 'another', maxExpiresS: 60 })
  t.teardown(service.close)
  const registrar = `127.0.0.1:${service.agent.port}`
  const good = await run(t, '--from', session, '--registrar', registrar, '--password', 'another', '--id', '32011600001320000777')
  t.equal(good.code, 0, good.text)
  t.match(good.text, /sent {7}REGISTER \{server\}[^]*as before {2}MESSAGE \{device\}; Query Catalog[^]*8 sent, 8 as recorded, 0 different/)
  t.equal(service.agent.presenceOf('32011600001320000777'), 'online')

  const bad = await run(t, '--from', session, '--registrar', `${serverId}@${registrar}`, '--password', 'wrong', '--json')
  t.equal(bad.code, 1)
  const result = JSON.parse(bad.text) as { differences: { expected: string; got: string }[] }
  t.match(result.differences[0], { expected: /^200 REGISTER/, got: /^403 REGISTER/ })
})

t.test('wrong use is one line', async (t) => {
  const lines: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /name a scenario file/], [['--from', session], /--from needs --registrar/], [['--from', session, '--registrar', 'nowhere'], /takes HOST:PORT/], [['x.json', '--from', session, '--registrar', '127.0.0.1:5060'], /not both/],
    [['--from', '/no/such.pcapng', '--registrar', '127.0.0.1:5060'], /no recording at/], [['--from', new URL('../../package.json', import.meta.url).pathname, '--registrar', '127.0.0.1:5060'], /it takes a pcapng or pcap capture/],
    [['--from', session, '--registrar', '127.0.0.1:5060', '--device', '1'], /no REGISTER and no Keepalive of 1/],
  ]
  for (const [args, message] of lines) t.match((await run(t, ...args)).error, message, args.join(' '))
  const list = await run(t, '--habits')
  t.equal(list.code, 0)
  t.match(list.text, /via-without-cookie {2,}branches without z9hG4bK \(Q11\)/)
})
