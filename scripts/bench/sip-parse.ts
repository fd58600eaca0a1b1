// How many messages a second the parser reads, beside the npm package `sip` on the same bytes in the same run.
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { checkMessage, readMessage } from '../../src/sip/message/index.ts'

const other = createRequire(import.meta.url)('sip') as { readonly parse: (bytes: Buffer) => object | undefined }

const rounds = 7
const roundMs = 250

/** As the transaction layer does it: the message, then Via, From, To, CSeq and the request URI read and checked. */
const ours = (bytes: Buffer): boolean => {
  const { message, fault } = readMessage(bytes)
  return fault === undefined && checkMessage(message) === undefined
}
const theirs = (bytes: Buffer): boolean => other.parse(bytes) !== undefined

/** Messages a second over one round. */
function rate(parse: (bytes: Buffer) => boolean, messages: readonly Buffer[]): number {
  let count = 0
  const start = performance.now()
  let end = start
  while (end - start < roundMs) {
    for (let i = 0; i < 200; i++) for (const bytes of messages) if (!parse(bytes)) throw new Error('a message was not read')
    count += 200 * messages.length
    end = performance.now()
  }
  return (count * 1000) / (end - start)
}

function compare(name: string, messages: readonly Buffer[]): void {
  const rates: { readonly ours: number; readonly theirs: number }[] = []
  // Turn by turn, so that whatever else the machine does strikes both; the first round only warms up.
  for (let round = 0; round <= rounds; round++) rates.push({ ours: rate(ours, messages), theirs: rate(theirs, messages) })
  const median = (side: 'ours' | 'theirs'): number => rates.slice(1).map((round) => round[side]).sort((a, b) => a - b)[rounds >> 1] ?? 0
  const [us, them] = [median('ours'), median('theirs')]
  const bytes = Math.round(messages.reduce((sum, message) => sum + message.length, 0) / messages.length)
  process.stdout.write(`  ${name.padEnd(36)} ${String(messages.length).padStart(2)} messages, ${bytes} bytes on average: yiji ${perSecond(us)}, sip 0.0.6 ${perSecond(them)}, ratio ${(us / them).toFixed(2)}\n`)
}

const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`

export function run(): Promise<void> {
  const folder = new URL('../../fixtures/sip/valid/', import.meta.url)
  const readable = readdirSync(folder).map((name) => ({ name, bytes: readFileSync(new URL(name, folder)) })).filter(({ bytes }) => theirs(bytes))
  const named = (start: string): readonly Buffer[] => readable.filter(({ name }) => name.startsWith(start)).map(({ bytes }) => bytes)
  compare('REGISTER', named('register-'))
  compare('every valid fixture that sip can read', named(''))
  return Promise.resolve()
}
