// Damaged bytes, seeded, through every parser and stage of media: nothing may be thrown but ParseError, no input altered, memory bounded.
//   node scripts/chew-media.ts [--count 1000000] [--seed 1] [--only rtp,rtcp,rtsp,ps,nal,audio,pipeline]
// Exit 1 where something else was thrown, with the bite in hex, or where memory grew. A short run stands in its test.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { chew } from '../src/base/chew.ts'
import { ParseError } from '../src/base/index.ts'
import { createAdtsFramer } from '../src/media/audio/adts.ts'
import { createAudioWatch } from '../src/media/audio/audio-watch.ts'
import { splitAnnexB } from '../src/media/h26x/annexb.ts'
import { createAccessUnitAssembler } from '../src/media/h26x/access-unit.ts'
import { createDepacketizer } from '../src/media/h26x/depacketizer.ts'
import { parseH264Sps } from '../src/media/h26x/h264.ts'
import { parseH265Sps } from '../src/media/h26x/h265.ts'
import { createPipeline } from '../src/media/index.ts'
import { createPsDemuxer } from '../src/media/ps/demuxer.ts'
import { parsePsm, streamTypes, writePsm } from '../src/media/ps/psm.ts'
import { createRtpFramer, frameRfc4571 } from '../src/media/rtp/framing.ts'
import { packetize, parseRtp } from '../src/media/rtp/packet.ts'
import { parseRtcp } from '../src/media/rtp/rtcp.ts'
import { parseDescription } from '../src/media/rtsp/describe.ts'
import { parseChallenges } from '../src/media/rtsp/digest.ts'
import { createRtspFramer } from '../src/media/rtsp/framing.ts'
import { headerValues, parseRtsp } from '../src/media/rtsp/message.ts'
import { parseGrant, parseSession } from '../src/media/rtsp/transport.ts'

export interface Chewed {
  readonly name: string
  readonly bites: number
  /** Refused with ParseError. */
  readonly refused: number
  readonly grownMb: number
  readonly ms: number
  readonly failure?: string
}

interface Mouth {
  readonly samples: readonly Buffer[]
  /** Takes one bite. Those with a memory live for all bites. */
  readonly take: (bite: Buffer) => void
}

/** The longest sample: more of a fixture is more of the same. */
const sampleBytes = 1500
/** After a collection, against a quarter of the way. Frames in the making and what a stage may hold: 8 MB of a picture, 4 of a packet. */
const allowedGrowthMb = 40

const fixtures = (folder: string, kind: RegExp): readonly Buffer[] =>
  readdirSync(new URL(`../fixtures/${folder}/`, import.meta.url)).filter((name) => kind.test(name)).map((name) => readFileSync(new URL(`../fixtures/${folder}/${name}`, import.meta.url)))
const pieces = (whole: readonly Buffer[]): readonly Buffer[] => whole.flatMap((bytes) => [0, 1, 2, 3].map((n) => bytes.subarray(n * sampleBytes, (n + 1) * sampleBytes)).filter(({ length }) => length > 0))

