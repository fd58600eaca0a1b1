// Captures one session on loopback and keeps it as a fixture: the recording without what is not ours, and beside it what is expected of our side.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readCapture, systemClock } from '../../src/base/index.ts'
import { dialogueOf, notedSteps, strip, type Cause, type SessionNotes } from '../../src/simulator/index.ts'
import type { UserAgent } from '../../src/sip/index.ts'
import { startSessionService, type SessionService } from '../session-service.ts'

export const folder = new URL('../../fixtures/sip/sessions/', import.meta.url).pathname
export const serverId = '32011600002000000001'
export const password = '12345678'
/** Short, so that a device refreshes while it is recorded. */
export const leaseS = 60

/** Runs `act` while tcpdump listens on loopback; answers with what it wrote. */
export async function capture(port: number, act: () => Promise<void>): Promise<Buffer> {
  const child = spawn('tcpdump', ['-i', 'lo', '-U', '--immediate-mode', '-s', '0', '-w', '-', `port ${port}`], { stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.stderr.on('data', (text: Buffer) => text.includes('listening') && resolve())
  })
  // It says so before it does.
  await pause(150)
  await act()
  await pause(200)
  const ended = new Promise((resolve) => child.on('close', resolve))
  child.kill('SIGINT')
  await ended
  return Buffer.concat(chunks)
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => void systemClock.after(ms, resolve))

export interface Recipe {
  readonly name: string
  readonly what: string
  readonly origin: string
  readonly deviceId: string
  readonly act: (service: SessionService) => Promise<void>
  readonly catalogAfterRegister?: boolean
}

/** Records a session against a fresh service and writes both files. */
export async function keep(recipe: Recipe): Promise<void> {
  const { name, what, origin, deviceId, act } = recipe
  const service = await startSessionService({ serverId, password, maxExpiresS: leaseS, ...(recipe.catalogAfterRegister !== undefined && { catalogAfterRegister: recipe.catalogAfterRegister }) })
  const causes: Cause[] = []
  let bytes: Buffer
  try {
    bytes = await capture(service.agent.port, () => act({ ...service, agent: noting(service.agent, (methods) => causes.push({ methods, atUs: systemClock.wallMs() * 1000 })) }))
  } finally {
    await service.close()
  }
  const recorded = dialogueOf(readCapture(bytes), deviceId)
  const { pcapng } = strip(recorded)
  // Read back as the replay will read it, so that the numbers of the steps are those of the file.
  const dialogue = dialogueOf(readCapture(pcapng), deviceId)
  const notes: SessionNotes = { what, origin, deviceId, serverId, password, steps: notedSteps(dialogue, causes.map(({ methods, atUs }) => ({ methods, atUs: atUs - recorded.startUs }))) }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.pcapng`), pcapng)
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(notes, undefined, 1)}\n`)
  process.stdout.write(`${name}: ${dialogue.messages.length} messages, ${pcapng.length} bytes\n`)
}

/** The same user agent, telling what is asked of it. */
function noting(agent: UserAgent, note: (methods: readonly string[]) => void): UserAgent {
  const noted = <Args extends readonly unknown[], Result>(methods: readonly string[], ask: (...args: Args) => Result) => (...args: Args): Result => {
    note(methods)
    return ask(...args)
  }
  return {
    ...agent,
    queryCatalog: noted(['MESSAGE'], agent.queryCatalog),
    ask: (deviceId, query) => {
      note(['MESSAGE'])
      return agent.ask(deviceId, query)
    },
    command: noted(['MESSAGE'], agent.command),
    configure: noted(['MESSAGE'], agent.configure),
    queryRecords: noted(['MESSAGE'], agent.queryRecords),
    subscribe: noted(['SUBSCRIBE'], agent.subscribe),
    unsubscribe: noted(['SUBSCRIBE'], agent.unsubscribe),
    invite: (request) => {
      note(['INVITE'])
      const session = agent.invite(request)
      return { ...session, control: noted(['INFO'], session.control), bye: noted(['BYE', 'CANCEL'], session.bye) }
    },
  }
}
