// Sends a clip round and round as PS in RTP, paced by the clock, over UDP or into a TCP connection that we open.
// GB/T 28181-2022 Annex C.1 (one pack per frame), Annex D (RFC 4571 framing over TCP).
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { connect, type Socket } from 'node:net'
import type { Cancel, Clock } from '../../base/index.ts'
import { createPsMuxer, frameRfc4571, packetize, splitAnnexB } from '../../media/index.ts'
import type { Clip } from './clips.ts'

export interface MediaTarget {
  readonly transport: 'udp' | 'tcp'
  readonly host: string
  readonly port: number
  readonly ssrc: number
}

export interface MediaSender {
  /** Our own port: the answer's SDP names it. */
  readonly port: number
  /** Begins with the clip's first keyframe, now. */
  readonly start: (clip: Clip) => void
  readonly close: () => void
}

const payloadType = 96
const maxPayload = 1400

/** Opens the sending socket; nothing is sent before `start`. */
export async function openMediaSender(target: MediaTarget, clock: Clock): Promise<MediaSender> {
  const wire = target.transport === 'udp' ? await openUdp(target) : openTcp(target)
  let cancel: Cancel | undefined
  let isClosed = false
  const play = (clip: Clip): void => {
    const muxer = createPsMuxer({ codec: clip.codec })
    const beganUs = clock.nowUs()
    let frame = 0
    let sequence = 0
    const next = (): void => {
      if (isClosed) return
      // Catches up after a late timer, so that the rate holds on a busy machine.
      for (const dueBy = clock.nowUs(); beganUs + (frame * 1_000_000) / clip.fps <= dueBy; frame++) {
        const unit = clip.units[frame % clip.units.length]
        if (!unit) return
        const pts90k = Math.round((frame * 90_000) / clip.fps)
        const pack = muxer.push({ nalUnits: splitAnnexB(unit.bytes), pts90k, isKeyframe: unit.isKeyframe })
        const packets = packetize(pack, { payloadType, ssrc: target.ssrc, timestamp: pts90k >>> 0, firstSequence: sequence & 0xffff, maxPayload })
        sequence += packets.length
        for (const packet of packets) wire.send(packet)
      }
      cancel = clock.after(Math.max(1, (beganUs + (frame * 1_000_000) / clip.fps - clock.nowUs()) / 1000), next)
    }
    next()
  }
  return {
    port: wire.port,
    start: play,
    close: () => {
      isClosed = true
      cancel?.()
      wire.close()
    },
  }
}

interface Wire {
  readonly port: number
  readonly send: (packet: Buffer) => void
  readonly close: () => void
}

function openUdp(target: MediaTarget): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket: UdpSocket = createSocket('udp4')
    let isOpen = true
    socket.on('error', reject)
    socket.bind(0, '127.0.0.1', () => {
      // A receiver that is gone answers with ICMP: a camera does not care.
      socket.on('error', () => {})
      resolve({
        port: socket.address().port,
        send: (packet) => isOpen && socket.send(packet, target.port, target.host),
        close: () => {
          if (isOpen) socket.close()
          isOpen = false
        },
      })
    })
  })
}

/** The connection is opened with the answer, before the ACK, as some vendors do. */
function openTcp(target: MediaTarget): Wire {
  const socket: Socket = connect({ host: target.host, port: target.port, noDelay: true })
  socket.on('error', () => socket.destroy())
  return {
    port: 9,
    send: (packet) => {
      // A peer that does not read costs packets, not memory.
      if (!socket.destroyed && socket.writableLength < 4_000_000) socket.write(frameRfc4571(packet))
    },
    close: () => socket.destroy(),
  }
}
