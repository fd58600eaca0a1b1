// Does the device stay? GB/T 28181-2022 9.6.1 (three misses), 9.1.1 f (lost connection).
import { finding, notesOf, writeAddress, writeSeconds, writeTime, type Finding, type StageVerdict, type View } from './diagnosis.ts'
import type { KeptRun } from './types.ts'

const stage = 'keepalive'
const dayUs = 86_400_000_000
/** So many times offline within a day is no accident. */
const flapping = 3
/** Another interval than ours, with room for what the network does to one keepalive. */
const slack = 1.5

interface Beat {
  readonly count: number
  readonly lastUs: number
  readonly shortestMs?: number
  readonly longestMs?: number
}

export function keepaliveVerdict(view: View): StageVerdict {
  const { binding, nowUs, keepaliveMs } = view.case
  const runs = view.runs.filter((run) => run.what === 'keepalives')
  const changes = changesOf(view)
  const last = changes.at(-1)
  const accepted = notesOf(view, 'registration').findLast(({ note }) => note.decision === 'accepted')
  const failed = (found: Finding): StageVerdict => ({ stage, state: 'failed', finding: found })
  const isOffline = last?.note.to === 'offline'

  const restarted = afterRestart(view, isOffline)
  if (restarted) return failed(restarted)
  const flaps = flappingOf(view, beatOf(runs))
  if (flaps) return failed(flaps)
  const elsewhere = notesOf(view, 'elsewhere').filter(({ seq, note }) => note.isKeepalive && seq > (accepted?.seq ?? -1))
  const moved = elsewhere.at(-1)
  if (moved) {
    const registered = moved.note.registeredAt ?? binding?.address
    return failed(finding('keepalive.elsewhere', { source: writeAddress(moved.note.source), registered: registered ? writeAddress(registered) : '?', count: elsewhere.length }, elsewhere))
  }
  if (last && isOffline) return failed(goneBecause(view, last.note.reason, last.atUs, beatOf(runs)))
  const run = runs.at(-1)
  if (run && last?.note.to !== 'late') return { stage, state: 'ok', finding: finding('keepalive.ok', said(beatOf(runs), keepaliveMs), runs) }
  if (!accepted && !binding) return { stage, state: 'not-tried', finding: finding('keepalive.not-tried') }
  const waitedMs = accepted ? (nowUs - accepted.atUs) / 1000 : 0
  if (!run && waitedMs > 2 * keepaliveMs) return failed(finding('keepalive.never', { waited: writeSeconds(waitedMs), interval: writeSeconds(keepaliveMs) }, accepted ? [accepted] : []))
  return { stage, state: 'unknown', finding: finding('keepalive.pending', { interval: writeSeconds(keepaliveMs) }, changes.slice(-1)) }
}

/** A presence note without a change says something of a device that stays as it is. */
const changesOf = (view: View) => notesOf(view, 'presence').filter(({ note }) => note.from !== note.to)

/** All counts in one, with the silence between them. */
const beatOf = (runs: readonly KeptRun[]): Beat => {
  const between = runs.flatMap((run, i) => (i > 0 ? Math.round((run.atUs - (runs[i - 1]?.lastUs ?? 0)) / 1000) : []))
  const shortest = [...between, ...runs.flatMap((run) => run.shortestMs ?? [])]
  const longest = [...between, ...runs.flatMap((run) => run.longestMs ?? [])]
  return {
    count: runs.reduce((sum, run) => sum + run.count, 0),
    lastUs: Math.max(0, ...runs.map((run) => run.lastUs)),
    ...(shortest.length > 0 && { shortestMs: Math.min(...shortest) }),
    ...(longest.length > 0 && { longestMs: Math.max(...longest) }),
  }
}

const said = (beat: Beat, keepaliveMs: number): Record<string, string | number> => ({
  count: beat.count,
  shortest: beat.shortestMs === undefined ? '?' : writeSeconds(beat.shortestMs),
  longest: beat.longestMs === undefined ? '?' : writeSeconds(beat.longestMs),
  last: beat.lastUs > 0 ? writeTime(beat.lastUs) : '?',
  interval: writeSeconds(keepaliveMs),
})

/** Our restart cost it its connection, and it has not come back: devices register only when their lease ends. */
function afterRestart(view: View, isOffline: boolean): Finding | undefined {
  const restored = notesOf(view, 'restored').at(-1)
  if (!restored) return undefined
  const isBack = notesOf(view, 'registration').some(({ seq, note }) => seq > restored.seq && note.decision === 'accepted') || view.runs.some((run) => run.what === 'keepalives' && run.lastUs > restored.atUs)
  const refused = notesOf(view, 'elsewhere').filter(({ seq }) => seq > restored.seq)
  if (isBack || (!isOffline && refused.length === 0)) return undefined
  const { address, expiresAtMs } = restored.note
  return finding('keepalive.after-restart', { restart: writeTime(restored.atUs), registered: writeAddress(address), until: writeTime(expiresAtMs * 1000) }, [restored, ...refused])
}

function flappingOf(view: View, beat: Beat): Finding | undefined {
  const { nowUs, keepaliveMs } = view.case
  const changes = changesOf(view).filter(({ atUs }) => nowUs - atUs < dayUs)
  const gone = changes.filter(({ note }) => note.to === 'offline' && note.reason !== 'unregistered')
  if (gone.length < flapping) return undefined
  const values = { ...said(beat, keepaliveMs), count: gone.length }
  const lost = gone.filter(({ note }) => note.reason === 'connection-lost').length
  if (lost > gone.length / 2) return finding('keepalive.flapping-tcp', { ...values, lost }, changes)
  const isSlow = beat.longestMs !== undefined && beat.longestMs > keepaliveMs * slack
  const sources = notesOf(view, 'registration').filter(({ atUs, note }) => nowUs - atUs < dayUs && note.decision === 'accepted').map(({ note }) => writeAddress(note.source))
  const addresses = new Set(sources).size
  if (!isSlow && addresses > 2) return finding('keepalive.flapping-address', { ...values, addresses, source: sources.at(-1) ?? '?' }, changes)
  return finding('keepalive.flapping-interval', values, changes)
}

function goneBecause(view: View, reason: string, atUs: number, beat: Beat): Finding {
  const evidence = changesOf(view).slice(-1)
  const { binding, keepaliveMs } = view.case
  if (reason === 'connection-lost') return finding('keepalive.connection-lost', { source: binding ? writeAddress(binding.address) : '?', last: writeTime(atUs) }, evidence)
  if (reason === 'unregistered') return finding('keepalive.unregistered', { last: writeTime(atUs) }, evidence)
  return finding('keepalive.lost', said(beat, keepaliveMs), evidence)
}
