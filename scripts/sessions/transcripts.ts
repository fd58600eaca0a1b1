// Sessions written by hand after the descriptions of two public captures (a pair of platforms of 2013, a camera of 2019): their structure, our ids, no byte of theirs.
// Each is played against the service, and what went over the wire is kept. Lines between messages say who speaks.
import { systemClock, systemRandom } from '../../src/base/index.ts'
import { parseMessage } from '../../src/sip/index.ts'
import { createOperator, playRecording, scriptOf, type Dialogue, type RecordedMessage } from '../../src/simulator/index.ts'
import { keep, password, serverId } from './keep.ts'
import { sessions2013 } from './platform-2013.ts'
import { sessions2019 } from './camera-2019.ts'

/** One message of a transcript. `ours` is a bare outline: what the device's later messages refer to, and what somebody asks for. */
export type Said = { readonly from: 'device' | 'ours'; readonly text: string; readonly body?: Buffer; readonly isCaused?: boolean; readonly afterMs?: number; readonly port?: number } | { readonly from: 'device'; readonly raw: Buffer; readonly port?: number }

export interface Transcript {
  readonly name: string
  readonly what: string
  readonly deviceId: string
  readonly said: readonly Said[]
}

const none = Buffer.alloc(0)
const server = { host: '198.51.100.1', port: 5060 }

function dialogueOfTranscript({ deviceId, said }: Transcript): Dialogue {
  let atUs = 0
  const messages = said.map((each): RecordedMessage => {
    atUs += 'afterMs' in each ? (each.afterMs ?? 5) * 1000 : 5000
    const common = { from: each.from, atUs, transport: 'udp', device: { host: '192.0.2.10', port: each.port ?? 5060 }, server, connection: 0, cuts: [], tail: none, isGlued: false } as const
    if ('raw' in each) return { ...common, bytes: each.raw }
    const bytes = Buffer.concat([Buffer.from(`${each.text.trim().split('\n').join('\r\n')}\r\n\r\n`, 'latin1'), each.body ?? none])
    return { ...common, bytes, message: parseMessage(bytes) }
  })
  return { deviceId, serverId, startUs: 0, messages }
}

export async function keepTranscripts(wanted: (name: string) => boolean): Promise<void> {
  for (const transcript of [...sessions2013, ...sessions2019]) {
    if (!wanted(transcript.name)) continue
    const dialogue = dialogueOfTranscript(transcript)
    const { deviceId } = transcript
    await keep({
      name: transcript.name, what: transcript.what, deviceId,
      origin: 'written after the description of a public capture, played by the simulator',
      act: async ({ agent }) => {
        const operator = createOperator(agent, deviceId, serverId, 800)
        const caused = new Set(transcript.said.flatMap((each, n) => ('isCaused' in each && each.isCaused ? [dialogue.messages[n]] : [])))
        const script = scriptOf(dialogue).map((step) => (step.type === 'expect' && caused.has(step.recorded) ? { ...step, isCaused: true } : step))
        const result = await playRecording({
          dialogue, script, cast: { deviceId, serverId, password, server: { host: '127.0.0.1', port: agent.port } },
          clock: systemClock, random: systemRandom, patienceMs: 2_000, longestWaitMs: 100, cause: (step) => void operator.cause(step.line),
        })
        for (const { n, got, expected, what } of result.differences) if (got === 'nothing' || what === 'unexpected') process.stdout.write(`  step ${n}: ${expected ?? ''} <- ${got ?? ''}\n`)
      },
    })
  }
}
