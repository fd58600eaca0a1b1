// What else a trace shows: things that stop nothing by themselves, and explain much to whoever looks for the cause.
import { finding, notesOf, writeAddress, writeSeconds, writeTime, type Finding, type ReadMessage, type View } from './diagnosis.ts'
import { kindOf, reach } from './networks.ts'

/** A clock this far off spoils the times of recordings. */
const clockMs = 10_000
const leastLeaseS = 3600
const dayUs = 86_400_000_000
/** Requests that were repeated although we had answered; fewer are chance. */
const manyRepeats = 5
/** An attempt by the second transport begins when the first has had its time: it, and the stream that came of it, are over or told by then. */
const oneCallUs = 120_000_000
const transportNames = { udp: { en: 'UDP', zh: 'UDP' }, 'tcp-passive': { en: 'TCP passive', zh: 'TCP 被动' }, 'tcp-active': { en: 'TCP active', zh: 'TCP 主动' } } as const

export function hintsOf(view: View): readonly Finding[] {
  return [...ofIdentity(view), ...ofRegistration(view), ...ofAddresses(view), clockHint(view), ...ofBodies(view), leaseHint(view), repeatsHint(view), unkeptHint(view), ...ofCatalog(view), ...ofMedia(view)].filter((hint) => hint !== undefined)
}

const heardRequests = (view: View): readonly ReadMessage[] => view.messages.filter(({ kept, sip }) => kept.direction === 'in' && sip.status === undefined)
const registers = (view: View): readonly ReadMessage[] => heardRequests(view).filter(({ sip }) => sip.method === 'REGISTER')

function ofIdentity(view: View): readonly (Finding | undefined)[] {
  const { deviceId, us } = view.case
  const register = registers(view).at(-1)
  const named = register?.sip.target
  const username = registers(view).findLast(({ sip }) => sip.answer)
  const user = username?.sip.answer?.username
  return [
    /^\d{20}$/.test(deviceId) ? undefined : finding('hint.id-form', { device: deviceId }),
    register && named !== undefined && named !== us.id && named !== deviceId ? finding('hint.other-server', { named, id: us.id }, [register.kept]) : undefined,
    username?.sip.answer && username.sip.answer.realm !== us.realm ? finding('hint.other-realm', { realm: username.sip.answer.realm, ours: us.realm }, [username.kept]) : undefined,
    username && user !== deviceId ? finding('hint.wrong-username', { username: user ?? '?', device: deviceId }, [username.kept]) : undefined,
  ]
}

function ofRegistration(view: View): readonly (Finding | undefined)[] {
  const { binding, nowUs } = view.case
  if (!binding) return []
  const others = registers(view).filter(({ kept }) => kept.remote.host !== binding.address.host && nowUs - kept.atUs < dayUs)
  const other = others.at(-1)
  const isAfter = other !== undefined && other.kept.seq > (notesOf(view, 'registration').findLast(({ note }) => note.decision === 'accepted')?.seq ?? -1)
  return [
    isAfter ? finding('hint.impostor', { count: others.length, source: writeAddress(other.kept.remote), registered: writeAddress(binding.address) }, others.map(({ kept }) => kept)) : undefined,
    binding.expiresAtMs * 1000 < nowUs ? finding('hint.never-refreshes', { until: writeTime(binding.expiresAtMs * 1000) }) : undefined,
  ]
}

function ofAddresses(view: View): readonly (Finding | undefined)[] {
  const told = registers(view).findLast(({ sip }) => sip.contactHost !== undefined)
  const contact = told?.sip.contactHost
  const isNat = told !== undefined && contact !== undefined && contact !== told.kept.remote.host && ['private', 'public'].includes(kindOf(contact))
  const ours = view.messages.findLast(({ kept, sip }) => kept.direction === 'out' && sip.status === undefined && sip.contactHost !== undefined)
  const ourHost = ours?.sip.contactHost
  return [
    isNat ? finding('hint.behind-nat', { contact, source: writeAddress(told.kept.remote) }, [told.kept]) : undefined,
    ours && ourHost !== undefined && reach(ours.kept.remote.host, ourHost) !== 'yes' ? finding('hint.our-address', { contact: ourHost, source: writeAddress(ours.kept.remote) }, [ours.kept]) : undefined,
  ]
}

/** By DeviceTime or Date; a Date without a zone is Beijing time. GB/T 28181-2022 9.10. */
function clockHint(view: View): Finding | undefined {
  const note = notesOf(view, 'clock').at(-1)
  const dated = heardRequests(view).findLast(({ sip }) => sip.date !== undefined)
  const written = dated?.sip.date === undefined ? undefined : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(dated.sip.date)?.[0]
  const dateMs = written === undefined ? Number.NaN : Date.parse(`${written}+08:00`)
  const offsetMs = note?.note.offsetMs ?? (dated ? dateMs - dated.kept.atUs / 1000 : Number.NaN)
  if (!(Math.abs(offsetMs) > clockMs)) return undefined
  const isAhead = offsetMs > 0
  return finding('hint.clock', { offset: writeSeconds(Math.abs(offsetMs)), direction: isAhead ? '快' : '慢', directionEn: isAhead ? 'ahead of' : 'behind' }, note ? [note] : dated ? [dated.kept] : [])
}

