// What makes a camera send: the relay's Upstream over the user agent's invite session, or the camera itself by RTSP. Media knows no SIP, SIP no relay.
import { createRtspSource, parseStreamKey, type MediaTransport, type RtspSourceOptions, type Source, type StreamKey, type Upstream, type WireEvent } from '../media/index.ts'
import type { Log } from '../base/index.ts'
import type { Device, Registry } from '../registry/index.ts'
import { redact, type InviteSession, type TraceEntry, type UserAgent } from '../sip/index.ts'
import type { RememberedWays } from './remembered-ways.ts'

/** INVITE unanswered for this long is given up: RFC 3261 timer B, 64 x T1. */
const answerTimeoutMs = 32_000

/** A camera whose record has an RTSP address is pulled from there, any other is asked for through its device. */
export async function sourceOfCamera(key: StreamKey, registry: Pick<Registry, 'sourceOf'>, pulled: Omit<RtspSourceOptions, 'url' | 'username' | 'password' | 'transport'>, invited: () => Promise<Source>): Promise<Source> {
  const { camera, stream } = parseStreamKey(key)
  const source = await registry.sourceOf(camera)
  if (source && stream === 'sub') return { ok: false, reason: 'refused', detail: `the record of ${camera} has the address of one stream` }
  return source ? createRtspSource({ ...pulled, ...source }) : invited()
}

export interface UpstreamParts {
  readonly registry: Pick<Registry, 'deviceOfChannel' | 'device'>
  readonly userAgent: Pick<UserAgent, 'bindingOf' | 'presenceOf' | 'invite' | 'command'>
  readonly mediaHost: string
  /** Whether a device without a list of its own is asked by another transport. */
  readonly retry: boolean
  readonly ways: RememberedWays
  /** Streams of an inspector's own: those that run for others are left alone. */
  readonly isBeside?: boolean
  readonly log: Log
}

/**
 * The transports of a device in the order of trying: the one that is set, then those of its own list, else the other of UDP and TCP passive.
 * TCP active is never guessed: it would have us connect to where a device says.
 */
export function transportsOf({ mediaTransport, settings }: Pick<Device, 'mediaTransport' | 'settings'>, retry: boolean): readonly MediaTransport[] {
  const other: readonly MediaTransport[] = !retry || mediaTransport === 'tcp-active' ? [] : [mediaTransport === 'udp' ? 'tcp-passive' : 'udp']
  return [...new Set([mediaTransport, ...(settings?.nextTransports ?? other)])]
}

/**
 * Chooses the upstream of a camera's stream: its device must have a binding, and must not be known to be offline. `way` counts the transports
 * tried before; `isMeasured`: by the transport that is set, even where another has worked of late.
 */
export async function upstreamOf(key: StreamKey, way: number, isMeasured: boolean, parts: UpstreamParts): Promise<Source> {
  const { registry, userAgent, ways } = parts
  const { camera } = parseStreamKey(key)
  const deviceId = await registry.deviceOfChannel(camera)
  const device = deviceId === undefined ? undefined : await registry.device(deviceId)
  if (!device || !userAgent.bindingOf(device.id)) {
    return { ok: false, reason: 'not-registered', detail: deviceId === undefined ? `no registered device lists ${camera}` : `device ${deviceId} is not registered` }
  }
  if (userAgent.presenceOf(device.id) === 'offline') return { ok: false, reason: 'offline', detail: `device ${device.id} is offline` }
  const listed = transportsOf(device, parts.retry)
  const remembered = isMeasured ? undefined : ways.of(device)
  const transports = remembered && listed.includes(remembered) ? [remembered, ...listed.filter((each) => each !== remembered)] : listed
  const set = device.mediaTransport
  const transport = transports[way] ?? set
  return {
    ok: true,
    transport,
    hasNext: way + 1 < transports.length,
    ...(transport !== set && { fallback: { set, isRemembered: transport === remembered } }),
    onResult: (isLive) => ways.note(device, transport, isLive),
    upstream: inviteUpstream(key, device.id, parts),
  }
}

function inviteUpstream(key: StreamKey, deviceId: string, { userAgent, mediaHost, isBeside, log }: UpstreamParts): Upstream {
  const { camera: channelId, stream } = parseStreamKey(key)
  let session: InviteSession | undefined
  return {
    start: (landing, onWire, onEnded) => {
      session = userAgent.invite({
        deviceId,
        channelId,
        // `a=streamnumber` is the commonest of the names that vendors have for it (Q75).
        ...(stream === 'sub' && { stream: { attribute: 'streamnumber' as const, number: 1 } }),
        media: { host: mediaHost, port: landing.port, transport: landing.transport },
        answerTimeoutMs,
        ...(isBeside && { isBeside }),
        onTrace: (entry) => onWire(signalEvent(entry)),
        onEnded,
      })
      return session.answered
    },
    requestKeyframe: () => {
      const told = (outcome: string): void => log.info({ camera: key, deviceId, outcome }, 'keyframe asked for')
      void userAgent.command(deviceId, channelId, { kind: 'keyframe' }).then((outcome) => told(outcome.ok ? (outcome.value.result ?? 'taken') : outcome.reason))
    },
    mediaLost: () => void session?.mediaLost(),
    stop: async () => session?.bye(),
  }
}

/** What is recorded goes from hand to hand: answers to challenges and passwords in descriptions (Q75) are overwritten, every byte else is in its place. */
export function signalEvent(entry: TraceEntry): WireEvent {
  return {
    layer: 'signal',
    direction: entry.direction,
    atUs: entry.atUs,
    transport: entry.local.transport,
    local: { host: entry.local.host, port: entry.local.port },
    remote: { host: entry.remote.host, port: entry.remote.port },
    bytes: withoutSecrets(entry.bytes),
  }
}

function withoutSecrets(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  const clean = redact(text)
  return clean === text ? bytes : Buffer.from(clean, 'latin1')
}
