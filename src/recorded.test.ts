// Whole sessions, recorded from independent peers and from every habit of the simulator: the device's side is played over real sockets against the
// user agent with its registry and store, and our side is compared with what is kept beside each recording.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { readCapture, systemClock, systemRandom } from './base/index.ts'
import { createOperator, dialogueOf, parseNotes, playRecording, scriptFrom } from './simulator/index.ts'
import { startSessionService } from '../scripts/session-service.ts'

const folder = new URL('../fixtures/sip/sessions/', import.meta.url)
const names = readdirSync(folder).filter((name) => name.endsWith('.pcapng')).map((name) => name.slice(0, -'.pcapng'.length))
/** Sessions that are played at the same time; each has a service of its own. */
const together = 8
/** What an INVITE is given up after, where a session shows that. */
const answerTimeoutMs = 800
const only = process.env['ONLY']

t.test('the folder is whole', async (t) => {
  t.ok(names.length > 60, `${names.length} sessions`)
  const readme = readFileSync(new URL('README.md', folder), 'utf8')
  for (const name of names) {
    const { origin, what } = parseNotes(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
    t.ok(origin.length > 0 && what.length > 0, name)
    t.ok(readme.includes(`\`${name.replace(/^habit-.*/, 'habit-*')}\``), `${name} is in the README`)
  }
})

t.test('what we do is what is expected', async (t) => {
  t.jobs = together
  for (const name of names.filter((each) => only === undefined || each.includes(only))) {
    void t.test(name, { buffered: true }, async (t) => {
      const { differences, same, expected } = await play(name)
      t.equal(same, expected, `${same} messages of ours`)
      for (const { n, expected, got } of differences) t.fail(`step ${n}`, { expected, got })
    })
  }
})

async function play(name: string) {
  const notes = parseNotes(readFileSync(new URL(`${name}.json`, folder), 'utf8'))
  const dialogue = dialogueOf(readCapture(readFileSync(new URL(`${name}.pcapng`, folder))), notes.deviceId)
  const script = scriptFrom(notes, dialogue)
  const { deviceId, serverId, password } = notes
  const service = await startSessionService({ serverId, password, maxExpiresS: 60, catalogAfterRegister: true })
  try {
    const operator = createOperator(service.agent, deviceId, serverId, answerTimeoutMs)
    const result = await playRecording({
      dialogue, script,
      cast: { deviceId, serverId, password, server: { host: '127.0.0.1', port: service.agent.port } },
      clock: systemClock, random: systemRandom, patienceMs: 3_000, longestWaitMs: 20,
      cause: (step) => void operator.cause(step.line),
    })
    return { ...result, expected: script.filter((step) => step.type === 'expect').length }
  } finally {
    await service.close()
  }
}