function ofBodies(view: View): readonly (Finding | undefined)[] {
  const bodies = heardRequests(view).filter(({ sip }) => (sip.method === 'MESSAGE' || sip.method === 'NOTIFY') && sip.body)
  const wrong = bodies.findLast(({ sip }) => sip.body !== undefined && /^gb/.test(sip.body.declared ?? '') && sip.body.charset === 'utf-8') ?? bodies.findLast(({ sip }) => sip.body?.declared === 'utf-8' && sip.body.charset === 'gb')
  const broken = bodies.filter(({ kept, sip }) => sip.body !== undefined && kept.text.length === kept.length && (!sip.body.isXml || !new RegExp(`</\\s*${sip.body.root || 'x'}\\s*>`, 'i').test(kept.text)))
  return [
    wrong?.sip.body ? finding('hint.charset', { declared: (wrong.sip.body.declared ?? '').toUpperCase(), actual: wrong.sip.body.charset === 'gb' ? 'GB 18030' : 'UTF-8' }, [wrong.kept]) : undefined,
    broken.length > 0 ? finding('hint.broken-xml', { count: broken.length }, broken.map(({ kept }) => kept)) : undefined,
  ]
}

function leaseHint(view: View): Finding | undefined {
  const last = registers(view).findLast(({ sip }) => sip.expires !== undefined && sip.expires > 0)
  return last && (last.sip.expires ?? 0) < leastLeaseS ? finding('hint.short-lease', { expires: last.sip.expires ?? 0 }, [last.kept]) : undefined
}

function repeatsHint(view: View): Finding | undefined {
  const seen = new Set<string>()
  const repeats = heardRequests(view).filter(({ sip }) => {
    const key = `${sip.branch ?? ''} ${sip.callId} ${sip.cseq} ${sip.method}`
    if (seen.has(key)) return true
    seen.add(key)
    return false
  })
  return repeats.length >= manyRepeats ? finding('hint.repeats', { count: repeats.length }, repeats.map(({ kept }) => kept)) : undefined
}

function unkeptHint(view: View): Finding | undefined {
  const runs = view.runs.filter((run) => run.what === 'unkept')
  const [first] = runs
  return first && finding('hint.unkept', { count: runs.reduce((sum, run) => sum + run.count, 0), since: writeTime(first.atUs) }, runs)
}

function ofCatalog(view: View): readonly (Finding | undefined)[] {
  const done = notesOf(view, 'catalog').filter(({ note }) => note.outcome !== 'failed')
  const [before, last] = [done.at(-2), done.at(-1)]
  const pages = view.messages.filter(({ kept, sip }) => kept.direction === 'in' && sip.body?.root === 'Response' && sip.body.cmdType === 'Catalog')
  // One answer is the pages that share a serial number.
  const sn = pages.at(-1)?.sip.body?.sn
  const answer = pages.filter(({ sip }) => sip.body?.sn === sn)
  const evidence = answer.map(({ kept }) => kept)
  const counts = new Map<string, number>()
  for (const id of answer.flatMap(({ sip }) => sip.body?.ids ?? [])) counts.set(id, (counts.get(id) ?? 0) + 1)
  const doubles = [...counts].filter(([, count]) => count > 1).map(([id]) => id)
  const totals = [...new Set(answer.flatMap(({ sip }) => sip.body?.sumNum ?? []))]
  const [first, end] = [answer[0]?.kept.seq ?? 0, answer.at(-1)?.kept.seq ?? 0]
  const notifies = heardRequests(view).filter(({ kept, sip }) => sip.body?.root === 'Notify' && sip.body.cmdType === 'Catalog' && kept.seq > first && kept.seq < end)
  return [
    before && last && last.note.items < before.note.items ? finding('hint.catalog-shrank', { before: before.note.items, items: last.note.items }, [before, last]) : undefined,
    doubles.length > 0 ? finding('hint.catalog-duplicates', { count: doubles.length, example: doubles[0] ?? '' }, evidence) : undefined,
    counts.has(view.case.us.id) ? finding('hint.catalog-lists-server', { id: view.case.us.id }, evidence) : undefined,
    notifies.length > 0 ? finding('hint.catalog-notify', { count: notifies.length }, notifies.map(({ kept }) => kept)) : undefined,
    totals.length > 1 ? finding('hint.catalog-total', { totals: totals.join(', ') }, evidence) : undefined,
  ]
}

function ofMedia(view: View): readonly (Finding | undefined)[] {
  const done = notesOf(view, 'media').at(-1)
  if (!done) return []
  const { outcome, ssrcSeen, ssrcExpected, lossRate, channelId } = done.note
  // One call for media that was tried by two transports: the first brought nothing.
  const tried = notesOf(view, 'media').findLast(({ note, seq }) => seq < done.seq && note.channelId === channelId && note.transport !== done.note.transport)
  const first = tried?.note.outcome === 'no-media' && done.atUs - tried.atUs < oneCallUs ? tried : undefined
  const transports = first && { first: transportNames[first.note.transport].zh, second: transportNames[done.note.transport].zh, firstEn: transportNames[first.note.transport].en, secondEn: transportNames[done.note.transport].en }
  const write = (ssrc: number): string => String(ssrc).padStart(10, '0')
  return [
    outcome === 'ok' && ssrcSeen !== undefined && ssrcExpected !== undefined && ssrcSeen !== ssrcExpected ? finding('hint.ssrc', { seen: write(ssrcSeen), expected: write(ssrcExpected) }, [done]) : undefined,
    transports && outcome !== 'no-media' ? finding('hint.other-transport', { ...transports, channel: channelId }, [first, done]) : undefined,
    transports && outcome === 'no-media' ? finding('hint.both-transports', { ...transports, channel: channelId }, [first, done]) : undefined,
    lossRate > 0.01 ? finding('hint.loss', { loss: (lossRate * 100).toFixed(1) }, [done]) : undefined,
  ]
}
