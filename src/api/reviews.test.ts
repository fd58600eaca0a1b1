// What comes after a verdict, over the API: appeals with files, decisions, further checks, second opinions and judging again with a real recording.
import t from 'tap'
import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultRules, makeKey, signerOf, type Check, type RuleSet } from '../inspect/index.ts'
import { house, v1, type House, type Name } from './test/house.ts'
import { ownSigner, packageOfOther } from './test/other-node.ts'
import { inspectionHere, inspectionOf, here, rules as thresholds } from './test/things.ts'

t.setTimeout(200_000)

const fixtures = new URL('../../fixtures/recordings/', import.meta.url).pathname
const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const base = `${v1}/inspections/${inspectionHere}`

/** Sends one part named `file`. */
async function send(home: House, name: Name, url: string, fileName: string, bytes: Buffer): Promise<{ readonly statusCode: number; readonly json: () => Record<string, unknown> }> {
  const boundary = 'x'.repeat(20)
  const payload = Buffer.concat([Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${fileName}"\r\ncontent-type: application/octet-stream\r\n\r\n`), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
  const answer = await home.app.inject({ method: 'POST', url, payload, headers: { authorization: `Bearer ${home.token(name)}`, 'content-type': `multipart/form-data; boundary=${boundary}` } })
  return { statusCode: answer.statusCode, json: () => answer.json() }
}

interface Entry {
  readonly type: string
  readonly by: string
  readonly atMs: number
  readonly [member: string]: unknown
}
const historyOf = async (home: House, n = 1, id = inspectionHere): Promise<readonly Entry[]> => (await home.ask('viewer', 'GET', `${v1}/inspections/${id}/checks/${n}/history`)).json<{ items: Entry[] }>().items

t.test('an appeal: text, files, a decision by somebody else; everything in order, the machine’s verdict as it was', async (t) => {
  const home = await house(t)
  home.clock.advance(60_000)
  t.equal((await home.ask('viewer', 'POST', `${base}/checks/1/appeals`, { text: 'x' })).statusCode, 403, 'who only sees does not appeal')
  t.equal((await home.ask('assessor', 'POST', `${base}/checks/1/appeals`, { text: 'x' })).statusCode, 403, 'nor who judges')
  const made = await home.ask('editor', 'POST', `${base}/checks/1/appeals`, { text: ' 当时配电房检修，见附件 ' })
  t.equal(made.statusCode, 201)
  const { id } = made.json<{ id: number }>()
  t.match(made.json(), { n: 1, text: '当时配电房检修，见附件', by: 'editor', files: [] })
  t.match((await home.ask('editor', 'POST', `${base}/checks/1/appeals`, { text: 'again' })).json(), { code: 'conflict' }, 'one at a time')

  const pdf = Buffer.from('%PDF-1.7\nnotice')
  const sent = await send(home, 'editor', `${base}/appeals/${id}/files`, '..\\..\\停电 通知.pdf', pdf)
  t.equal(sent.statusCode, 201)
  t.match(sent.json(), { name: '停电 通知.pdf', contentType: 'application/pdf', size: pdf.length, sha256: hash(pdf) })
  for (const [name, bytes, message] of [
    ['run.exe', pdf, /of no kind that is taken/],
    ['letter.pdf', Buffer.from('MZ no pdf'), /not what its name says/],
    ['photo.jpg', pdf, /not what its name says/],
    ['empty.txt', Buffer.alloc(0), /empty/],
    ['large.txt', Buffer.alloc(21 * 1024 * 1024, 'a'), /20 MiB at most/],
  ] as const) {
    const refused = await send(home, 'editor', `${base}/appeals/${id}/files`, name, bytes)
    t.match([refused.statusCode, refused.json().code, refused.json().detail], [400, 'request.invalid', message], name)
  }
  t.match((await send(home, 'chief', `${base}/appeals/${id}/files`, 'a.pdf', pdf)).json(), { code: 'auth.refused' }, 'files come from who appeals')
  t.equal((await readdir(join(home.evidenceDir, inspectionHere, 'attachments'))).filter((name) => name.endsWith('.part')).length, 0, 'nothing half-written')

  const file = sent.json().id as string
  const taken = await home.ask('viewer', 'GET', `${base}/appeals/${id}/files/${file}`)
  t.same(taken.rawPayload, pdf)
  t.match(taken.headers['content-disposition'], /^attachment; .*%E5%81%9C%E7%94%B5%20%E9%80%9A%E7%9F%A5\.pdf/)

  const decide = (name: Name, body: object) => home.ask(name, 'POST', `${base}/appeals/${id}/decision`, body)
  t.equal((await decide('editor', { decision: 'granted', result: 'pass', reason: 'x' })).statusCode, 403)
  t.match((await decide('assessor', { decision: 'granted', reason: 'x' })).json(), { code: 'request.invalid', detail: /another result than fail/ })
  t.match((await decide('assessor', { decision: 'granted', result: 'fail', reason: 'x' })).json(), { code: 'request.invalid' })
  t.match((await decide('assessor', { decision: 'rejected', result: 'pass', reason: 'x' })).json(), { code: 'request.invalid' })
  home.clock.advance(1000)
  const granted = await decide('assessor', { decision: 'granted', result: 'pass', reason: '停电属实' })
  t.match([granted.statusCode, granted.json()], [201, { result: 'pass', appeal: id, decision: 'granted', by: 'assessor' }])
  t.match((await decide('chief', { decision: 'rejected', reason: 'x' })).json(), { code: 'conflict' }, 'decided once')
  t.match((await send(home, 'editor', `${base}/appeals/${id}/files`, 'late.pdf', pdf)).json(), { code: 'conflict' })
  t.match((await home.ask('viewer', 'GET', `${base}/appeals`)).json<{ items: object[] }>().items.at(-1), { files: [{ id: file }], decision: { result: 'pass', reason: '停电属实' } })
  t.match((await home.ask('viewer', 'GET', base)).json(), { checks: [{ verdict: { result: 'fail' } }], reviews: [{ decision: 'rejected' }, { result: 'pass', decision: 'granted' }] }, 'beside, not in the place of')

  t.match((await historyOf(home)).map(({ type, by }) => [type, by]), [['verdict', ''], ['recheck-asked', ''], ['opinion', 'assessor'], ['appeal', 'editor'], ['appeal-file', 'editor'], ['review', 'assessor'], ['rejudged', 'assessor'], ['appeal', 'editor'], ['appeal-file', 'editor'], ['review', 'assessor']])
  const trail = await home.deps.accounts.auditTrail(100)
  for (const [action, detail] of [['check.appeal', /配电房/], ['appeal.attach', new RegExp(hash(pdf))], ['appeal.decide', /granted, pass: 停电属实/]] as const) t.match(trail.find((entry) => entry.action === action)?.detail, detail)
})

t.test('who appealed does not decide, also where the role would allow both', async (t) => {
  const home = await house(t)
  const { id } = (await home.ask('chief', 'POST', `${base}/checks/1/appeals`, { text: '不服' })).json<{ id: number }>()
  t.match((await home.ask('chief', 'POST', `${base}/appeals/${id}/decision`, { decision: 'granted', result: 'pass', reason: 'mine' })).json(), { code: 'auth.refused' })
  t.equal((await home.ask('assessor', 'POST', `${base}/appeals/${id}/decision`, { decision: 'rejected', reason: '无据' })).json<{ result: string }>().result, 'fail')
})

t.test('a re-check that a person asks: another check beside the first, and one that is cancelled', async (t) => {
  const home = await house(t)
  const asked = await home.ask('assessor', 'POST', `${base}/checks/1/rechecks`, { reason: '施工已结束' })
  t.match([asked.statusCode, asked.json()], [202, { n: 1, why: 'asked', by: 'assessor', state: 'due' }])
  const { id } = asked.json<{ id: number }>()
  t.match((await home.ask('assessor', 'POST', `${base}/checks/1/rechecks`, { reason: 'x' })).json(), { code: 'conflict' })
  const recheck = async (): Promise<Entry | undefined> => (await home.ask('viewer', 'GET', `${base}/rechecks`)).json<{ items: Entry[] }>().items.find((each) => each.id === id)
  // No device lists the camera: two attempts, with the rule set's pause between them.
  for (let tries = 0; tries < 500 && (await recheck())?.state !== 'done'; tries++) {
    home.clock.advance(500)
    await new Promise<void>((go) => setTimeout(go, 20))
  }
  t.match(await recheck(), { state: 'done', check: { n: 1, recheck: id, verdict: { result: 'fail', reasons: ['not-registered'] }, evidence: [{ file: new RegExp(`-r${id}\\.pcapng$`) }, { kind: 'verdict' }] } })
  t.equal((await home.ask('viewer', 'GET', base)).json<{ checks: object[] }>().checks.length, 1, 'it is no check of the sample')
  t.match((await historyOf(home)).filter(({ recheck: of }) => of === id), [{ type: 'recheck-asked', reason: '施工已结束' }, { type: 'recheck-done', state: 'done', verdict: { result: 'fail' } }])

  const automatic = (await home.ask('viewer', 'GET', `${base}/rechecks`)).json<{ items: { id: number }[] }>().items[0]?.id
  t.match((await home.ask('assessor', 'DELETE', `${base}/rechecks/${automatic}`)).json(), { state: 'cancelled', detail: 'cancelled by assessor' })
  t.match((await home.ask('assessor', 'DELETE', `${base}/rechecks/${automatic}`)).json(), { code: 'conflict' })
  t.equal((await home.ask('assessor', 'DELETE', `${base}/rechecks/999`)).statusCode, 404)
})

/** An inspection of recordings that were really made, as it would have been kept; the last one's recording is gone, the one before is not what it was. */
async function recorded(home: House, names: readonly string[], id = 'i-recorded'): Promise<{ readonly id: string; readonly checks: readonly Check[] }> {
  const checks: Check[] = []
  await mkdir(join(home.evidenceDir, id, 'recordings'), { recursive: true })
  for (const [index, name] of names.entries()) {
    const kept = JSON.parse(await readFile(join(fixtures, `${name}.json`), 'utf8')) as Check
    const file = `recordings/${name}.pcapng`
    await cp(join(fixtures, `${name}.pcapng`), join(home.evidenceDir, id, file))
    const check = { ...kept, n: index + 1, evidence: [{ file, sha256: hash(await readFile(join(fixtures, `${name}.pcapng`))), kind: 'recording' as const }] }
    checks.push(check)
  }
  const [first] = checks
  if (!first) throw new Error('no recordings')
  const inspection = { ...inspectionOf(id, here, first.camera), rules: defaultRules, total: checks.length }
  await home.store.inspections.saveInspection({ ...inspection, checks }, checks.map(({ camera }) => camera))
  await home.store.inspections.finish(id, 'done', home.clock.wallMs())
  return { id, checks }
}

/** Recordings of the fixtures by how their verdict begins; two of them suffice. */
async function some(result: string, count: number): Promise<readonly string[]> {
  const names = (await readdir(fixtures)).filter((name) => name.endsWith('.json')).map((name) => name.replace('.json', '')).sort()
  const found: string[] = []
  for (const name of names) {
    const { verdict } = JSON.parse(await readFile(join(fixtures, `${name}.json`), 'utf8')) as Check
    if (verdict.result === result && found.length < count) found.push(name)
  }
  return found
}

t.test('an inspection judged again by other rules: what differs is said beside, what cannot be judged too, and nothing changes', async (t) => {
  const home = await house(t)
  const names = [...(await some('review', 1)), ...(await some('fail', 3))]
  const { id, checks } = await recorded(home, names)
  const [, second, third, fourth] = names
  await rm(join(home.evidenceDir, id, `recordings/${third}.pcapng`))
  await writeFile(join(home.evidenceDir, id, `recordings/${fourth}.pcapng`), await readFile(join(fixtures, `${second}.pcapng`)))
  const before = (await home.ask('viewer', 'GET', `${v1}/inspections/${id}`)).json<object>()

  t.equal((await home.ask('editor', 'POST', `${v1}/inspections/${id}/rejudge`, { rules: 'default' })).statusCode, 403)
  t.equal((await home.ask('assessor', 'POST', `${v1}/inspections/${id}/rejudge`, { rules: 'strict' })).statusCode, 400)
  t.match((await home.ask('assessor', 'POST', `${v1}/inspections/${id}/rejudge`, { rules: { ...defaultRules, judgement: { 'joined-running': 'fail' } } })).json(), { code: 'request.invalid', detail: /since/ })
  const lenient: RuleSet = { ...defaultRules, name: 'lenient', judgement: Object.fromEntries(Object.entries(defaultRules.judgement ?? {}).map(([code, does]) => [code, does === 'fail' ? 'review' : does])) }
  t.equal((await home.ask('assessor', 'POST', `${v1}/rule-sets`, { rules: lenient, note: '试行' })).statusCode, 201)
  const begun = await home.ask('assessor', 'POST', `${v1}/inspections/${id}/rejudge`, { rules: 'lenient@1' })
  t.match([begun.statusCode, begun.json()], [202, { ruleSet: { name: 'lenient', version: 1 }, total: 4, by: 'assessor' }])
  const address = `${v1}/inspections/${id}/rejudgements/${begun.json<{ id: string }>().id}`
  interface Outcome { readonly state: string; readonly results: readonly { readonly n: number; readonly state: string; readonly before: object; readonly after?: { readonly result: string }; readonly differences: readonly string[] }[] }
  let now = (await home.ask('viewer', 'GET', address)).json<Outcome>()
  for (let tries = 0; tries < 3000 && now.state !== 'done'; tries++) {
    await new Promise<void>((go) => setTimeout(go, 50))
    now = (await home.ask('viewer', 'GET', address)).json<Outcome>()
  }
  t.match(now.results.map(({ n, state, after }) => [n, state, after?.result]), [[1, 'judged', /review|pass/], [2, 'judged', 'review'], [3, 'recording-gone', undefined], [4, 'recording-changed', undefined]])
  t.match(now.results[1], { before: { result: 'fail' }, differences: ['verdict.result: "fail" → "review"'] })
  t.match((await home.ask('viewer', 'GET', `${v1}/inspections/${id}/rejudgements`)).json(), { items: [{ state: 'done', by: 'assessor' }] })
  t.same((await home.ask('viewer', 'GET', `${v1}/inspections/${id}`)).json(), before, 'the inspection is as it was')
  t.match((await historyOf(home, 2, id)).find(({ type }) => type === 'rejudged'), { type: 'rejudged', rules: { name: 'lenient', version: 1 }, state: 'judged', verdict: { result: 'review' } })
  t.match((await home.ask('assessor', 'POST', `${address}/cancel`)).json(), { code: 'conflict' })
  t.equal(checks.length, 4)
})

t.test('a second opinion of another installation: it counts when its recording gives its verdict here', async (t) => {
  const home = await house(t)
  const [name = '', other = ''] = await some('fail', 2)
  const { id, checks } = await recorded(home, [name])
  const said = JSON.parse(await readFile(join(fixtures, `${name}.json`), 'utf8')) as Check
  const bytes = await readFile(join(fixtures, `${name}.pcapng`))
  const give = (body: object) => home.ask('assessor', 'POST', `${v1}/inspections/${id}/checks/1/opinions`, { node: '市局', check: said, recordingSha256: hash(bytes), ...body })
  const elsewhere = JSON.parse(await readFile(join(fixtures, `${other}.json`), 'utf8')) as Check
  t.match((await give({ check: elsewhere })).json(), { code: 'request.invalid', detail: /of camera/ })
  for (const check of [{}, { ...said, verdict: { result: 'maybe', reasons: [] } }, { ...said, verdict: { result: 'pass', reasons: ['<script>'] } }, { ...said, attempts: 'x' }]) t.match((await give({ check })).json(), { code: 'request.invalid', detail: /other node/ })
  t.equal(checks[0]?.camera.id, said.camera.id)

  const { id: opinion } = (await give({})).json<{ id: number }>()
  t.match((await give({})).json(), { code: 'conflict' })
  const address = `${v1}/inspections/${id}/opinions/${opinion}/recording`
  t.match((await send(home, 'assessor', address, 'r.pcapng', await readFile(join(fixtures, `${other}.pcapng`)))).json(), { code: 'request.invalid', detail: /SHA-256/ })
  t.match((await send(home, 'assessor', address, 'r.pcapng', Buffer.from('no recording at all, whatever its name'))).json(), { code: 'request.invalid', detail: /no pcapng/ })
  t.match((await send(home, 'assessor', address, 'r.pcapng', bytes)).json(), { state: 'verified', computed: said.verdict, differences: [] })
  t.match((await send(home, 'assessor', address, 'r.pcapng', bytes)).json(), { code: 'conflict' })
  t.match((await historyOf(home, 1, id)).slice(-2), [{ type: 'opinion', node: '市局' }, { type: 'opinion-verified', state: 'verified' }])

  const lie = { ...said, verdict: { result: 'pass', reasons: [] } }
  const changed = Buffer.concat([bytes])
  const { id: liar } = (await home.ask('assessor', 'POST', `${base}/checks/1/opinions`, { node: '省厅', check: { ...lie, camera: { ...said.camera, id: '32011601001320000001' } }, recordingSha256: hash(changed) })).json<{ id: number }>()
  t.match((await send(home, 'assessor', `${base}/opinions/${liar}/recording`, 'r.pcapng', changed)).json(), { state: 'unreadable', remarks: [/of camera/] })
})

t.test('a second opinion as the other installation’s signed package: proved, computed again, its key known or not; what is wrong is one line and leaves nothing', async (t) => {
  const home = await house(t)
  const [name = '', other = ''] = await some('fail', 2)
  const { id, checks } = await recorded(home, [name])
  const n = (JSON.parse(await readFile(join(fixtures, `${name}.json`), 'utf8')) as Check).n
  const signer = signerOf(makeKey())
  const address = `${v1}/inspections/${id}/checks/1/opinions/package`
  const good = await packageOfOther({ names: [name], signer, wish: { check: n } })
  const changed = Buffer.from(good)
  const at = changed.indexOf('recordings/') + 5_000
  changed[at] = (changed[at] ?? 0) ^ 1
  const refusals: readonly (readonly [Buffer, RegExp])[] = [
    [Buffer.from('no package at all, whatever its name says of it, and long enough to be looked at'), /no evidence package/],
    [changed, /^the package of the other node: (files|archive): .*recordings/],
    [good.subarray(0, good.length - 9), /archive: does not end as a package does/],
    [await packageOfOther({ names: [name], signer: { ...signer, sign: signerOf(makeKey()).sign }, wish: { check: n } }), /signature: manifest\.json\.sig does not fit/],
    [await packageOfOther({ names: [name], signer: ownSigner, wish: { check: n } }), /signed by this installation itself/],
    [await packageOfOther({ names: [other], signer }), /holds no check of camera 32.*, but of 32/],
    [await packageOfOther({ names: [name], signer, wish: { check: n, parts: [] } }), /holds no recording of check/],
  ]
  for (const [bytes, line] of refusals) {
    const { statusCode, json } = await send(home, 'assessor', address, 'evidence.zip', bytes)
    t.match([statusCode, json().code, json().detail], [400, 'request.invalid', line])
    t.notMatch(json().detail, /\n/)
  }
  t.equal((await send(home, 'editor', address, 'evidence.zip', good)).statusCode, 403)
  t.same(await readdir(join(home.evidenceDir, id, 'opinions')), [], 'of what is refused nothing is kept')
  t.same((await home.ask('viewer', 'GET', `${v1}/inspections/${id}/opinions`)).json(), { items: [] })

  const given = await send(home, 'assessor', address, 'evidence.zip', good)
  t.match([given.statusCode, given.json()], [201, { n: 1, node: signer.fingerprint.slice(0, 16), by: 'assessor', state: 'verified', differences: [], verdict: checks[0]?.verdict, signed: { fingerprint: signer.fingerprint, inspection: '20261120-100000-abcdef', n, madeBy: 'wang' }, key: { state: 'unknown' } }])
  t.match((await send(home, 'assessor', address, 'evidence.zip', good)).json(), { code: 'conflict', detail: /there already: opinion \d+ of [0-9a-f]{16}/ }, 'the same twice')
  t.match((await send(home, 'assessor', address, 'evidence.zip', await packageOfOther({ names: [name, other], signer }))).json(), { code: 'conflict' }, 'nor in a package of a whole inspection')
  const file = given.json().file as string
  t.same((await home.ask('viewer', 'GET', `${v1}/inspections/${id}/evidence/${file}`)).rawPayload, good, 'kept as it came')

  const opinion = async (): Promise<unknown> => (await home.ask('viewer', 'GET', `${v1}/inspections/${id}/opinions`)).json<{ items: unknown[] }>().items[0]
  const list = (key: string): Promise<{ readonly statusCode: number; readonly json: () => unknown }> => home.ask('admin', 'POST', `${v1}/signing-keys`, { key, name: '南京市局', note: '电话核对封面指纹' })
  t.match((await list('nothing')).json(), { code: 'request.invalid', detail: /64 hexadecimal digits, or a public key in PEM/ })
  t.match((await home.ask('admin', 'POST', `${v1}/signing-keys`, { key: signer.publicKey, name: ' ', note: 'x' })).json(), { code: 'request.invalid' })
  const listed = await list(signer.publicKey)
  t.match([listed.statusCode, listed.json()], [201, { fingerprint: signer.fingerprint, name: '南京市局', by: 'admin' }])
  t.match((await list(signer.fingerprint.toUpperCase())).json(), { code: 'conflict', detail: /南京市局/ })
  t.match(await opinion(), { key: { state: 'trusted', name: '南京市局' } })
  const key = (listed.json() as { id: number }).id
  t.equal((await home.ask('assessor', 'POST', `${v1}/signing-keys/${key}/revoke`, { reason: 'x' })).statusCode, 403)
  t.match((await home.ask('admin', 'POST', `${v1}/signing-keys/${key}/revoke`, { reason: '私钥外泄' })).json(), { revoked: { reason: '私钥外泄', by: 'admin' } })
  t.match((await home.ask('admin', 'POST', `${v1}/signing-keys/${key}/revoke`, { reason: 'x' })).json(), { code: 'conflict' })
  t.equal((await home.ask('admin', 'POST', `${v1}/signing-keys/99/revoke`, { reason: 'x' })).statusCode, 404)
  t.match(await opinion(), { key: { state: 'revoked', name: '南京市局' } })
  t.match((await historyOf(home, 1, id)).slice(-2), [{ type: 'opinion', node: signer.fingerprint.slice(0, 16), signed: { fingerprint: signer.fingerprint }, key: { state: 'revoked' } }, { type: 'opinion-verified', state: 'verified' }])

  const { id: second } = await recorded(home, [name], 'i-second')
  const lie = await packageOfOther({ names: [name], signer, wish: { check: n }, change: (check) => ({ ...check, verdict: { result: 'pass', reasons: [] } }) })
  t.match((await send(home, 'assessor', `${v1}/inspections/${second}/checks/1/opinions/package`, 'evidence.zip', lie)).json(), { state: 'differs', verdict: { result: 'pass' }, computed: checks[0]?.verdict, differences: [/verdict\.result: "pass" → "fail"/] }, 'whoever signs a lie is contradicted by its recording')
  const trail = await home.deps.accounts.auditTrail(100)
  for (const [action, detail] of [['opinion.package', new RegExp(`verified; signed by ${signer.fingerprint}, which is unknown`)], ['key.add', /电话核对/], ['key.revoke', /私钥外泄/]] as const) t.ok(trail.some((entry) => entry.action === action && detail.test(entry.detail ?? '')), action)
})

t.test('rule sets: a version is written once, the same content is no other, and one area does not write the next of another’s', async (t) => {
  const home = await house(t)
  const mine: RuleSet = { ...thresholds, name: 'city' }
  const write = (name: Name, rules: object, note = 'why', after?: number) => home.ask(name, 'POST', `${v1}/rule-sets`, { rules, note, ...(after === undefined ? {} : { after }) })
  t.equal((await write('viewer', mine)).statusCode, 403)
  t.equal((await write('editor', mine)).statusCode, 403)
  t.match((await write('assessor', mine, ' ')).json(), { code: 'request.invalid', detail: /note/ })
  const first = await write('assessor', mine, '按本市办法')
  t.match([first.statusCode, first.json()], [201, { name: 'city', version: 1, note: '按本市办法', by: 'assessor', area: here, isShipped: false, sha256: /^[0-9a-f]{64}$/ }])
  t.match(first.headers.location, /\/rule-sets\/city\/versions\/1$/)
  t.match([(await write('assessor', { ...mine, version: 77 })).statusCode], [200], 'the same content is the version there is')
  const next = await write('assessor', { ...mine, response: { slowMs: 6000 } }, '放宽', 1)
  t.match([next.statusCode, next.json()], [201, { version: 2, versions: [{ version: 1 }, { version: 2, note: '放宽' }] }])
  t.match((await write('assessor', { ...mine, response: { slowMs: 7000 } }, 'x', 1)).json(), { code: 'conflict' }, 'somebody was there before')
  t.match((await write('stranger', { ...mine, response: { slowMs: 9000 } })).json(), { code: 'area.outside' })
  t.match((await write('admin', { ...mine, name: 'default' })).json(), { code: 'request.invalid', detail: /ships with the program/ })
  t.match((await write('admin', { ...mine, timeouts: null })).json(), { code: 'request.invalid', detail: /timeouts/ })
  t.match((await write('admin', mine, 'back to the first')).json(), { version: 3 }, 'an earlier content may come back as a version of its own')
  t.match((await home.ask('viewer', 'GET', `${v1}/rule-sets/city/versions/2/differences`)).json(), { from: { version: 1 }, to: { version: 2 }, items: [{ path: 'response.slowMs', from: 2000, to: 6000 }] })
  t.match((await home.ask('viewer', 'GET', `${v1}/rule-sets/city/versions/1/differences?from=default@1`)).json<{ items: { path: string }[] }>().items.map(({ path }) => path).slice(0, 3), [/./])
  t.match((await home.ask('viewer', 'GET', `${v1}/rule-sets/city/versions/1`)).json(), { version: 1, response: { slowMs: 2000 } })
  for (const missing of ['city/versions/9', 'town', 'town/versions/1/figures']) t.equal((await home.ask('viewer', 'GET', `${v1}/rule-sets/${missing}`)).statusCode, 404, missing)
  const told = (await home.ask('viewer', 'GET', `${v1}/rule-sets/default`)).json<object>()
  t.match(told, JSON.parse(JSON.stringify(defaultRules)) as object, 'every figure is told: who copies a rule set loses none')
  const figures = (await home.ask('viewer', 'GET', `${v1}/rule-sets/city/versions/2/figures`)).json<{ items: { path: string; basis?: object }[]; never: object[] }>()
  t.match(figures.items.find(({ path }) => path === 'strata[0].count'), { value: 10, shipped: 10, basis: { by: 'document', document: '六视频办发(2018)8号' } })
  t.notOk(figures.items.find(({ path }) => path === 'response.slowMs')?.basis, 'its own figure has no basis of ours')
  t.ok(figures.never.length > 10)
  const list = (await home.ask('viewer', 'GET', `${v1}/rule-sets`)).json<{ items: { name: string; version: number }[] }>().items
  t.same(list.map(({ name, version }) => [name, version]), [['default', defaultRules.version], ['demo', defaultRules.version], ['blur2', 1], ['city', 3]])
  const start = await home.ask('assessor', 'POST', `${v1}/inspections`, { area: here, rules: 'city@2' })
  t.equal(start.statusCode, 202)
  t.equal((await home.ask('assessor', 'POST', `${v1}/inspections`, { area: here, rules: 'city@8' })).statusCode, 400)
})
