// Program stream demuxer: bytes in any cuts, elementary pieces out. ISO/IEC 13818-1 2.5.3; GB/T 28181-2022 Annex C.1.
// Trusts bytes over declarations: no map is needed, a pack header is whatever stands before the next start code, lengths are
// checked against what follows. After a loss nothing is believed until the next pack header. docs/interop.md, Q80 to Q91.
import { ParseError } from '../../base/index.ts'
import { freshMemory, type Arena } from '../arena.ts'
import { parsePesHeader } from './pes.ts'
import { maxMapLength, parsePsm, type ProgramStreamMap } from './psm.ts'
import { findSystemStart, lowestSystemId, misalignment, packStart, startCode } from './start-code.ts'

/** The payload of one PES packet. Empty and damaged: bytes were lost after the piece before. */
export interface ElementaryPiece {
  /** E0–EF video, C0–DF audio, BD private. */
  readonly streamId: number
  /** 33 bits, 90 kHz. */
  readonly pts90k?: number
  readonly bytes: Buffer
  readonly isDamaged: boolean
  /** Arrival of its last byte. */
  readonly receivedUs: number
}

export interface PsFigures {
  readonly packs: number
  readonly resynchronisations: number
  readonly map?: ProgramStreamMap
}

export interface PsDemuxer {
  /** RTP payloads or raw bytes, in order. */
  readonly push: (bytes: Buffer, atUs?: number) => readonly ElementaryPiece[]
  /** Bytes are missing here: what was begun comes out damaged. */
  readonly gap: () => readonly ElementaryPiece[]
  /** A frame ended here, as its sender says: a packet of length 0 is whole. */
  readonly frameEnd: () => readonly ElementaryPiece[]
  /** The end: what was begun comes out. */
  readonly flush: () => readonly ElementaryPiece[]
  /** The packet that is half here: its head, which tells already whether a new frame begins. */
  readonly opened: () => { readonly streamId: number; readonly pts90k: number | undefined } | undefined
  /** No packet is half here. */
  readonly isBetweenPackets: () => boolean
  readonly stats: () => PsFigures
}

/** Bytes from a pack's start code to the next start code at most: 14 and 7 of stuffing in the standard. */
const maxPackHeader = 64
/** A PES packet of length 0 ends here at the latest: larger than any 4K keyframe seen (Q104). */
const maxUnboundedBytes = 4 * 1024 * 1024
/** So many packs in a row that each began what was pushed: they are looked for nowhere else then. */
const alignedAfter = 8
const empty: Buffer = Buffer.alloc(0)
const nothing: readonly ElementaryPiece[] = []

/** seeking: until a pack header; header: at a start code; pack: between a pack's start code and the next; payload: inside a packet. */
type Mode = 'seeking' | 'header' | 'pack' | 'payload'

interface OpenPacket {
  readonly streamId: number
  /** Its payload is wanted. */
  readonly isKept: boolean
  readonly pts90k: number | undefined
  /** Payload so far in its first `size` bytes: copied as it comes, so that no datagram is kept alive for the time of a frame. */
  bytes: Buffer
  size: number
  /** Payload bytes still to come; Infinity where the length is 0. */
  missing: number
}

/** Room for the first bytes of a packet whose length is 0. */
const firstRoom = 32 * 1024
const isVideo = (id: number): boolean => id >= 0xe0 && id <= 0xef
const isSound = (id: number): boolean => (id >= 0xc0 && id <= 0xdf) || id === privateStream
/** private_stream_1. Interop: cameras that put G.711 there (media.md 5). */
const privateStream = 0xbd

