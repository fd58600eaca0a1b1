// Sends mutated SIP messages to a running service, over UDP and TCP, from strangers and from registered devices, and registers well in between:
//   node scripts/chew-service.ts [--count 1000000] [--seed 1] [--target HOST:PORT --pid PID] [--password …] [--server-id …]
// Without a target it starts a service of its own. Exit 1: a good REGISTER was not answered 200, the service died, or its memory grew.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chew } from '../src/base/chew.ts'
import { openDevice, type Device, type Target } from './chew/device.ts'

/** Few enough that a socket's buffer holds them all: what is to be tried is the service, not the kernel's queue. */
const batch = 200
/** The service may hold this much more at the end than after its first quarter. */
const allowedGrowthMb = 40

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string' },
    pid: { type: 'string' },
    password: { type: 'string', default: '12345678' },
    'server-id': { type: 'string', default: '34020000002000000001' },
  },
})
const count = Number(values.count)

function samples(id: string): readonly Buffer[] {
  const folder = (name: string): readonly Buffer[] => readdirSync(new URL(`../fixtures/${name}/`, import.meta.url)).filter((file) => file !== 'README.md').map((file) => readFileSync(new URL(`../fixtures/${name}/${file}`, import.meta.url)))
  const head = (method: string, type: string, length: number): Buffer =>
    Buffer.from(`${method} sip:${values['server-id']}@3402000000 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5060;rport;branch=z9hG4bKchew1\r\nFrom: <sip:${id}@3402000000>;tag=1\r\nTo: <sip:${values['server-id']}@3402000000>\r\nCall-ID: chew\r\nCSeq: 1 ${method}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`)
  const bodies = folder('manscdp').map((body) => Buffer.concat([head('MESSAGE', 'Application/MANSCDP+xml', body.length), body]))
  const offers = folder('sdp').map((body) => Buffer.concat([head('INVITE', 'APPLICATION/SDP', body.length), body]))
  return [...folder('sip/valid'), ...folder('sip/invalid'), ...bodies, ...offers]
}

async function startService(): Promise<{ readonly target: Target; readonly pid: number; readonly stop: () => void; readonly hasDied: () => boolean }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yiji-chew-'))
  const env = { ...process.env, YIJI_DATA_DIR: dataDir, YIJI_SIP_HOST: '127.0.0.1', YIJI_SIP_PORT: '0', YIJI_HTTP_PORT: '0', YIJI_SIP_PASSWORD: values.password, YIJI_SIP_ID: values['server-id'], YIJI_LOG_LEVEL: 'silent' }
  const child = spawn(process.execPath, ['bin/yiji.js', 'serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let hasDied = false
  child.on('exit', () => (hasDied = true))
  const port = await new Promise<number>((resolve, reject) => {
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const found = /SIP [^ ]*:(\d+)/.exec(said)
      if (found) resolve(Number(found[1]))
    })
    child.on('exit', () => reject(new Error(`the service did not start: ${said}`)))
  })
  const stop = (): void => {
    child.on('exit', () => rmSync(dataDir, { recursive: true, force: true }))
    child.kill('SIGTERM')
  }
  return { target: { host: '127.0.0.1', port, serverId: values['server-id'], password: values.password }, pid: child.pid ?? 0, stop, hasDied: () => hasDied }
}

function givenService(where: string): Awaited<ReturnType<typeof startService>> {
  const [host = '', port = ''] = where.split(/:(?=\d+$)/)
  return { target: { host, port: Number(port), serverId: values['server-id'], password: values.password }, pid: Number(values.pid ?? 0), stop: () => {}, hasDied: () => false }
}

function rssMb(pid: number): number {
  if (pid === 0) return 0
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024
}
const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1] ?? 0

const service = values.target === undefined ? await startService() : givenService(values.target)
const { target, pid } = service
const lanes: { readonly transport: 'udp' | 'tcp'; readonly isRegistered: boolean; readonly id: string; device?: Device }[] = [
  { transport: 'udp', isRegistered: true, id: '34020000001320000901' },
  { transport: 'tcp', isRegistered: true, id: '34020000001320000902' },
  { transport: 'udp', isRegistered: false, id: '34020000001320000903' },
  { transport: 'tcp', isRegistered: false, id: '34020000001320000904' },
]
const good = await openDevice(target, 'udp', '34020000001320000900')
const misses: string[] = []
const memory: number[] = []
let answered = 0
let slowestMs = 0
let reconnected = 0

const check = async (device: Device, what: string): Promise<void> => {
  const result = await device.register()
  if (result?.status === 200) answered++
  else misses.push(`${what}: ${result ? `answered ${result.status}` : 'not answered'}`)
  slowestMs = Math.max(slowestMs, result?.ms ?? 0)
}
const ready = async (lane: (typeof lanes)[number]): Promise<Device> => {
  if (lane.device?.isOpen()) return lane.device
  if (lane.device) reconnected++
  lane.device = await openDevice(target, lane.transport, lane.id)
  if (lane.isRegistered) await check(lane.device, `a device over ${lane.transport}`)
  return lane.device
}

const start = performance.now()
const mutated = chew(lanes.flatMap(({ id }) => samples(id)), count, Number(values.seed))
let sent = 0
while (sent < count && misses.length === 0 && !service.hasDied()) {
  const lane = lanes[(sent / batch) % lanes.length]
  if (!lane) break
  const messages: Buffer[] = []
  for (let next = mutated.next(); !next.done && messages.push(next.value) < batch; ) next = mutated.next()
  const device = await ready(lane)
  await device.send(messages)
  sent += batch
  await check(good, `the good device after ${sent}`)
  if ((sent / batch) % 50 === 0) {
    const fresh = await openDevice(target, 'tcp', '34020000001320000905')
    await check(fresh, `a new connection after ${sent}`)
    fresh.close()
  }
  if (pid > 0 && (sent / batch) % 25 === 0) memory.push(rssMb(pid))
  if ((sent / batch) % 500 === 0) process.stdout.write(`  ${sent} sent, ${Math.round((sent * 1000) / (performance.now() - start))}/s, ${answered} good REGISTERs answered, ${Math.round(memory.at(-1) ?? 0)} MB\n`)
}
for (const { device } of lanes) device?.close()
good.close()
const quarter = Math.ceil(memory.length / 4)
const [early, late] = [median(memory.slice(quarter, 2 * quarter)), median(memory.slice(-quarter))]
const hasDied = service.hasDied()
service.stop()
process.stdout.write(`${sent} mutated messages, seed ${values.seed}, in ${Math.round((performance.now() - start) / 1000)} s; ${answered} good REGISTERs answered, the slowest in ${Math.round(slowestMs)} ms; ${reconnected} connections closed by the service and opened again; memory ${Math.round(early)} MB in the second quarter, ${Math.round(late)} MB in the last, ${Math.round(Math.max(0, ...memory))} MB at most\n`)
const isGrown = late > early + allowedGrowthMb
for (const miss of misses) process.stderr.write(`${miss}\n`)
if (hasDied) process.stderr.write('the service died\n')
if (isGrown) process.stderr.write('the memory of the service grew\n')
if (misses.length > 0 || hasDied || isGrown) process.exitCode = 1
