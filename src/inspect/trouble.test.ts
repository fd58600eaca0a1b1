// Bitstreams that lie, and a machine in trouble: each has its outcome, and a healthy camera beside them passes. Real decoder, real files.
import t from 'tap'
import { AV_CODEC_FLAG_CLOSED_GOP, AV_OPT_SEARCH_CHILDREN, AV_OPT_TYPE_STRING, AV_PIX_FMT_YUV420P, Codec, CodecContext, FF_ENCODER_LIBX264, Frame, Packet, Rational } from 'node-av'
import { seededBytes, silentLog, systemClock, systemRandom, type Clock } from '../base/index.ts'
import { createSessionPipeline as createPipeline, packetize, splitAnnexB, writeRtp } from '../media/index.ts'
import { readSignal } from '../sip/index.ts'
import { judgeDevice } from './device.ts'
import { createInspections, defaultRules, openDecoder, replay, type Check, type DeviceAnswer, type PopulationMember, type RuleSet } from './index.ts'
import { memoryStore, scriptedTap, sendable, unitsOf, type Script } from './test/scripted.ts'

const decoder = openDecoder({ children: 1, clock: systemClock, log: { ...silentLog, warn: (fields, message) => t.fail(message, { detail: fields }) }, timeoutMs: 60_000 })
t.teardown(() => decoder.close())
const software = 'yiji test'
const rules: RuleSet = {
  ...defaultRules,
  name: 'quick',
  attempts: 1,
  betweenAttemptsMs: 10,
  timeouts: { answerMs: 500, firstPacketMs: 1_500, firstKeyframeMs: 2_500 },
  sampling: { pictures: 3, spacingMs: 0, windowMs: 1_500 },
  response: { slowMs: 300_000 },
  concurrency: { total: 12, perDevice: 2 },
}

/** Keyframes of noise over a slope, one access unit each. */
async function keyframes(width: number, height: number, count: number): Promise<readonly (readonly Buffer[])[]> {
  const encoder = Codec.findEncoderByName(FF_ENCODER_LIBX264)
  if (!encoder) throw new Error('no H.264 encoder')
  const context = new CodecContext()
  context.allocContext3(encoder)
  context.width = width
  context.height = height
  context.pixelFormat = AV_PIX_FMT_YUV420P
  context.timeBase = new Rational(1, 25)
  context.framerate = new Rational(25, 1)
  context.gopSize = 1
  context.maxBFrames = 0
  context.threadCount = 1
  context.setFlags(AV_CODEC_FLAG_CLOSED_GOP)
  for (const [name, value] of [['preset', 'ultrafast'], ['crf', '40'], ['x264-params', 'repeat-headers=1:keyint=1']]) context.setOption(name ?? '', value ?? '', AV_OPT_TYPE_STRING, AV_OPT_SEARCH_CHILDREN)
  await context.open2(encoder)
  const packet = new Packet()
  packet.alloc()
  const units: Buffer[][] = []
  const drain = async (): Promise<void> => {
    while ((await context.receivePacket(packet)) >= 0) {
      units.push(splitAnnexB(Buffer.from(packet.data ?? Buffer.alloc(0))).map((nal) => Buffer.from(nal)))
      packet.unref()
    }
  }
  const bytes = Buffer.alloc((width * height * 3) / 2, 128)
  for (let n = 0; n < count; n++) {
    const noise = seededBytes(n + 1)(4096)
    for (let at = 0; at < width * height; at++) bytes[at] = 40 + ((((at % width) * 120) / width) | 0) + ((noise[(at * 7 + n) & 4095] ?? 0) & 31)
    const frame = Frame.fromVideoBuffer(bytes, { width, height, format: AV_PIX_FMT_YUV420P, timeBase: { num: 1, den: 25 }, pts: BigInt(n) })
    await context.sendFrame(frame)
    frame.free()
    await drain()
  }
  await context.sendFrame(null)
  await drain()
  packet.free()
  context.freeContext()
  return units
}

const asked: Script = [{ does: 'asked', transport: 'udp' }, { does: 'answers', status: 200, reason: 'OK', agent: 'Camera 1.0', waitMs: 2 }]
const sends = (units: readonly (readonly Buffer[])[], waitMs = 5): Script => [...asked, { does: 'sends', bytes: sendable('h264', units, 'udp'), waitMs }, { does: 'lives', isCold: true }]
const member = (id: string): PopulationMember => ({ id, name: id, class: '3', area: '320116', owner: 'o', policeUnit: 'p', networking: 'networked', functionType: '5', longitude: '118.8', latitude: '32.3', builtBy: '1', findings: [] })

