// One picture through a camera's encoder and back through a decoder (libx264 and libx265 of node-av), and FFmpeg's own blurdetect.
import {
  AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, AV_PIX_FMT_YUV420P, Codec, CodecContext, FF_ENCODER_LIBX264, FF_ENCODER_LIBX265, FilterAPI, Frame, Packet, Rational,
} from 'node-av'

export interface Encoding {
  readonly codec: 'h264' | 'h265'
  readonly crf: number
}

const frameOf = (luma: Uint8Array, width: number, height: number): Frame =>
  Frame.fromVideoBuffer(Buffer.concat([luma, Buffer.alloc(2 * ((width + 1) >> 1) * ((height + 1) >> 1), 128)]), { width, height, format: AV_PIX_FMT_YUV420P, timeBase: { num: 1, den: 25 }, pts: 0n })

function lumaOf(frame: Frame): Uint8Array {
  const { width, height, linesize, data } = frame
  const [stride, plane] = [linesize[0] ?? 0, data?.[0]]
  if (!plane) throw new Error('the decoder gave no luma')
  const out = new Uint8Array(width * height)
  for (let y = 0; y < height; y++) out.set(plane.subarray(y * stride, y * stride + width), y * width)
  return out
}

const check = (code: number, what: string): void => {
  if (code < 0) throw new Error(`${what}: ${code}`)
}

/** Presets as fast as a camera's own encoder must be; x265's next one costs 0.65 s a frame. */
export async function throughEncoder(luma: Uint8Array, width: number, height: number, { codec, crf }: Encoding): Promise<Uint8Array> {
  const encoder = Codec.findEncoderByName(codec === 'h264' ? FF_ENCODER_LIBX264 : FF_ENCODER_LIBX265)
  const decoder = Codec.findDecoder(codec === 'h264' ? AV_CODEC_ID_H264 : AV_CODEC_ID_HEVC)
  if (!encoder || !decoder) throw new Error(`no codec for ${codec}`)
  const [writing, reading] = [new CodecContext(), new CodecContext()]
  const [packet, decoded] = [new Packet(), new Frame()]
  packet.alloc()
  decoded.alloc()
  const frame = frameOf(luma, width, height)
  try {
    writing.allocContext3(encoder)
    Object.assign(writing, { width, height, pixelFormat: AV_PIX_FMT_YUV420P, timeBase: new Rational(1, 25), gopSize: 1, maxBFrames: 0, threadCount: 1 })
    const quiet = codec === 'h265' ? { 'x265-params': 'log-level=none:pools=none:frame-threads=1' } : {}
    for (const [name, value] of Object.entries({ preset: codec === 'h265' ? 'ultrafast' : 'veryfast', crf: String(crf), ...quiet })) check(writing.setOption(name, value, AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN), name)
    check(await writing.open2(encoder), 'open the encoder')
    check(await writing.sendFrame(frame), 'encode')
    await writing.sendFrame(null)
    check(await writing.receivePacket(packet), 'encoded picture')
    reading.allocContext3(decoder)
    reading.threadCount = 1
    check(await reading.open2(decoder), 'open the decoder')
    check(await reading.sendPacket(packet), 'decode')
    await reading.sendPacket(null)
    check(await reading.receiveFrame(decoded), 'decoded picture')
    return lumaOf(decoded)
  } finally {
    frame.free()
    decoded.free()
    packet.free()
    writing.freeContext()
    reading.freeContext()
  }
}

/** FFmpeg's blurdetect with its defaults: higher is more blurred. */
export async function blurdetect(luma: Uint8Array, width: number, height: number): Promise<number> {
  const filter = FilterAPI.create('blurdetect')
  const frame = frameOf(luma, width, height)
  try {
    await filter.process(frame)
    const out = await filter.receive()
    if (out === null || typeof out !== 'object') throw new Error('blurdetect gave no picture')
    const value = Number(out.getMetadata().get('lavfi.blur'))
    out.free()
    return value
  } finally {
    frame.free()
    filter.close()
  }
}
