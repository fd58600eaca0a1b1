// The programs of the media bench: senders, players, the floor, the server; and what they cost, as Linux has it.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface Setting {
  readonly kit: string
  readonly media: string
  readonly mode: 'udp' | 'tcp'
  readonly seconds: number
  readonly hasMap: boolean
  /** The floor receives at the same time: for a machine that others use, whose doings then weigh on both alike. Two cores are full with it. */
  readonly isBeside: boolean
  /** Flags of the server's Node, as `npm start` has them. */
  readonly flags: readonly string[]
  /** Threads that receive UDP; 0: the main loop does. */
  readonly threads: number
  /** Packets of a frame leave at once, and not at the pace of a camera's link: what passes until it is seen is then ours. */
  readonly isBurst?: boolean
}

const folder = mkdtempSync(join(tmpdir(), 'yiji-bench-'))
const firstPort = 26_000
const floorPort = 28_000

/** Nanoseconds on a core, of all threads of a process. */
function cpuNs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0)
}
export const residentMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** Percent of one core that each of some processes takes, over the same time. */
export async function load(pids: readonly number[], seconds: number): Promise<readonly number[]> {
  const [before, startMs] = [pids.map(cpuNs), performance.now()]
  await sleep(seconds * 1000)
  const ms = performance.now() - startMs
  return pids.map((pid, i) => (cpuNs(pid) - (before[i] ?? 0)) / 1e4 / ms)
}

export interface Program {
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

/** Cameras that send to these ports, a stream each. */
export function send({ kit, media, mode, hasMap, isBurst = false }: Setting, ports: readonly number[], seconds: number, name = 'server'): Program {
  const list = join(folder, `list-${name}`)
  writeFileSync(list, ports.map((port, i) => `127.0.0.1 ${port} ${200_000_000 + i}\n`).join(''))
  const flags = [...(mode === 'tcp' ? ['--tcp'] : []), ...(hasMap ? [] : ['--no-psm']), ...(isBurst ? ['--line-rate', '0'] : [])]
  return start('nice', ['-n', '-5', join(kit, 'psload'), '--media', media, '--list', list, '--streams', String(ports.length), '--secs', String(seconds), '--log', join(folder, `load-${name}.log`), ...flags])
}

export function play({ kit }: Setting, http: number, seconds: number, flags: readonly string[]): Program {
  return start(join(kit, 'flvpull'), ['--url', `http://127.0.0.1:${http}/live/s%d.flv`, '--secs', String(seconds), ...flags])
}

export interface Running {
  readonly pid: number
  readonly ports: readonly number[]
  readonly close: () => Promise<unknown>
}
const running = (child: ChildProcess, ports: readonly number[]): Running => ({
  pid: child.pid ?? 0,
  ports,
  close: () => {
    child.kill()
    return once(child, 'close')
  },
})

/** A Node program that only receives and counts. */
export async function openFloor({ kit, mode }: Setting, count: number, seconds: number): Promise<Running> {
  const child = spawn(process.execPath, [join(kit, 'nodecount.mjs'), String(floorPort), String(count), String(seconds), mode], { stdio: 'ignore' })
  await sleep(700)
  return running(child, Array.from({ length: count }, (_, i) => floorPort + i))
}

export async function openServer({ mode, flags, threads }: Setting, count: number): Promise<Running & { readonly http: number }> {
  const child = spawn(process.execPath, [...flags, fileURLToPath(new URL('server.ts', import.meta.url)), String(count), mode, String(firstPort), String(threads)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { http, ports } = JSON.parse(line) as { http: number; ports: number[] }
  return { ...running(child, ports), http }
}
