// Makes a fixture of a recorded session: `node scripts/record-fixture.ts CAPTURE NAME --what TEXT --origin TEXT [--device ID] [--password PASSWORD]`.
// CAPTURE is a pcapng or pcap of one device's SIP conversation: a trace of ours or what tcpdump wrote. Ids become ours, addresses those of RFC 5737, names, places,
// passwords and digests go. `--password` (the device's true one) tells right digests from wrong; without it the answer to each does. Read the result before you commit it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readCapture } from '../src/base/index.ts'
import { dialogueOf, notedSteps, strip, type SessionNotes } from '../src/simulator/index.ts'
import { digestResponse, headers, parseCredentials, type SipMessage } from '../src/sip/index.ts'

/** What fixtures register with; nobody's. */
const ownPassword = '12345678'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { what: { type: 'string' }, origin: { type: 'string' }, device: { type: 'string' }, password: { type: 'string' } } })
const [file, name] = positionals
const { what, origin, password } = values
if (file === undefined || name === undefined || what === undefined || origin === undefined || !/^[\w-]+$/.test(name)) {
  process.stderr.write('usage: node scripts/record-fixture.ts CAPTURE NAME --what TEXT --origin TEXT [--device ID] [--password PASSWORD]\n')
  process.exit(2)
}

/** Whether a digest is the one that the true password makes; undefined where nobody can know. */
function isRight(message: SipMessage): boolean | undefined {
  if (password === undefined || message.kind !== 'request') return undefined
  const credentials = headers(message, 'Authorization').map(parseCredentials).find((found) => found !== undefined)
  return credentials && digestResponse({ ...credentials, method: message.method, password }) === credentials.response
}

const capture = readCapture(readFileSync(file))
for (const left of capture.leftOut) process.stderr.write(`left out: ${left}\n`)
const { dialogue: stripped, pcapng } = strip(dialogueOf(capture, values.device), isRight)
// Read back as a replay will read it, so that the numbers of the steps are those of the file.
const dialogue = dialogueOf(readCapture(pcapng), stripped.deviceId)
const notes: SessionNotes = { what, origin, deviceId: dialogue.deviceId, serverId: dialogue.serverId, password: ownPassword, steps: notedSteps(dialogue) }
const folder = new URL('../fixtures/sip/sessions/', import.meta.url).pathname
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, `${name}.pcapng`), pcapng)
writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(notes, undefined, 1)}\n`)
process.stdout.write(`${name}: ${dialogue.messages.length} messages of ${dialogue.deviceId}. Mark with "!" after its number each request of ours that somebody asked for, add the name to the README, and read both files.\n`)
