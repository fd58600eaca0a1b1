// What the media path costs: cores a stream while receiving and while one viewer watches each, memory, latency, joining, many viewers of
// one stream; beside a Node program that only receives and counts, in the same run. Linux. It needs the load kit: paced PS/RTP devices
// (psload), checking players (flvpull) and floors (nodecount.mjs), built into one folder, and an H.264 file with a keyframe each 2 s:
//   npm run bench -- media --kit DIR --media FILE.264 [--streams 1,25,100] [--tcp] [--seconds 10] [--players 300] [--no-psm]
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  args: process.argv.slice(3),
  strict: true,
  options: {
    kit: { type: 'string', default: '' },
    media: { type: 'string', default: '' },
    streams: { type: 'string', default: '1,25,100' },
    tcp: { type: 'boolean', default: false },
    'no-psm': { type: 'boolean', default: false },
    seconds: { type: 'string', default: '10' },
    players: { type: 'string', default: '' },
    floor: { type: 'boolean', default: true },
  },
})
const seconds = Number(options.seconds)
const mode = options.tcp ? 'tcp' : 'udp'
const warmUpS = 4
const firstPort = 26_000
const folder = mkdtempSync(join(tmpdir(), 'yiji-bench-'))

/** Nanoseconds on a core, of all threads of a process. */
function cpuNs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0)
}
const residentMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** Percent of one core over a time. */
async function load(pid: number, durationS: number): Promise<number> {
  const [before, startMs] = [cpuNs(pid), performance.now()]
  await sleep(durationS * 1000)
  return (cpuNs(pid) - before) / 1e4 / (performance.now() - startMs)
}

interface Program {
  readonly child: ChildProcess
  /** The last line of its output, read as JSON. */
  readonly said: Promise<Record<string, unknown>>
}
function start(command: string, args: readonly string[]): Program {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const said = once(child, 'close').then(() => JSON.parse(text.trim().split('\n').at(-1) ?? '{}') as Record<string, unknown>)
  return { child, said }
}
const node = process.execPath

function send(ports: readonly number[], durationS: number): Program {
  const list = join(folder, 'list')
  writeFileSync(list, ports.map((port, i) => `127.0.0.1 ${port} ${200_000_000 + i}\n`).join(''))
  const flags = [...(options.tcp ? ['--tcp'] : []), ...(options['no-psm'] ? ['--no-psm'] : [])]
  return start('nice', ['-n', '-5', join(options.kit, 'psload'), '--media', options.media, '--list', list, '--streams', String(ports.length), '--secs', String(durationS), '--log', join(folder, 'load.log'), ...flags])
}

/** What only receiving costs, percent of a core a stream. */
async function floor(count: number): Promise<number> {
  const counter = spawn(node, [join(options.kit, 'nodecount.mjs'), String(firstPort), String(count), String(warmUpS + seconds + 10), mode], { stdio: 'ignore' })
  await sleep(700)
  const sender = send(Array.from({ length: count }, (_, i) => firstPort + i), warmUpS + seconds)
  await sleep(warmUpS * 1000)
  const percent = await load(counter.pid ?? 0, seconds - 1)
  await sender.said
  counter.kill()
  await once(counter, 'close')
  return percent / count
}

interface Serving {
  readonly pid: number
  readonly http: number
  readonly ports: readonly number[]
  readonly close: () => Promise<unknown>
}
async function serve(count: number): Promise<Serving> {
  const child = spawn(node, [fileURLToPath(new URL('media/server.ts', import.meta.url)), String(count), mode, String(firstPort)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { http, ports } = JSON.parse(line) as { http: number; ports: number[] }
  return {
    pid: child.pid ?? 0, http, ports,
    close: () => {
      child.kill()
      return once(child, 'close')
    },
  }
}

const fixed = (value: number): string => value.toFixed(3)
const faults = (pull: Record<string, unknown>): string => ['missing', 'repeated', 'damaged', 'wrong_stream', 'bad', 'dts_back', 'dts_odd'].map((name) => `${name} ${String(pull[name])}`).join(', ')
const print = (text: string): void => void process.stdout.write(`${text}\n`)

async function streams(count: number): Promise<void> {
  const least = options.floor ? await floor(count) : NaN
  const server = await serve(count)
  const emptyMb = residentMb(server.pid)
  const sender = send(server.ports, warmUpS + 2 * seconds + 4)
  await sleep(warmUpS * 1000)
  const bare = (await load(server.pid, seconds)) / count
  const mb = (residentMb(server.pid) - emptyMb) / count
  const checks = count >= 100 ? ['--nocheck'] : []
  const viewers = start(join(options.kit, 'flvpull'), ['--url', `http://127.0.0.1:${server.http}/live/s%d.flv`, '--streams', String(count), '--secs', String(seconds + 1.5), '--stagger-ms', '1000', ...checks])
  await sleep(1500)
  const viewed = (await load(server.pid, seconds - 0.5)) / count
  const pull = await viewers.said
  const sent = await sender.said
  await server.close()
  print(`${mode}, ${count} streams: floor ${fixed(least)} % of a core a stream; received ${fixed(bare)} (${fixed(bare / least)} x), with a viewer each ${fixed(viewed)} (${fixed(viewed / least)} x); ${mb.toFixed(2)} MB a stream`)
  print(`  players: ${faults(pull)}; latency ${JSON.stringify(pull.latency_ms)}; sender late_20ms ${String(sent.late_20ms)}, send_errors ${String(sent.send_errors)}`)
}

async function players(count: number): Promise<void> {
  const server = await serve(1)
  const sender = send(server.ports, 8 + seconds + 4)
  await sleep(3000)
  const alone = await load(server.pid, 2)
  const viewers = start(join(options.kit, 'flvpull'), ['--url', `http://127.0.0.1:${server.http}/live/s%d.flv`, '--conns', String(count), '--secs', String(seconds + 3), '--stagger-ms', '2000', '--nocheck'])
  await sleep(2500)
  const each = ((await load(server.pid, seconds)) - alone) / count
  const pull = await viewers.said
  await sender.said
  await server.close()
  print(`${count} players of one stream: ${fixed(each)} % of a core each; ${faults(pull)}; join to first keyframe ${JSON.stringify(pull.join_to_key_ms)}`)
}

export async function run(): Promise<void> {
  if (!options.kit || !options.media) throw new Error('say where the load kit is and what to send: --kit DIR --media FILE.264')
  for (const count of options.streams.split(',').map(Number)) await streams(count)
  if (options.players) await players(Number(options.players))
}