/** `hasSound: false`: pieces of video alone, and nothing is copied of others. `memory`: where video is put together. */
export function createPsDemuxer({ hasSound = true, memory = freshMemory }: { readonly hasSound?: boolean; readonly memory?: Arena } = {}): PsDemuxer {
  const isKept = (id: number): boolean => isVideo(id) || (hasSound && isSound(id))
  let mode: Mode = 'seeking'
  let data = empty
  let at = 0
  /** Bytes of `data` that came with an earlier push, and the arrivals of both parts. */
  let carried = 0
  let carriedUs = 0
  let nowUs = 0
  let open: OpenPacket | undefined
  let isFirstOfPack = false
  let videoId = 0xe0
  let packs = 0
  /** Packs in a row that stood at the beginning of a push, as those of cameras do: a frame begins a packet of RTP. */
  let alignedPacks = 0
  let resynchronisations = 0
  let map: ProgramStreamMap | undefined
  let out: ElementaryPiece[] = []

  const room = (id: number, size: number): Buffer => (isVideo(id) ? memory.take(size) : Buffer.allocUnsafeSlow(size))
  const openedPacket = (streamId: number, isKept: boolean, pts90k: number | undefined, missing: number): OpenPacket => ({
    streamId, isKept, pts90k, bytes: isKept ? room(streamId, missing === Infinity ? firstRoom : missing) : empty, size: 0, missing,
  })
  const grown = ({ streamId, bytes }: OpenPacket, size: number): Buffer => {
    const larger = room(streamId, Math.max(size, 2 * bytes.length))
    bytes.copy(larger)
    return larger
  }
  const receivedUs = (): number => (at > carried ? nowUs : carriedUs)
  const emit = ({ streamId, isKept, pts90k, bytes, size }: OpenPacket, isDamaged: boolean): void => {
    if (isVideo(streamId)) videoId = streamId
    if (!isKept) return
    out.push({ streamId, ...(pts90k !== undefined && { pts90k }), bytes: size === bytes.length ? bytes : bytes.subarray(0, size), isDamaged, receivedUs: receivedUs() })
  }

  const isPushBegin = (): boolean => at === 0 && carried === 0
  /** What follows cannot be trusted: mark the frame that was begun and look for the next pack header. */
  const lose = (): boolean => {
    if (mode === 'seeking') return true
    if (open && isVideo(open.streamId)) emit(open, true)
    else out.push({ streamId: videoId, bytes: empty, isDamaged: true, receivedUs: receivedUs() })
    open = undefined
    mode = 'seeking'
    resynchronisations++
    return true
  }

  /** Each step takes bytes and says true, or leaves them and says false: more are needed. */
  const seek = (): boolean => {
    const found = data.indexOf(packStart, at)
    at = found === -1 ? Math.max(at, data.length - 3) : found
    if (found === -1) return false
    mode = 'header'
    return true
  }

  const readHeader = (): boolean => {
    while (at + 3 < data.length && data[at] === 0 && data[at + 1] === 0 && data[at + 2] === 0) at++
    if (data.length < at + 4) return false
    const id = data.readUInt8(at + 3)
    if (data[at] !== 0 || data[at + 1] !== 0 || data[at + 2] !== 1 || id < lowestSystemId) return lose()
    if (id === 0xba) {
      packs++
      alignedPacks = isPushBegin() ? alignedPacks + 1 : 0
      isFirstOfPack = true
      at += 4
      mode = 'pack'
      return true
    }
    if (id === 0xb9) {
      at += 4
      return true
    }
    if (data.length < at + 6) return false
    const length = data.readUInt16BE(at + 4)
    if (id === 0xbc) return readMap(length)
    if (isKept(id) || (isSound(id) && id !== privateStream)) return openPacket(id, length)
    return skipPacket(id, length)
  }

  /** Interop: truncated and MPEG-1 pack headers (Q87, Q88): no valid one holds a start code, so the next start code ends it. */
  const skipPackHeader = (): boolean => {
    const limit = at + maxPackHeader
    for (let found = data.indexOf(startCode, at); found !== -1 && found <= limit; found = data.indexOf(startCode, found + 3)) {
      if (found + 3 >= data.length) return false
      if (data.readUInt8(found + 3) < lowestSystemId) continue
      at = found
      mode = 'header'
      return true
    }
    return data.length > limit + 3 ? lose() : false
  }

  const readMap = (length: number): boolean => {
    if (length > maxMapLength) return lose()
    if (data.length < at + 6 + length) return false
    try {
      map = parsePsm(data.subarray(at, at + 6 + length))
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
    at += 6 + length
    return true
  }

  const openPacket = (id: number, length: number): boolean => {
    const end = length === 0 ? Infinity : at + 6 + length
    const header = parsePesHeader(data, at, end)
    if (header === 'more') return false
    // What is private need not have a header at all.
    if (header === 'broken') return id === privateStream ? skipPacket(id, length) : lose()
    let payloadAt = at + header.payloadAt
    if (isVideo(id) && isFirstOfPack) {
      if (data.length < Math.min(end, payloadAt + 5)) return false
      payloadAt = Math.min(end, payloadAt + misalignment(data, payloadAt))
      isFirstOfPack = false
    }
    return begin(openedPacket(id, isKept(id), header.pts90k, end - payloadAt), payloadAt)
  }

  const skipPacket = (id: number, length: number): boolean => begin(openedPacket(id, false, undefined, length || Infinity), at + 6)

  const begin = (packet: OpenPacket, payloadAt: number): boolean => {
    open = packet
    at = payloadAt
    mode = 'payload'
    return true
  }

  const take = (packet: OpenPacket, end: number): void => {
    const size = packet.size + end - at
    if (packet.isKept) {
      if (size > packet.bytes.length) packet.bytes = grown(packet, size)
      data.copy(packet.bytes, packet.size, at, end)
    }
    packet.missing -= end - at
    packet.size = size
    at = end
  }
  const close = (packet: OpenPacket, isDamaged: boolean): boolean => {
    emit(packet, isDamaged)
    open = undefined
    mode = 'header'
    return true
  }

  const findEnd = (packet: OpenPacket, end: number, isUnbounded: boolean): number => {
    if (isUnbounded) return findSystemStart(data, at, end, true)
    if (!isVideo(packet.streamId)) return end
    // The search through every byte is a sixth of what a packet costs.
    if (alignedPacks >= alignedAfter) return isPushBegin() && data.length >= 4 && data.readUInt32BE(0) === 0x1ba ? 0 : end
    return findSystemStart(data, at, end, false)
  }
  /**
   * A packet ends by its length, or before it where a start code says so: length 0 means up to the next one of the system
   * layer (Q86); a pack header inside a longer video packet means that bytes of it were lost (Q91). Video has none of its own.
   */
  const readPayload = (packet: OpenPacket): boolean => {
    const isUnbounded = packet.missing === Infinity
    const end = at + packet.missing
    const found = findEnd(packet, end, isUnbounded)
    const stop = found < 0 ? -1 - found : found
    if (stop < end) {
      take(packet, stop)
      if (packet.size > maxUnboundedBytes) return lose()
      if (found < 0) return false
      if (!isUnbounded) resynchronisations++
      return close(packet, !isUnbounded)
    }
    take(packet, Math.min(data.length, end))
    return packet.missing > 0 ? false : close(packet, false)
  }

  const step = (): boolean => {
    switch (mode) {
      case 'seeking':
        return seek()
      case 'header':
        return readHeader()
      case 'pack':
        return skipPackHeader()
      case 'payload':
        return open ? readPayload(open) : lose()
    }
  }

  const harvest = (): readonly ElementaryPiece[] => {
    if (out.length === 0) return nothing
    const pieces = out
    out = []
    return pieces
  }
  /** What most of a keyframe is: bytes of a begun video packet that neither end it nor can hold the next pack. */
  const isMiddle = ({ streamId, bytes, missing, size }: OpenPacket, more: Buffer): boolean =>
    data.length === 0 && more.length < missing && size + more.length <= bytes.length && alignedPacks >= alignedAfter && isVideo(streamId) && more.length >= 4 && more.readUInt32BE(0) !== 0x1ba
  /** Copied, and few: whose bytes they are may write over them after this call. */
  const keepRest = (): void => {
    data = at === data.length ? empty : Buffer.from(data.subarray(at))
    at = 0
    carriedUs = nowUs
  }
  const forget = (): void => {
    data = empty
    at = carried = 0
  }

  return {
    push: (bytes, atUs = 0) => {
      if (open && isMiddle(open, bytes)) {
        bytes.copy(open.bytes, open.size)
        open.size += bytes.length
        open.missing -= bytes.length
        nowUs = carriedUs = atUs
        return nothing
      }
      carried = data.length
      carriedUs = nowUs
      nowUs = atUs
      data = carried === 0 ? bytes : Buffer.concat([data, bytes])
      at = 0
      while (step());
      keepRest()
      return harvest()
    },
    gap: () => {
      if (open) take(open, data.length)
      lose()
      forget()
      return harvest()
    },
    frameEnd: () => {
      if (open?.missing !== Infinity) return nothing
      take(open, data.length)
      close(open, false)
      forget()
      return harvest()
    },
    flush: () => {
      if (open) {
        take(open, data.length)
        emit(open, open.missing > 0 && open.missing !== Infinity)
      }
      open = undefined
      mode = 'seeking'
      forget()
      return harvest()
    },
    opened: () => open,
    isBetweenPackets: () => open === undefined && at === data.length,
    stats: () => ({ packs, resynchronisations, ...(map && { map }) }),
  }
}