async function inspect(folder: string, cameras: Readonly<Record<string, readonly Script[]>>, clock: Clock = systemClock, own: RuleSet = rules): Promise<{ readonly of: (id: string) => Check | undefined; readonly differences: readonly string[] }> {
  const tap = scriptedTap(clock, (id) => cameras[id] ?? [])
  const inspections = createInspections({ store: memoryStore(), population: async () => Object.keys(cameras).map(member), tap, decoder, createPipeline, readSignal, clock, random: systemRandom, log: silentLog, evidenceDir: folder, software, recordingLimitBytes: 12_000_000 })
  const { id } = await inspections.start({ area: '320116', strata: [{ class: '3', count: 99 }], rules: own, by: 'x' })
  const { checks } = await inspections.finished(id)
  const differences: string[] = []
  for await (const each of replay(`${folder}/${id}`, { decoder, createPipeline, readSignal, software })) differences.push(...each.differences)
  return { of: (wanted) => checks.find(({ camera }) => camera.id === wanted), differences }
}

t.test('bitstreams that lie: each has its outcome, none harms another, and all replay to the same', async (t) => {
  const plain = unitsOf('h264')
  const [large, tiny, other] = [await keyframes(8192, 4320, 2), await keyframes(16, 16, 5), await keyframes(320, 240, 3)]
  // A slice that goes on for ever under one time stamp: nothing ever ends the picture.
  const [head = []] = plain
  const endless = packetize(Buffer.concat([...head.flatMap((nal) => [Buffer.from([0, 0, 0, 1]), nal]), Buffer.from(seededBytes(3)(65_000).map((byte) => byte | 1))]), { payloadType: 96, ssrc: 5, timestamp: 1, firstSequence: 0, maxPayload: 1400 })
  const more = Array.from({ length: 6_000 }, (_, n) => writeRtp({ payloadType: 96, ssrc: 5, timestamp: 1, sequence: (endless.length + n) & 0xffff, payload: Buffer.alloc(1400, 0x55) }))
  const { of, differences } = await inspect(t.testdir(), {
    healthy: [sends([...plain, ...plain])],
    'changes-size': [sends([...plain.slice(0, 5), ...other, ...plain])],
    'eight-k': [sends(large)],
    tiny: [sends(tiny)],
    'only-keyframes': [sends(Array.from({ length: 40 }, () => plain[0] ?? []))],
    endless: [[...asked, { does: 'sends', bytes: [...endless, ...more], waitMs: 5 }, { does: 'lives', isCold: true }]],
    noise: [[...asked, { does: 'sends', bytes: Array.from({ length: 60 }, (_, n) => Buffer.from(seededBytes(n)(1200))), waitMs: 5 }]],
    late: [sends([...plain, ...plain], 900)],
    'one-in-two': [[...asked.slice(0, 1), { does: 'answers', status: 486, reason: 'Busy Here' }, { does: 'fails', reason: 'refused', detail: '486' }], sends([...plain, ...plain])],
  })
  t.same(differences, [])
  t.match(of('healthy')?.attempts, [{ outcome: 'ok', pictures: { length: 3 } }])
  const sizes = of('changes-size')?.attempts[0]?.pictures.map(({ width, height }) => `${width}x${height}`) ?? []
  t.equal(of('changes-size')?.attempts[0]?.outcome, 'ok')
  t.ok(new Set(sizes).size > 1, `sizes ${sizes.join(' ')}`)
  t.match(of('eight-k')?.attempts[0], { pictures: [{ width: 8192, height: 4320 }] })
  t.equal(of('eight-k')?.verdict.result, 'review', 'one picture is too few')
  t.match(of('tiny')?.attempts[0], { outcome: 'ok', pictures: { length: 3, 0: { width: 16, height: 16 } } })
  t.equal(of('tiny')?.picture?.sharpness.band, 'undetermined', 'nothing to measure on')
  t.match(of('only-keyframes')?.verdict, { result: 'fail', reasons: ['frozen'] })
  t.ok(['no-keyframe', 'undecodable', 'wrong-container', 'lost-midway'].includes(of('endless')?.attempts[0]?.outcome ?? ''), `endless: ${of('endless')?.attempts[0]?.outcome}`)
  t.equal(of('endless')?.verdict.result, 'fail')
  t.match(of('noise')?.attempts[0], { outcome: /no-media|wrong-container|no-keyframe/ })
  t.match(of('late')?.attempts[0], { outcome: 'ok' })
  t.ok((of('late')?.attempts[0]?.times.firstPacket ?? 0) >= 890, 'the wait is the camera’s')
})

