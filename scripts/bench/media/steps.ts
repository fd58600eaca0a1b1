// The steps of the media bench: N streams bare and with a viewer each; many players of one stream.
import { setTimeout as sleep } from 'node:timers/promises'
import { load, openFloor, openServer, play, residentMb, send, type Setting } from './programs.ts'
import { atMost, faults, fixed, none, print, type Aim } from './verdict.ts'

/** Until V8 has compiled what runs all the time. */
const warmUpS = 6
/** The floor of more streams is that of so many, and beside more of them there is no room for it. */
const maxFloor = 100
/** Of the kit's file: one GOP of 2 s. */
const gopMb = (kbps: number): number => (kbps * 2) / 8 / 1024

interface Figures {
  readonly kbps?: number
  readonly keyframes?: number
}

export async function streams(setting: Setting, count: number): Promise<readonly Aim[]> {
  const { mode, seconds } = setting
  const floorCount = Math.min(count, maxFloor)
  const isApart = !setting.isBeside || count > maxFloor
  const lone = isApart ? await alone(setting, floorCount) : undefined
  const server = await openServer(setting, count)
  const emptyMb = residentMb(server.pid)
  const lastingS = warmUpS + 2 * seconds + 5
  const floor = isApart ? undefined : await openFloor(setting, floorCount, lastingS + 5)
  const senders = [send(setting, server.ports, lastingS), ...(floor ? [send(setting, floor.ports, lastingS, 'floor')] : [])]
  const pids = [server.pid, ...(floor ? [floor.pid] : [])]
  await sleep(warmUpS * 1000)
  const [bare = NaN, bareFloor = NaN] = await load(pids, seconds)
  const figures = (await (await fetch(`http://127.0.0.1:${server.http}/`)).json()) as readonly Figures[]
  const kbps = figures.reduce((sum, each) => sum + (each.kbps ?? 0), 0) / count
  const mb = (residentMb(server.pid) - emptyMb) / count
  // Beyond a hundred streams a hundred of them are watched: two cores hold no more beside the senders.
  const watched = Math.min(count, maxFloor)
  const viewers = play(setting, server.http, seconds + 1.5, ['--streams', String(watched), '--stagger-ms', '1000', ...(count >= maxFloor ? ['--nocheck'] : [])])
  await sleep(1500)
  const [viewed = NaN, viewedFloor = NaN] = await load(pids, seconds - 0.5)
  const pull = await viewers.said
  const [sent] = await Promise.all(senders.map(({ said }) => said))
  await server.close()
  await floor?.close()

  const [floorBare, floorViewed] = [lone ?? bareFloor / floorCount, lone ?? viewedFloor / floorCount]
  const own = { bare: bare / count, viewed: viewed / count }
  print(`${mode}, ${count} streams${setting.hasMap ? '' : ' without PSM'}: received ${fixed(own.bare)} % of a core a stream, floor ${fixed(floorBare)}; with ${watched === count ? 'a viewer each' : `${watched} viewers`} ${fixed(own.viewed)}, floor ${fixed(floorViewed)}; ${mb.toFixed(2)} MB a stream, its GOP ${gopMb(kbps).toFixed(2)}`)
  print(`  players: ${faults(pull)}; latency ${JSON.stringify(pull.latency_ms)}; join to first keyframe ${JSON.stringify(pull.join_to_key_ms)}; sender late_20ms ${String(sent?.late_20ms)}, send_errors ${String(sent?.send_errors)}`)
  const isLoad = count >= 25
  const isWatched = isLoad && watched === count
  if (!isPaced(sent, count * 25 * lastingS)) print('  VOID: the machine was too busy for the sender to keep pace; what follows says nothing')
  return [
    ...(isLoad && mode === 'udp' ? [atMost(`${count} streams over UDP, times the floor`, own.bare / floorBare, 1.5)] : []),
    ...(isWatched && mode === 'udp' ? [atMost(`${count} over UDP with a viewer each, times the floor`, own.viewed / floorViewed, 2.1)] : []),
    ...(isLoad && mode === 'tcp' ? [atMost(`${count} streams over TCP, % of a core each`, own.bare, 0.15), atMost(`${count} streams over TCP, times the floor (a slow or busy machine has a high one: 0.15 % was 2.6 times)`, own.bare / floorBare, 2.6)] : []),
    ...(isLoad ? [atMost(`${count} streams, MB each beyond the GOP`, mb - gopMb(kbps), 1.5)] : []),
    none(`${count} streams, faults that players see`, pull),
  ]
}

