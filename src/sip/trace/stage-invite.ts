// Does the device accept to send a stream? RFC 3261 13, 9.1; GB/T 28181-2022 9.2; who refuses in a cascade is the hop that answered.
import { finding, notesOf, writeAddress, writeSeconds, writeTime, type Finding, type ReadMessage, type StageVerdict, type View } from './diagnosis.ts'
import type { InviteNote, KeptNote } from './types.ts'

const stage = 'invite'

type Kept = KeptNote & { readonly note: InviteNote }

export function inviteVerdict(view: View): StageVerdict {
  const done = notesOf(view, 'invite').at(-1)
  const invites = view.messages.filter(({ kept, sip }) => kept.direction === 'out' && sip.method === 'INVITE' && sip.status === undefined)
  const running = invites.findLast(({ kept, sip }) => kept.seq > (done?.seq ?? -1) && sip.callId !== done?.note.callId)
  if (running) return { stage, state: 'unknown', finding: finding('invite.pending', {}, [running.kept]) }
  if (!done) return { stage, state: 'not-tried', finding: finding('invite.not-tried') }
  const { note } = done
  const callId = note.callId ?? invites.findLast(({ kept }) => kept.seq < done.seq)?.sip.callId
  const call = view.messages.filter(({ sip }) => sip.callId === callId)
  const late = lateAnswer(call)
  if (late) return { stage, state: 'failed', finding: late }
  switch (note.outcome) {
    case 'ok':
      return { stage, state: 'ok', finding: finding('invite.ok', { channel: note.channelId, time: writeTime(done.atUs) }, [...call.map(({ kept }) => kept).slice(0, 4), done]) }
    case 'not-registered':
    case 'offline':
      return { stage, state: 'not-tried', finding: finding('invite.unreachable', { channel: note.channelId, detail: note.detail }, [done]) }
    case 'stopped':
      return { stage, state: 'unknown', finding: finding('invite.stopped', { channel: note.channelId, detail: note.detail }, [done]) }
    case 'no-port':
      return { stage, state: 'failed', finding: finding('invite.no-port', { detail: note.detail }, [done]) }
    case 'refused':
      return { stage, state: 'failed', finding: refusal(view, done, call) }
    case 'no-answer':
      return { stage, state: 'failed', finding: noAnswer(done, call) }
  }
}

const bySeq = (messages: readonly ReadMessage[], done: Kept): Parameters<typeof finding>[2] => [...messages.map(({ kept }) => kept), done].sort((one, other) => one.seq - other.seq)

function noAnswer(done: Kept, call: readonly ReadMessage[]): Finding {
  const sent = call.filter(({ kept, sip }) => kept.direction === 'out' && sip.method === 'INVITE' && sip.status === undefined)
  const provisional = call.findLast(({ kept, sip }) => kept.direction === 'in' && sip.method === 'INVITE' && sip.status !== undefined && sip.status < 200)
  if (provisional) return finding('invite.no-final', { provisional: `${provisional.sip.status ?? 100} ${provisional.sip.reason ?? ''}`.trim(), detail: done.note.detail }, bySeq(call, done))
  const target = sent.at(-1)?.kept.remote
  return finding('invite.no-response', { target: target ? writeAddress(target) : '?', count: Math.max(1, sent.length) }, bySeq(call, done))
}

/** A platform before the cameras: types 200 to 299 but groups, or one whose channels are not its own. GB/T 28181-2022 Annex E. */
const isPlatform = (deviceId: string): boolean => /^\d{10}2(?!1[56])\d\d\d{7}$/.test(deviceId)
/** What a hop answers that knows neither us nor the channel by the way we name them. */
const addressing: ReadonlySet<number> = new Set([400, 403, 404, 481])

function refusal(view: View, done: Kept, call: readonly ReadMessage[]): Finding {
  const { note } = done
  const answer = call.findLast(({ kept, sip }) => kept.direction === 'in' && sip.method === 'INVITE' && (sip.status ?? 0) >= 300)
  const invite = call.find(({ kept, sip }) => kept.direction === 'out' && sip.method === 'INVITE')
  const status = note.sipStatus ?? answer?.sip.status ?? 0
  const hop = note.hop ?? answer?.sip.agent ?? (answer ? writeAddress(answer.kept.remote) : '?')
  const values = {
    channel: note.channelId, hop, status, phrase: answer?.sip.reason ?? '', id: view.case.us.id, contact: invite?.sip.contactHost ?? '?',
    transport: invite?.sip.sdp?.transport.toUpperCase() ?? '?',
  }
  const evidence = bySeq(call, done)
  if (status === 486 || status === 600) return finding('invite.busy', values, evidence)
  if (status === 488 || status === 606) return finding('invite.not-acceptable', values, evidence)
  if (addressing.has(status) && isPlatform(view.case.deviceId)) return finding('invite.hop-refused', values, evidence)
  if (status === 404) return finding('invite.unknown-channel', values, evidence)
  return finding('invite.refused', values, evidence)
}

/** A 200 that came after our CANCEL: it makes a session all the same, which has to be acknowledged and ended. */
function lateAnswer(call: readonly ReadMessage[]): Finding | undefined {
  const cancel = call.find(({ kept, sip }) => kept.direction === 'out' && sip.method === 'CANCEL' && sip.status === undefined)
  const ok = cancel && call.find(({ kept, sip }) => kept.direction === 'in' && sip.method === 'INVITE' && sip.status !== undefined && sip.status >= 200 && sip.status < 300 && kept.seq > cancel.kept.seq)
  if (!ok) return undefined
  const evidence = call.map(({ kept }) => kept)
  const ended = call.findLast(({ kept, sip }) => kept.direction === 'in' && sip.method === 'BYE' && sip.status !== undefined)
  if (ended?.sip.status === 200) return finding('invite.late-answer', { after: writeSeconds((ok.kept.atUs - cancel.kept.atUs) / 1000) }, evidence)
  const status = ended?.sip.status
  return finding('invite.keeps-pushing', { status: status === undefined ? '没有得到应答' : `得到的应答是 ${status}`, statusEn: status === undefined ? 'was not answered' : `was answered ${status}` }, evidence)
}
