// Writes fixtures/sip/sessions: whole SIP sessions on loopback, of the simulator with each of its habits and of independent programs, captured by tcpdump.
// `node scripts/make-session-fixtures.ts [NAME…]` makes those whose name begins so; needs tcpdump, sipp and sipsak, and the right to capture.
import { keepHabits } from './sessions/habits.ts'
import { keepPeers } from './sessions/peers.ts'
import { keepTranscripts } from './sessions/transcripts.ts'

const wanted = process.argv.slice(2)
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.some((prefix) => name.startsWith(prefix))
await keepHabits(isWanted)
await keepTranscripts(isWanted)
await keepPeers(isWanted)