function mouths(): Readonly<Record<string, () => Mouth>> {
  const rtp = [...fixtures('rtp', /\.rtp$/), ...fixtures('rtp', /\.rfc4571$/).flatMap((bytes) => createRtpFramer().push(bytes)).slice(0, 40)]
  const rtcp = fixtures('rtp', /\.rtcp$/)
  const ps = pieces(fixtures('ps', /\.ps$/))
  const nals = fixtures('h26x', /\.h26[45]$/).flatMap((bytes) => splitAnnexB(bytes).slice(0, 20)).map((nal) => nal.subarray(0, sampleBytes))
  const inRtp = ps.flatMap((payload, i) => packetize(payload, { payloadType: 96, ssrc: 7, timestamp: i * 3600, firstSequence: i * 2, maxPayload: 1400 }))
  const rtsp = [
    'RTSP/1.0 200 OK\r\nCSeq: 2\r\nSession: 1234;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=1F2E\r\n\r\n',
    'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="a", nonce="b", algorithm=SHA-256, qop="auth"\r\nWWW-Authenticate: Basic realm="a"\r\n\r\n',
    'RTSP/1.0 200 OK\r\nCSeq: 3\r\nContent-Base: rtsp://192.0.2.1/a/\r\nContent-Type: application/sdp\r\nContent-Length: 20\r\n\r\nv=0\r\nm=video 0 RTP/A',
    'ANNOUNCE rtsp://192.0.2.1/a RTSP/1.0\r\nCSeq: 5\r\nTransport: RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001\r\n\r\n',
  ].map((text) => Buffer.from(text))
  const codecs = [createDepacketizer('h264'), createDepacketizer('h265')]
  return {
    'rtp: packets': () => ({ samples: rtp, take: (bite) => void parseRtp(bite) }),
    'rtp: framing of TCP': () => {
      const framer = createRtpFramer()
      return { samples: [...rtp.map(frameRfc4571), Buffer.concat(rtp.slice(0, 5).map(frameRfc4571))], take: (bite) => void framer.push(bite) }
    },
    'rtcp': () => ({ samples: rtcp, take: (bite) => void parseRtcp(bite) }),
    'rtsp: messages': () => ({
      samples: rtsp,
      take: (bite) => {
        const message = parseRtsp(bite)
        parseChallenges(headerValues(message, 'www-authenticate'))
        for (const text of headerValues(message, 'transport')) parseGrant(text, { way: 'tcp', channel: 0 })
        for (const text of headerValues(message, 'session')) parseSession(text)
      },
    }),
    'rtsp: framing': () => {
      const framer = createRtspFramer()
      return { samples: [...rtsp, ...rtp.slice(0, 4).map((packet) => Buffer.concat([Buffer.from([0x24, 0, packet.length >> 8, packet.length & 0xff]), packet]))], take: (bite) => void framer.push(bite) }
    },
    'rtsp: descriptions': () => ({ samples: fixtures('rtsp', /\.sdp$/), take: (bite) => void parseDescription(bite, 'rtsp://192.0.2.1/a') }),
    'ps: program streams': () => {
      const demuxer = createPsDemuxer()
      return { samples: ps, take: (bite) => void demuxer.push(bite) }
    },
    'ps: maps': () => ({ samples: [writePsm([{ streamType: streamTypes.h264, streamId: 0xe0 }, { streamType: streamTypes.g711a, streamId: 0xc0 }])], take: (bite) => void parsePsm(bite) }),
    'nal: parameter sets': () => ({ samples: nals.filter(({ length }) => length < 200), take: (bite) => void (((bite[0] ?? 0) & 0x1f) === 7 ? parseH264Sps(bite) : parseH265Sps(bite)) }),
    'nal: byte streams': () => {
      const assembler = createAccessUnitAssembler()
      let n = 0
      return { samples: pieces(fixtures('h26x', /\.h26[45]$/)), take: (bite) => void assembler.push({ streamId: 0xe0, pts90k: (n++ >> 2) * 3600, bytes: bite, isDamaged: false, receivedUs: n * 10_000 }) }
    },
    'nal: in RTP': () => ({ samples: [...nals, ...rtp.map((packet) => packet.subarray(12))], take: (bite) => codecs.forEach((codec) => void codec.push(bite)) }),
    'audio': () => {
      const framer = createAdtsFramer()
      const watch = createAudioWatch()
      return {
        samples: pieces(fixtures('audio', /\.(aac|alaw|mulaw)$/)),
        take: (bite) => {
          framer.push(bite)
          watch.push(bite)
        },
      }
    },
    'pipeline: UDP': () => through('udp', [...inRtp, ...rtp, ...rtcp]),
    'pipeline: TCP': () => through('tcp-passive', [...inRtp, ...rtp, ...rtcp].map(frameRfc4571)),
  }
}

/** Whole packets of one camera among the bites, so that there is always a stream to be damaged; memory is lent, and taken back. */
function through(transport: 'udp' | 'tcp-passive', samples: readonly Buffer[]): Mouth {
  const pipeline = createPipeline({ transport, isBrief: true, onAudio: () => {} })
  let n = 0
  return {
    samples,
    take: (bite) => {
      const lent = Buffer.from(bite)
      pipeline.push(lent, n++ * 100, 0, { host: '192.0.2.1', port: n % 50_000 === 0 ? 5001 : 5000 })
      lent.fill(0xee)
    },
  }
}

function usedMb(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  // What the first one found outside the heap is counted as free by the next.
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}

function chewOne(name: string, { samples, take }: Mouth, count: number, seed: number): Chewed {
  const before = samples.map((sample) => Buffer.from(sample))
  const beganMs = performance.now()
  let [bites, refused, quarterMb] = [0, 0, usedMb()]
  const result = (failure?: string): Chewed => ({ name, bites, refused, grownMb: Math.round((usedMb() - quarterMb) * 10) / 10, ms: Math.round(performance.now() - beganMs), ...(failure !== undefined && { failure }) })
  for (const bite of chew(samples, count, seed)) {
    if (bites++ === Math.floor(count / 4)) quarterMb = usedMb()
    const copy = bites % 100 === 0 ? Buffer.from(bite) : undefined
    try {
      take(bite)
    } catch (error) {
      if (!(error instanceof ParseError)) return result(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${bite.toString('hex')}`)
      refused++
    }
    if (copy && !copy.equals(bite)) return result(`altered its input: ${copy.toString('hex')}`)
  }
  if (samples.some((sample, i) => before[i]?.equals(sample) !== true)) return result('altered its input')
  const done = result()
  return done.grownMb > allowedGrowthMb ? { ...done, failure: `memory grew by ${done.grownMb} MB` } : done
}

export function chewMedia({ count, seed, only = [] }: { readonly count: number; readonly seed: number; readonly only?: readonly string[] }): readonly Chewed[] {
  const chosen = Object.entries(mouths()).filter(([name]) => only.length === 0 || only.some((wanted) => name.startsWith(wanted)))
  return chosen.map(([name, open]) => chewOne(name, open(), count, seed))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { count: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' }, only: { type: 'string', default: '' } } })
  for (const name of Object.keys(mouths()).filter((each) => values.only === '' || values.only.split(',').some((wanted) => each.startsWith(wanted)))) {
    for (const done of chewMedia({ count: Number(values.count), seed: Number(values.seed), only: [name] })) {
      process.stdout.write(`${done.failure === undefined ? 'ok  ' : 'FAIL'} ${done.name}: ${done.bites} bites, ${done.refused} refused, memory ${done.grownMb} MB, ${(done.ms / 1000).toFixed(1)} s\n`)
      if (done.failure === undefined) continue
      process.stdout.write(`${done.failure}\n`)
      process.exitCode = 1
    }
  }
}
