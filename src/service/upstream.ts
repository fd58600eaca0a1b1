// What makes a camera send: the relay's Upstream over the user agent's invite session, or the camera itself by RTSP. Media knows no SIP, SIP no relay.
import { createRtspSource, type MediaTransport, type RtspSourceOptions, type Source, type StreamKey, type Upstream, type UpstreamFailure, type WireEvent } from '../media/index.ts'
import type { Registry } from '../registry/index.ts'
import type { InviteSession, TraceEntry, UserAgent } from '../sip/index.ts'

/** INVITE unanswered for this long is given up: RFC 3261 timer B, 64 x T1. */
const answerTimeoutMs = 32_000

export type UpstreamChoice =
  | { readonly ok: true; readonly transport: MediaTransport; readonly upstream: Upstream }
  | { readonly ok: false; readonly reason: UpstreamFailure; readonly detail: string }

/** A camera whose record has an RTSP address is pulled from there, any other is asked for through its device. */
export async function sourceOfCamera(camera: StreamKey, registry: Pick<Registry, 'sourceOf'>, pulled: Omit<RtspSourceOptions, 'url' | 'username' | 'password' | 'transport'>, invited: () => Promise<Source>): Promise<Source> {
  const source = await registry.sourceOf(camera)
  return source ? createRtspSource({ ...pulled, ...source }) : invited()
}

/** Chooses the upstream of a camera: its device must have a binding, and must not be known to be offline. */
export async function upstreamOf(camera: StreamKey, registry: Registry, userAgent: UserAgent, mediaHost: string): Promise<UpstreamChoice> {
  const deviceId = await registry.deviceOfChannel(camera)
  const device = deviceId === undefined ? undefined : await registry.device(deviceId)
  if (!device || !userAgent.bindingOf(device.id)) {
    return { ok: false, reason: 'not-registered', detail: deviceId === undefined ? `no registered device lists ${camera}` : `device ${deviceId} is not registered` }
  }
  if (userAgent.presenceOf(device.id) === 'offline') return { ok: false, reason: 'offline', detail: `device ${device.id} is offline` }
  return { ok: true, transport: device.mediaTransport, upstream: inviteUpstream(userAgent, device.id, camera, mediaHost) }
}

function inviteUpstream(userAgent: UserAgent, deviceId: string, channelId: string, mediaHost: string): Upstream {
  let session: InviteSession | undefined
  return {
    start: (landing, onWire, onEnded) => {
      session = userAgent.invite({
        deviceId,
        channelId,
        media: { host: mediaHost, port: landing.port, transport: landing.transport },
        answerTimeoutMs,
        onTrace: (entry) => onWire(signalEvent(entry)),
        onEnded,
      })
      return session.answered
    },
    stop: async () => session?.bye(),
  }
}

export function signalEvent(entry: TraceEntry): WireEvent {
  return {
    layer: 'signal',
    direction: entry.direction,
    atUs: entry.atUs,
    transport: entry.local.transport,
    local: { host: entry.local.host, port: entry.local.port },
    remote: { host: entry.remote.host, port: entry.remote.port },
    bytes: entry.bytes,
  }
}
