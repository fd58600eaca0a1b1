// Does the device list its channels, and all of them? GB/T 28181-2022 9.5, Annex M.
import { finding, notesOf, writeAddress, writeTime, type Finding, type ReadMessage, type StageVerdict, type View } from './diagnosis.ts'
import type { CatalogNote, KeptNote } from './types.ts'

const stage = 'catalog'
/** Ours is the bound of RFC 3261 18.1.1; above it a datagram is likely to be fragmented. */
export const safeDatagram = 1300
/** The standard's own wait for what a large recorder has to say. */
const patienceUs = 120_000_000

const isQuery = ({ kept, sip }: ReadMessage): boolean => kept.direction === 'out' && sip.status === undefined && sip.body?.root === 'Query' && sip.body.cmdType === 'Catalog'
const isPage = ({ kept, sip }: ReadMessage): boolean => kept.direction === 'in' && sip.body?.root === 'Response' && sip.body.cmdType === 'Catalog'

export function catalogVerdict(view: View): StageVerdict {
  const done = notesOf(view, 'catalog').at(-1)
  const queries = view.messages.filter((message) => isQuery(message))
  const running = queries.at(-1)
  if (done && (!running || running.kept.seq < done.seq)) return judge(view, done)
  if (!running) return { stage, state: 'not-tried', finding: finding('catalog.not-tried') }
  const pages = view.messages.filter((message) => isPage(message) && message.kept.seq > running.kept.seq)
  const isOverdue = view.case.nowUs - running.kept.atUs > 2 * patienceUs
  if (!isOverdue) return { stage, state: 'unknown', finding: finding('catalog.pending', { pages: pages.length }, [running.kept, ...pages.map(({ kept }) => kept)]) }
  return { stage, state: 'failed', finding: silence(view, queries) }
}

function judge(view: View, done: KeptNote & { readonly note: CatalogNote }): StageVerdict {
  const { outcome, items, sumNum, reason, failure } = done.note
  const queries = view.messages.filter((message) => isQuery(message) && message.kept.seq < done.seq)
  const failed = (found: Finding): StageVerdict => ({ stage, state: 'failed', finding: found })
  if (outcome === 'complete') {
    return items === 0 ? failed(finding('catalog.empty', {}, [done])) : { stage, state: 'ok', finding: finding('catalog.ok', { items, time: writeTime(done.atUs) }, [done]) }
  }
  const pages = view.messages.filter((message) => isPage(message) && message.kept.seq < done.seq && message.kept.seq > (queries.at(-1)?.kept.seq ?? 0) - 1)
  if (outcome === 'incomplete') {
    const large = pages.filter(({ kept }) => kept.remote.transport === 'udp' && kept.length > safeDatagram)
    const evidence = [...pages.map(({ kept }) => kept), done]
    if (large.length > 0) return failed(finding('catalog.incomplete-udp', { items, sumNum, largest: Math.max(...large.map(({ kept }) => kept.length)) }, evidence))
    return failed(finding('catalog.incomplete', { items, sumNum, reason }, evidence))
  }
  if (failure === 'not-registered' || failure === 'offline' || failure === 'stopped') return { stage, state: 'not-tried', finding: finding('catalog.failed', { reason }, [done]) }
  const answers = answersTo(view, queries)
  const refused = answers.findLast(({ sip }) => (sip.status ?? 0) >= 300)
  if (refused || failure === 'refused') {
    const hop = done.note.hop ?? refused?.sip.agent ?? (refused ? writeAddress(refused.kept.remote) : '?')
    return failed(finding('catalog.refused', { status: done.note.sipStatus ?? refused?.sip.status ?? '?', phrase: refused?.sip.reason ?? '', hop, id: view.case.us.id }, [...(refused ? [refused.kept] : []), done]))
  }
  return failed(queries.length > 0 ? silence(view, queries) : finding('catalog.failed', { reason }, [done]))
}

const answersTo = (view: View, requests: readonly ReadMessage[]): readonly ReadMessage[] => {
  const calls = new Set(requests.map(({ sip }) => sip.callId))
  return view.messages.filter(({ kept, sip }) => kept.direction === 'in' && sip.status !== undefined && calls.has(sip.callId))
}

/** Nothing of a catalog came: was the query itself heard? */
function silence(view: View, queries: readonly ReadMessage[]): Finding {
  const answers = answersTo(view, queries)
  const evidence = [...queries, ...answers].map(({ kept }) => kept).sort((one, other) => one.seq - other.seq)
  if (answers.length > 0) return finding('catalog.no-answer', {}, evidence)
  const last = queries.at(-1)
  return finding('catalog.query-lost', { target: last ? writeAddress(last.kept.remote) : '?', count: queries.length }, evidence)
}
