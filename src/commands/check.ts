// `yiji check`: is everything there that `yiji serve` will need? One line per point; exit 1 when one of them is not.
import { createSocket } from 'node:dgram'
import { readFileSync, statfsSync, accessSync, constants } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { proveAudit } from '../accounts/index.ts'
import { silentLog, systemClock } from '../base/index.ts'
import { loadConfig, type Config } from '../config.ts'
import { defaultRules, openDecoder } from '../inspect/index.ts'
import { databaseName, makeFolder, readTrail } from '../store/index.ts'

interface Point {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

const minFreeBytes = 1_000_000_000
/** Asked of each media socket; the kernel grants at most rmem_max, and one keyframe burst is lost in less. */
const wantedReceiveBuffer = 1 << 20

export async function check(options: { readonly json?: boolean }): Promise<number> {
  const config = loadConfig(process.env)
  const points = [
    { name: 'configuration', ok: true, detail: `console ${config.http.host}:${config.http.port}, SIP ${config.sip.host}:${config.sip.port}, id ${config.sip.id}` },
    await freePort('HTTP port', config.http.host, config.http.port, 'tcp', 'YIJI_HTTP_PORT'),
    ...(config.rtsp ? [await freePort('RTSP port', config.rtsp.host, config.rtsp.port, 'tcp', 'YIJI_RTSP_PORT')] : []),
    await freePort('SIP port (TCP)', config.sip.host, config.sip.port, 'tcp', 'YIJI_SIP_PORT'),
    await freePort('SIP port (UDP)', config.sip.host, config.sip.port, 'udp', 'YIJI_SIP_PORT'),
    mediaAddress(config),
    await mediaPorts(config),
    receiveBuffer(),
    dataDirectory(config),
    await auditTrail(config),
    clockPoint(),
    await decoderPoint(),
  ]
  const ok = points.every((point) => point.ok)
  if (options.json) process.stdout.write(`${JSON.stringify({ ok, points })}\n`)
  else for (const point of points) process.stdout.write(`${point.ok ? 'ok  ' : 'NOT '} ${point.name}: ${point.detail}\n`)
  return ok ? 0 : 1
}

async function freePort(name: string, host: string, port: number, transport: 'tcp' | 'udp', key: string): Promise<Point> {
  if (port === 0) return { name, ok: true, detail: 'any free one' }
  const error = await (transport === 'tcp' ? tryTcp(host, port) : tryUdp(host, port))
  return { name, ok: error === undefined, detail: error === undefined ? `${port} is free` : `${port} on ${host}: ${error}; stop what holds it or set ${key}` }
}

function tryTcp(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(error.message))
    server.listen({ host, port }, () => server.close(() => resolve(undefined)))
  })
}

function tryUdp(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.once('error', (error) => resolve(error.message))
    socket.bind({ address: host, port, exclusive: true }, () => socket.close(() => resolve(undefined)))
  })
}

function mediaAddress({ media }: Config): Point {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses?.map((each) => each.address) ?? [])
  if (!own.includes(media.host)) return { name: 'media address', ok: false, detail: `${media.host} is no address of this machine (${own.join(', ')}): set YIJI_MEDIA_HOST, unless its ports are forwarded here (NAT, container)` }
  const isLoopback = media.host.startsWith('127.') || media.host === '::1'
  return { name: 'media address', ok: true, detail: isLoopback ? `${media.host}: only cameras on this machine can reach it; set YIJI_MEDIA_HOST for real ones` : media.host }
}

/** Tries a few ports across the range: a holder of one of them is passed over when serving, a holder of all is not. */
async function mediaPorts({ media, sip }: Config): Promise<Point> {
  const { first, last } = media.ports
  const tried = [...new Set([first, first + Math.floor((last - first) / 2), last])]
  const errors = await Promise.all(tried.map((port) => tryUdp(sip.host, port)))
  const held = tried.filter((_, index) => errors[index] !== undefined)
  const streams = Math.floor((last - first + 1) / 2)
  return { name: 'media ports', ok: held.length < tried.length, detail: `${first}-${last}, ${streams} streams at once${held.length > 0 ? `; held by others: ${held.join(', ')}` : ''}` }
}

function receiveBuffer(): Point {
  try {
    const granted = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'))
    const ok = granted >= wantedReceiveBuffer
    return { name: 'receive buffer', ok: true, detail: ok ? `rmem_max ${granted}` : `rmem_max is ${granted}: UDP media may lose keyframe bursts; "sysctl -w net.core.rmem_max=${wantedReceiveBuffer}" or use TCP` }
  } catch {
    return { name: 'receive buffer', ok: true, detail: 'not known on this system' }
  }
}

function dataDirectory({ dataDir }: Config): Point {
  try {
    makeFolder(dataDir)
    accessSync(dataDir, constants.W_OK)
    const { bavail, bsize } = statfsSync(dataDir)
    const free = bavail * bsize
    const gigabytes = (free / 1e9).toFixed(1)
    return { name: 'data directory', ok: free >= minFreeBytes, detail: free >= minFreeBytes ? `${dataDir}, ${gigabytes} GB free` : `${dataDir}: only ${gigabytes} GB free; recordings need room` }
  } catch (error) {
    return { name: 'data directory', ok: false, detail: `${dataDir} cannot be written (${error instanceof Error ? error.message : String(error)}): set YIJI_DATA_DIR` }
  }
}

/** Whether anybody changed it: every hash is computed again, beside the service that goes on writing. */
async function auditTrail({ dataDir }: Config): Promise<Point> {
  const name = 'audit trail'
  try {
    const proof = await readTrail(join(dataDir, databaseName), async (trail) => proveAudit(trail.auditStretch, await trail.auditCuts(), async () => {}))
    if (!proof) return { name, ok: true, detail: 'none yet, or of another version' }
    const { ok, entries, through, head, broken } = proof
    return { name, ok, detail: ok ? `${entries} entries, unchanged; the last is ${through} with the hash ${head.slice(0, 16)}…` : `entry ${broken?.n} is ${broken?.reason}: somebody wrote to the database; compare a backup` }
  } catch (error) {
    return { name, ok: false, detail: `cannot be read (${error instanceof Error ? error.message : String(error)})` }
  }
}

function clockPoint(): Point {
  const now = new Date(systemClock.wallMs())
  const ok = now.getUTCFullYear() >= 2026
  return { name: 'clock', ok, detail: ok ? now.toISOString() : `${now.toISOString()} lies before this software was written: set the clock, cameras take it from us` }
}

/** Starts the decoder's child and gives it a picture that is none: it must say so, and live. */
async function decoderPoint(): Promise<Point> {
  const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog })
  const session = decoder.open(defaultRules)
  const answer = await session.push({ codec: 'h264', nalUnits: [Buffer.from([0x65, 0])] })
  session.close()
  await decoder.close()
  const ok = !answer.ok && answer.reason === 'undecodable'
  return { name: 'decoder', ok, detail: ok ? 'its child process answers' : `no sound answer from the child process: ${answer.ok ? 'it decoded nothing' : answer.detail}` }
}
