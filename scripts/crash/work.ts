// What is written while the service may die at any moment, and what must be there afterwards: every acknowledged write, and of one that was not
// acknowledged all or nothing.
import { register, type Ask } from './service.ts'

interface Written {
  readonly name: string
  readonly isRetired?: true
  /** A change that was sent and never acknowledged: it may be there or not. */
  readonly perhaps?: string
}

export interface Ledger {
  readonly records: Map<string, Written>
  readonly findings: Map<number, string>
  readonly devices: Set<string>
  readonly tokens: string[]
  /** Imports that were acknowledged as applied, and those of which nobody knows: their codes. */
  readonly imports: { readonly codes: readonly string[]; readonly isAcknowledged: boolean }[]
  /** Acknowledged changes of records: each has a line in the trail. */
  changes: number
  acknowledged: number
}
export const emptyLedger = (): Ledger => ({ records: new Map(), findings: new Map(), devices: new Set(), tokens: [], imports: [], changes: 0, acknowledged: 0 })

let serial = 0
const nextCode = (): string => `320116000013200${String(++serial).padStart(5, '0')}`
const record = (code: string, name: string) => ({ declared: { code, name, area: '320116', class: '1' }, why: 'crash test' })

/** Writes of every sort, side by side, until the service is gone. Never throws. */
export async function writeUntilItDies(ledger: Ledger, ask: Ask, sipPort: number): Promise<void> {
  let isOver = false
  const until = async (write: () => Promise<void>): Promise<void> => {
    while (!isOver) {
      try {
        await write()
      } catch {
        isOver = true
      }
    }
  }
  const own: string[] = []
  await Promise.all([
    until(() => create(ledger, ask, own)),
    until(() => create(ledger, ask, own)),
    until(() => change(ledger, ask, own)),
    until(() => judge(ledger, ask, own)),
    until(() => importSome(ledger, ask)),
    until(() => token(ledger, ask)),
    until(async () => {
      const id = `3201160000132${String(++serial).padStart(7, '0')}`
      const status = await register(sipPort, id)
      if (status === undefined) throw new Error('no answer')
      if (status === 200) acknowledge(ledger, () => ledger.devices.add(id))
    }),
  ])
}

const acknowledge = (ledger: Ledger, note: () => unknown): void => {
  note()
  ledger.acknowledged++
}

async function create(ledger: Ledger, ask: Ask, own: string[]): Promise<void> {
  const code = nextCode()
  const { status } = await ask('POST', '/cameras', record(code, `点位${code.slice(-5)}`))
  if (status !== 201) return
  own.push(code)
  ledger.changes++
  acknowledge(ledger, () => ledger.records.set(code, { name: `点位${code.slice(-5)}` }))
}

async function change(ledger: Ledger, ask: Ask, own: readonly string[]): Promise<void> {
  const code = own[Math.floor(Math.random() * own.length)]
  const before = code === undefined ? undefined : ledger.records.get(code)
  if (code === undefined || !before || before.isRetired) return new Promise((resolve) => setTimeout(resolve, 5))
  const name = `改名${++serial}`
  ledger.records.set(code, { ...before, perhaps: name })
  const { status } = await ask('PATCH', `/cameras/${code}`, { fields: { name }, why: 'crash test' })
  if (status !== 200) return void ledger.records.set(code, before)
  ledger.changes++
  acknowledge(ledger, () => ledger.records.set(code, { name }))
}

async function judge(ledger: Ledger, ask: Ask, own: readonly string[]): Promise<void> {
  const code = own[Math.floor(Math.random() * own.length)]
  if (code === undefined) return new Promise((resolve) => setTimeout(resolve, 5))
  const { items } = (await ask('GET', `/cameras/${code}/findings`)).body as { items: readonly { n: number }[] }
  const finding = items[Math.floor(Math.random() * items.length)]
  if (!finding) return
  const reason = `because ${++serial}`
  const { status } = await ask('PATCH', `/findings/${finding.n}`, { state: 'waived', reason })
  if (status === 200) acknowledge(ledger, () => ledger.findings.set(finding.n, reason))
}

async function importSome(ledger: Ledger, ask: Ask): Promise<void> {
  const codes = Array.from({ length: 40 }, nextCode)
  const sheet = ['设备编码,设备名称,行政区域,监控点位类型', ...codes.map((code) => `${code},导入${code.slice(-5)},320116,1`)].join('\n')
  const form = new FormData()
  form.append('file', new Blob([sheet]), 'crash.csv')
  const begun = (await ask('POST', '/imports', form)).body as { id: string; state: string }
  const settled = async (state: string): Promise<string> => {
    let now = state
    while (now === 'reading' || now === 'applying') now = ((await ask('GET', `/imports/${begun.id}`)).body as { state: string }).state
    return now
  }
  if ((await settled(begun.state)) !== 'ready') return
  let isAcknowledged = false
  try {
    const { state } = (await ask('POST', `/imports/${begun.id}/apply`, {})).body as { state: string }
    isAcknowledged = (await settled(state)) === 'done'
  } finally {
    ledger.imports.push({ codes, isAcknowledged })
    if (isAcknowledged) ledger.acknowledged++
  }
}

async function token(ledger: Ledger, ask: Ask): Promise<void> {
  const { status, body } = await ask('POST', '/tokens', { name: `crash ${++serial}`, days: 1 })
  if (status === 201) acknowledge(ledger, () => ledger.tokens.push((body as { token: string }).token))
  await new Promise((resolve) => setTimeout(resolve, 150))
}

/** What is missing or half there, in words; nothing where all is well. `codes` bounds which records are looked at. */
export async function lost(ledger: Ledger, ask: Ask, asToken: (token: string) => Promise<number>, codes: readonly string[] = [...ledger.records.keys()]): Promise<readonly string[]> {
  const missing: string[] = []
  for (const code of codes) {
    const expected = ledger.records.get(code)
    const { status, body } = await ask('GET', `/cameras/${code}`)
    const name = status === 200 ? (body as { declared: { name: string } }).declared.name : undefined
    if (!expected || (name !== expected.name && (name === undefined || name !== expected.perhaps))) missing.push(`record ${code}: ${name} instead of ${expected?.name}`)
    else if (name !== undefined) ledger.records.set(code, { name })
  }
  for (const [n, reason] of ledger.findings) {
    const { body } = await ask('GET', `/findings/${n}`)
    const kept = body as { reason?: string; changes?: readonly { reason: string }[] }
    if (kept.reason !== reason && !kept.changes?.some((each) => each.reason === reason)) missing.push(`finding ${n}: the reason "${reason}"`)
  }
  for (const id of ledger.devices) {
    const { status, body } = await ask('GET', `/devices/${id}`)
    if (status !== 200 || (body as { binding?: object }).binding === undefined) missing.push(`the registration of ${id}`)
  }
  for (const each of ledger.tokens) if ((await asToken(each)) !== 200) missing.push('a token')
  for (const { codes: imported, isAcknowledged } of ledger.imports) {
    let found = 0
    for (const code of imported) if ((await ask('GET', `/cameras/${code}`)).status === 200) found++
    if (isAcknowledged ? found !== imported.length : found !== 0 && found !== imported.length) missing.push(`an import of ${imported.length} rows has ${found} of them${isAcknowledged ? ', though it was acknowledged' : ''}`)
  }
  const proof = (await ask('GET', '/audit/verify')).body as { ok: boolean; broken?: object }
  if (!proof.ok) missing.push(`the audit trail is broken: ${JSON.stringify(proof.broken)}`)
  return missing
}
