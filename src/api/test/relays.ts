// A scripted camera behind the real FLV sender, and patience.
import type { AccessUnit, JoinOutcome, ReaderOptions, Relays } from '../../media/index.ts'

// A scripted camera behind the real FLV sender: what is published reaches every reader.
export function scriptedRelays(): { relays: Relays; publish: (n: number) => void; end: () => void; readers: Set<ReaderOptions>; goLive: (outcome: JoinOutcome) => void } {
  const readers = new Set<ReaderOptions>()
  const live = Promise.withResolvers<JoinOutcome>()
  const [sps, pps] = [Buffer.from('6742000af841a2', 'hex'), Buffer.from('68ce3880', 'hex')]
  const unit = (n: number): AccessUnit =>
    n % 5 === 0
      ? { codec: 'h264', pts90k: n * 3600, isKeyframe: true, nalUnits: [sps, pps, Buffer.alloc(2000, 0x65)], parameterSets: { sps, pps }, width: 128, height: 96, receivedUs: 0, isDamaged: false }
      : { codec: 'h264', pts90k: n * 3600, isKeyframe: false, nalUnits: [Buffer.alloc(500, 0x41)], receivedUs: 0, isDamaged: false }
  return {
    readers,
    goLive: live.resolve,
    publish: (n) => {
      for (const reader of readers) reader.onUnit?.(unit(n))
    },
    end: () => {
      for (const reader of readers) reader.onEnd?.('the camera hung up')
    },
    relays: {
      join: (_camera, reader) => {
        readers.add(reader)
        return { joined: live.promise, leave: async () => void readers.delete(reader) }
      },
      list: () => [],
      close: async () => {},
    },
  }
}

export async function settled(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 5))
}
