// `yiji simulate --from RECORDING`: the device's side of a recorded conversation, played against any registrar and told step by step; exit 1 where our side differs.
import { existsSync, readFileSync } from 'node:fs'
import { AppError, ParseError, readCapture, systemClock, systemRandom, type Capture } from '../base/index.ts'
import { dialogueOf, parseNotes, playRecording, scriptFrom, scriptOf, type SessionNotes, type StepReport } from '../simulator/index.ts'

export interface RecordingOptions {
  readonly registrar?: string
  readonly password?: string
  /** Which device of the recording. */
  readonly device?: string
  /** What it is called now. */
  readonly id?: string
  readonly json?: boolean
}

/** How long the registrar may take for what it did when this was recorded. */
const patienceMs = 5_000
/** Longer waits of the device are cut to this. */
const longestWaitMs = 1_000

export async function simulateRecording(file: string, options: RecordingOptions): Promise<number> {
  if (!options.registrar) throw new AppError('usage.invalid', '--from needs --registrar HOST:PORT (or ID@HOST:PORT): where the recorded device is to speak to')
  const capture = readFile(file)
  const notes = notesBeside(file)
  const dialogue = dialogueOf(capture, options.device ?? notes?.deviceId)
  const registrar = parseRegistrar(options.registrar, dialogue.serverId)
  const password = options.password ?? notes?.password ?? ''
  if (password === '' && dialogue.messages.some(({ bytes }) => /^authorization\s*:/im.test(bytes.toString('latin1')))) throw new AppError('usage.invalid', 'the recorded device answers challenges: give the password that the registrar knows with --password')
  const script = notes && notes.deviceId === dialogue.deviceId ? scriptFrom(notes, dialogue) : scriptOf(dialogue)
  const say = (text: string): void => {
    if (!options.json) process.stdout.write(`${text}\n`)
  }
  for (const what of capture.leftOut) say(`left out: ${what}`)
  say(`${dialogue.deviceId}: ${script.length} steps from ${file} against ${registrar.id}@${registrar.host}:${registrar.port}`)
  const result = await playRecording({
    dialogue, script,
    cast: { deviceId: options.id ?? dialogue.deviceId, serverId: registrar.id, password, server: { host: registrar.host, port: registrar.port } },
    clock: systemClock, random: systemRandom, patienceMs, longestWaitMs,
    onStep: (report) => say(lineOf(report)),
  })
  if (options.json) process.stdout.write(`${JSON.stringify({ deviceId: dialogue.deviceId, sent: result.sent, same: result.same, differences: result.differences })}\n`)
  else say(`${result.sent} sent, ${result.same} as recorded, ${result.differences.length} different`)
  return result.differences.length > 0 ? 1 : 0
}

function lineOf({ n, what, text, expected, got }: StepReport): string {
  const number = String(n).padStart(4)
  switch (what) {
    case 'sent':
      return `${number}  sent       ${text}`
    case 'same':
      return `${number}  as before  ${text}`
    case 'skipped':
      return `${number}  skipped    ${text}`
    case 'different':
    case 'unexpected':
      return `${number}  DIFFERENT  expected ${expected ?? ''}\n                 got      ${got ?? ''}`
  }
}

function readFile(file: string): Capture {
  if (!existsSync(file)) throw new AppError('usage.invalid', `there is no recording at ${file}`)
  try {
    return readCapture(readFileSync(file))
  } catch (error) {
    if (error instanceof ParseError) throw new AppError('recording.invalid', `${file}: ${error.message}: it takes a pcapng or pcap capture`)
    throw error
  }
}

/** What is expected of the registrar, where the recording is a fixture of ours. */
function notesBeside(file: string): SessionNotes | undefined {
  const path = file.replace(/\.pcap(ng)?$/, '.json')
  return path !== file && existsSync(path) ? parseNotes(readFileSync(path, 'utf8')) : undefined
}

function parseRegistrar(text: string, recordedId: string): { readonly id: string; readonly host: string; readonly port: number } {
  const [, id = recordedId, host = '', port = ''] = /^(?:([\w.-]{1,64})@)?(\[[\da-f:]+\]|[^:\s]+):(\d{1,5})$/i.exec(text) ?? []
  if (host === '' || Number(port) < 1 || Number(port) > 65_535) throw new AppError('usage.invalid', `--registrar is "${text}": it takes HOST:PORT or ID@HOST:PORT`)
  return { id, host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