async function alone(setting: Setting, count: number): Promise<number> {
  const floor = await openFloor(setting, count, warmUpS + setting.seconds + 10)
  const sender = send(setting, floor.ports, warmUpS + setting.seconds, 'floor')
  await sleep(warmUpS * 1000)
  const [percent = NaN] = await load([floor.pid], setting.seconds - 1)
  await sender.said
  await floor.close()
  return percent / count
}

export async function players(setting: Setting, count: number): Promise<readonly Aim[]> {
  const { seconds } = setting
  const server = await openServer(setting, 1)
  const sender = send(setting, server.ports, 8 + seconds + 4)
  await sleep(3000)
  const [before = NaN] = await load([server.pid], 2)
  const viewers = play(setting, server.http, seconds + 3, ['--conns', String(count), '--stagger-ms', '2000', '--nocheck'])
  await sleep(2500)
  const [with_ = NaN] = await load([server.pid], seconds)
  const pull = await viewers.said
  await sender.said
  await server.close()
  const each = (with_ - before) / count
  print(`${count} players of one stream: ${fixed(each)} % of a core each; ${faults(pull)}; join to first keyframe ${JSON.stringify(pull.join_to_key_ms)}`)
  return [
    atMost(`${count} players of one stream, % of a core each`, each, 0.032),
    atMost(`joining to the first keyframe, median in ms`, percentile(pull.join_to_key_ms, 'p50'), 5),
    none(`${count} players of one stream, faults`, pull),
  ]
}

/** From the packets of a frame, sent at once, to the player that has its tag. */
export async function latency(setting: Setting, count: number): Promise<readonly Aim[]> {
  const { seconds } = setting
  const server = await openServer(setting, count)
  const sender = send({ ...setting, isBurst: true }, server.ports, warmUpS + seconds + 3)
  await sleep(warmUpS * 1000)
  const pull = await play(setting, server.http, seconds, ['--streams', String(count), '--stagger-ms', '500', '--nocheck']).said
  const sent = await sender.said
  await server.close()
  print(`${setting.mode}, ${count} streams whose frames leave at once: from sending to the player ${JSON.stringify(pull.latency_ms)} ms; sender late_5ms ${String(sent.late_5ms)}`)
  return [atMost(`latency of a frame over ${setting.mode}, ${count} streams, p95 in ms`, percentile(pull.latency_ms), 5), none('latency of a frame, faults', pull)]
}

/** Without a program stream map a stream must be there as soon as with one: how long from the first packet to the first keyframe, in ms. */
export async function firstKeyframe(setting: Setting): Promise<readonly Aim[]> {
  const times: number[] = []
  for (const hasMap of [true, false]) {
    const server = await openServer(setting, 1)
    const viewer = play(setting, server.http, 4, ['--streams', '1'])
    const sender = send({ ...setting, hasMap }, server.ports, 4)
    const pull = await viewer.said
    await sender.said
    await server.close()
    times.push(percentile(pull.join_to_key_ms, 'p50'))
  }
  const [withMap = NaN, without = NaN] = times
  print(`a player that waits for a stream to begin: first keyframe after ${withMap} ms with a PSM, after ${without} ms without`)
  return [atMost('first keyframe without a PSM, ms more than with one', without - withMap, 100)]
}

/** Of a hundred frames not two came late or not at all. */
const isPaced = (sent: Record<string, unknown> | undefined, frames: number): boolean => Number(sent?.frames) > 0.9 * frames && Number(sent?.late_20ms) < 0.02 * Number(sent?.packets)

function percentile(figures: unknown, name = 'p95'): number {
  return typeof figures === 'object' && figures !== null && name in figures ? Number((figures as Record<string, unknown>)[name]) : NaN
}
