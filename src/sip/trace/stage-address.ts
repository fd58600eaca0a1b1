// Does anything of the device reach us, and is it SIP?
import { finding, writeAddress, writeTime, type StageVerdict, type View } from './diagnosis.ts'

const stage = 'address'

export function addressVerdict(view: View): StageVerdict {
  const { deviceId, us, strangeHosts, binding } = view.case
  const heard = view.messages.filter(({ kept }) => kept.direction === 'in')
  const counted = view.runs.filter((run) => run.what === 'keepalives')
  const last = heard.at(-1)
  if (last) {
    const ok = finding('address.ok', { source: writeAddress(last.kept.remote), last: writeTime(Math.max(last.kept.atUs, ...counted.map((run) => run.lastUs))) }, [last.kept])
    const isRegistering = binding !== undefined || heard.some(({ sip }) => sip.method === 'REGISTER') || view.notes.some(({ note }) => note.type === 'registration')
    // Answers to what we ask are heard from whoever has a binding; what is meant here begins at the device.
    const requests = heard.filter(({ sip }) => sip.status === undefined)
    if (isRegistering || requests.length === 0) return { stage, state: 'ok', finding: ok }
    return { stage, state: 'failed', finding: finding('address.no-register', { source: writeAddress(last.kept.remote), count: requests.length }, requests.map(({ kept }) => kept)) }
  }
  const garbage = view.unreadable.at(-1)
  if (garbage) return { stage, state: 'failed', finding: finding('address.unreadable', { source: writeAddress(garbage.remote), count: view.unreadable.length }, view.unreadable) }
  if (counted.length > 0 || binding) {
    const run = counted.at(-1)
    const source = run?.remote ?? binding?.address
    return { stage, state: 'ok', finding: finding('address.ok', { source: source ? writeAddress(source) : '?', last: run ? writeTime(run.lastUs) : '?' }, counted) }
  }
  return { stage, state: 'failed', finding: finding('address.silent', { device: deviceId, id: us.id, realm: us.realm, strangers: strangeHosts.length }) }
}
