// All rules over 100,000 records with an outline of 2,000 corners: how long, how long anybody else waits, how much memory. The limits are 10 s and 50 ms.
// The kinds: a sound register, one where a tenth is wrong in some way, and one in the wrong datum altogether.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { seededRandom } from '../../src/base/index.ts'
import { checkArea, type CheckedRecord, type Fields, type Outline } from '../../src/registry/index.ts'

const count = 100_000
const partSize = 500
const samplingMs = 1

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** A ring of about 25 km across with a ragged edge, around Luhe. */
function outlineOf(corners: number): Outline {
  const next = seededRandom(7)
  const ring = Array.from({ length: corners }, (_, n): [number, number] => {
    const angle = (2 * Math.PI * n) / corners
    const radius = 1 + 0.02 * next()
    return [118.84 + 0.14 * radius * Math.cos(angle), 32.34 + 0.12 * radius * Math.sin(angle)]
  })
  return { area: '320116', polygons: [[[...ring, ring[0] ?? [0, 0]]]] }
}

type Kind = 'sound' | 'a tenth wrong' | 'in GCJ-02'

function recordOf(n: number, next: () => number, kind: Kind): CheckedRecord {
  const isWrong = kind === 'a tenth wrong' && n % 10 === 0
  const code = `3201160${n % 10}00132${0}${String(n).padStart(6, '0')}`
  const angle = 2 * Math.PI * next()
  const radius = Math.sqrt(next()) * 0.99
  const shift = kind === 'in GCJ-02' ? [0.00511, -0.0022] : [0, 0]
  const longitude = 118.84 + 0.14 * radius * Math.cos(angle) + (shift[0] ?? 0)
  const latitude = 32.34 + 0.12 * radius * Math.sin(angle) + (shift[1] ?? 0)
  const declared: Fields = {
    code,
    name: isWrong ? '大门口' : `棠城路${n}号路口`,
    manufacturer: '1',
    area: '320116',
    class: String((n % 3) + 1),
    functionType: '5',
    address: `雄州街道棠城路${n}号`,
    longitude: (isWrong && n % 20 === 0 ? 118.84 : longitude).toFixed(6),
    latitude: latitude.toFixed(6),
    positionType: '8',
    networking: 'networked',
    policeUnit: `3201160${String(n % 40).padStart(5, '0')}`,
    installedAt: '2021-03-05',
    managementUnit: `单位${n % 100}`,
    contact: '025-57750110',
    recordDays: isWrong ? '15' : '90',
    status: '1',
    ipv4: `10.${(n >> 14) & 63}.${(n >> 7) & 127}.${isWrong ? 1 : (n & 127) + 1}`,
    mac: `A4-14-37-${[16, 8, 0].map((bits) => ((n >> bits) & 255).toString(16).padStart(2, '0').toUpperCase()).join('-')}`,
  }
  return { id: code, declared, presence: 'online' }
}

async function measure(kind: Kind): Promise<void> {
  const next = seededRandom(1)
  const outlines = [outlineOf(2000)]
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  let peak = before
  let steps = 0
  const histogram = monitorEventLoopDelay({ resolution: samplingMs })
  histogram.enable()
  const started = performance.now()
  const startedCpu = cpuMs()
  // Between two turns, in time of this thread's own: on a busy machine the wall's says how long others ran.
  let sliceStart = startedCpu
  let longestSlice = 0
  const turn = async (): Promise<void> => {
    longestSlice = Math.max(longestSlice, cpuMs() - sliceStart)
    await new Promise((resolve) => void setImmediate(resolve))
    sliceStart = cpuMs()
  }
  /** Parts come as from a database: made when they are asked for, and dropped. */
  function* parts(): Generator<readonly CheckedRecord[]> {
    for (let at = 0; at < count; at += partSize) yield Array.from({ length: partSize }, (_, n) => recordOf(at + n, next, kind))
  }
  const found = new Map<string, number>()
  for await (const judged of checkArea(parts(), { nowMs: Date.UTC(2026, 5, 1), outlines }, turn)) {
    for (const { findings } of judged) for (const { rule } of findings) found.set(rule, (found.get(rule) ?? 0) + 1)
    if (++steps % 50 === 0) peak = Math.max(peak, process.memoryUsage().heapUsed)
  }
  const seconds = (performance.now() - started) / 1000
  await new Promise((resolve) => setTimeout(resolve, 5 * samplingMs))
  histogram.disable()
  process.stdout.write(`${kind.padEnd(14)} ${seconds.toFixed(1)} s (${((cpuMs() - startedCpu) / 1000).toFixed(1)} s of CPU) for ${count} records, longest block ${Math.max(0, histogram.max / 1e6 - samplingMs).toFixed(0)} ms (${longestSlice.toFixed(0)} ms of CPU), heap +${Math.round((peak - before) / 1e6)} MB at most\n`)
  process.stdout.write(`${''.padEnd(14)} ${[...found].map(([rule, n]) => `${rule} ${n}`).join(', ') || 'no findings'}\n`)
}

export async function run(): Promise<void> {
  for (const kind of ['sound', 'a tenth wrong', 'in GCJ-02'] as const) await measure(kind)
}
