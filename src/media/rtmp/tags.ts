// FLV tags as RTMP messages: which is a configuration, which a keyframe. Adobe FLV 10.1 Annex E.4; Enhanced RTMP v1.

export const flvTypes = { audio: 8, video: 9, script: 18 } as const

export interface FlvTag {
  readonly type: number
  readonly ms: number
  readonly body: Buffer
  /** `configuration`: of a decoder, or metadata; every player needs it, whenever it comes. */
  readonly role: 'configuration' | 'keyframe' | 'picture' | 'sound'
}

const tagHeadBytes = 11
const fileHeadBytes = 13
const aac = 10
const legacyH264 = 7

export interface TagReader {
  readonly push: (piece: Buffer) => readonly FlvTag[]
  /** As the file header says. */
  readonly hasAudio: () => boolean
}

/** A stage: one file in pieces, whole tags out. */
export function createTagReader(): TagReader {
  let rest: Buffer = Buffer.alloc(0)
  let isBegun = false
  let hasAudio = false
  return {
    push: (piece) => {
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
      const tags: FlvTag[] = []
      let at = 0
      if (!isBegun) {
        if (bytes.length < fileHeadBytes) {
          rest = bytes
          return tags
        }
        isBegun = true
        hasAudio = ((bytes[4] ?? 0) & 4) !== 0
        at = fileHeadBytes
      }
      while (bytes.length - at >= tagHeadBytes) {
        const end = at + tagHeadBytes + bytes.readUIntBE(at + 1, 3)
        if (bytes.length < end + 4) break
        const type = (bytes[at] ?? 0) & 0x1f
        const body = bytes.subarray(at + tagHeadBytes, end)
        if (body.length > 0) tags.push({ type, ms: bytes.readUIntBE(at + 4, 3) + (bytes[at + 7] ?? 0) * 0x100_0000, body, role: roleOf(type, body) })
        at = end + 4
      }
      rest = bytes.subarray(at)
      return tags
    },
    hasAudio: () => hasAudio,
  }
}

function roleOf(type: number, body: Buffer): FlvTag['role'] {
  const [first = 0, second] = body
  if (type === flvTypes.audio) return first >> 4 === aac && second === 0 ? 'configuration' : 'sound'
  if (type !== flvTypes.video) return 'configuration'
  // Enhanced: 1, frame type 3, packet type 4. Before: frame type 4, codec 4, then the packet type.
  const isStart = first & 0x80 ? (first & 0x0f) === 0 : (first & 0x0f) === legacyH264 && second === 0
  if (isStart) return 'configuration'
  return ((first >> 4) & 7) === 1 ? 'keyframe' : 'picture'
}