t.test('a camera that answers every second try: the first failure stays beside the second’s picture', async (t) => {
  const plain = unitsOf('h264')
  const busy: Script = [...asked.slice(0, 1), { does: 'answers', status: 486, reason: 'Busy Here' }, { does: 'fails', reason: 'refused', detail: '486' }]
  const { of, differences } = await inspect(t.testdir(), { first: [busy, sends([...plain, ...plain])], later: [sends([...plain, ...plain]), busy] }, systemClock, { ...rules, attempts: 2 })
  t.same(differences, [])
  t.match(of('first'), { attempts: [{ outcome: 'refused', sipStatus: 486 }, { outcome: 'ok' }], verdict: { result: 'review' } })
  t.ok(of('first')?.verdict.reasons.includes('first-attempt-failed'))
  t.ok(of('later')?.verdict.reasons.includes('later-attempt-failed'))
})

t.test('the wall clock is set while a check runs: no time that was measured moves', async (t) => {
  const plain = unitsOf('h264')
  for (const stepMs of [3_600_000, -3_600_000]) {
    let calls = 0
    const clock: Clock = { ...systemClock, wallMs: () => systemClock.wallMs() + (calls++ > 2 ? stepMs : 0) }
    const { of, differences } = await inspect(t.testdir(), { healthy: [sends([...plain, ...plain], 30)] }, clock)
    t.same(differences, [])
    const { ok = -1, firstPacket = -1, firstPicture = -1 } = of('healthy')?.attempts[0]?.times ?? {}
    t.ok(0 < ok && ok < firstPacket && firstPacket < firstPicture && firstPicture < 60_000, `${stepMs}: ${ok} ${firstPacket} ${firstPicture}`)
  }
})

t.test('a device’s clock: beyond doubt, within it, without an answer, and while our own was set', async (t) => {
  const answer = (over: Partial<DeviceAnswer>): DeviceAnswer => ({ about: 'status', askedUs: 1_000_000, answeredUs: 1_400_000, askedWallMs: 1_000_000, answeredWallMs: 1_000_400, ...over })
  const judge = (over: Partial<DeviceAnswer>) => judgeDevice([answer(over)], { clock: { maxOffsetS: 30 } })
  t.match(judge({ deviceTimeMs: 1_000_000 }), { verdict: { said: { clock: { offsetS: 0.3, uncertaintyS: 0.7 } }, figures: [{ code: 'clock-offset', value: 0.3, unit: 's', threshold: 30, result: 'ok' }] }, reasons: { length: 0 } })
  t.match(judge({ deviceTimeMs: 400_000 }), { verdict: { figures: [{ value: -599.7, result: 'doubtful' }] }, reasons: ['clock-off'] })
  t.match(judge({ deviceTimeMs: 1_030_000 }), { verdict: { figures: [{ value: 30.3, result: 'undetermined' }] }, reasons: { length: 0 } }, 'whole seconds and the way there leave it open')
  t.match(judge({ deviceTimeMs: 400_000, answeredWallMs: 4_600_400 }), { verdict: { said: { clockMissing: 'own-clock-stepped' }, figures: { length: 0 } } })
  t.match(judge({ failed: { reason: 'no-answer', detail: '' } }), { verdict: { said: { clockMissing: 'no-answer' } } })
  t.match(judge({ online: 'online' }), { verdict: { said: { clockMissing: 'no-time' } } })
  const osd = (over: DeviceAnswer['osd']) => judgeDevice([answer({ about: 'osd', ...(over && { osd: over }) })], {})
  t.match(osd({ isTimeShown: true, isTextShown: true, texts: ['东门'] }), { verdict: { figures: [{ code: 'osd-time', value: 1, result: 'ok' }, { code: 'osd-text', value: 1, result: 'ok' }] }, reasons: { length: 0 } })
  t.match(osd({ isTimeShown: false, isTextShown: true, texts: [' '] }), { verdict: { figures: [{ result: 'doubtful' }, { result: 'doubtful' }] }, reasons: ['osd-incomplete'] })
  t.match(osd({ texts: [] }), { verdict: { figures: [{ result: 'undetermined' }, { result: 'undetermined' }] }, reasons: { length: 0 } })
  t.equal(judgeDevice([], {}), undefined)
})
