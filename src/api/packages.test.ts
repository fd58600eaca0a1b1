// Evidence over the API: packages are in the trail, holds are made and released once, and nobody sees what lies elsewhere.
import t from 'tap'
import { house, v1 } from './test/house.ts'
import { inspectionHere, inspectionThere } from './test/things.ts'

t.test('a hold is made with a reason, shown, released with a reason, and once', async (t) => {
  const { ask } = await house(t)
  const url = `${v1}/inspections/${inspectionHere}/holds`
  const made = await ask('assessor', 'POST', url, { n: 1, reason: 'an appeal is announced' })
  t.equal(made.statusCode, 201, made.body)
  const hold = made.json<{ id: number }>()
  t.match(hold, { inspection: inspectionHere, n: 1, reason: 'an appeal is announced', by: 'assessor' })
  t.equal((await ask('assessor', 'POST', url, { n: 77, reason: 'no such check' })).statusCode, 404)
  t.equal((await ask('assessor', 'POST', url, { reason: '' })).statusCode, 400)
  t.equal((await ask('editor', 'POST', url, { reason: 'who keeps the records does not hold evidence' })).statusCode, 403)
  t.equal((await ask('stranger', 'POST', `${url}/${hold.id}/release`, { reason: 'not mine' })).statusCode, 404)
  t.match((await ask('chief', 'POST', `${url}/${hold.id}/release`, { reason: 'settled' })).json(), { released: { by: 'chief', reason: 'settled' } })
  t.equal((await ask('chief', 'POST', `${url}/${hold.id}/release`, { reason: 'again' })).statusCode, 409)
  t.equal((await ask('chief', 'POST', `${url}/999/release`, { reason: 'none' })).statusCode, 404)
  t.match((await ask('viewer', 'GET', url)).json(), { items: [{ id: hold.id, released: { by: 'chief' } }] })
  const open = (await ask('assessor', 'POST', url, { n: 1, reason: 'a second appeal' })).json<{ id: number }>()
  t.match((await ask('admin', 'GET', `${v1}/holds`)).json<{ items: { id: number }[] }>().items.map(({ id }) => id).slice(0, 2), [open.id, hold.id], 'of all inspections, newest first')
  t.notOk((await ask('admin', 'GET', `${v1}/holds?open=true`)).json<{ items: { id: number }[] }>().items.some(({ id }) => id === hold.id), 'without those that are released')
  t.equal((await ask('admin', 'GET', `${v1}/holds?before=${hold.id}`)).json<{ items: { id: number }[] }>().items.some(({ id }) => id >= hold.id), false)
  t.equal((await ask('assessor', 'GET', `${v1}/holds`)).statusCode, 403)
  t.equal((await ask('viewer', 'GET', `${v1}/inspections/${inspectionThere}/holds`)).statusCode, 404)
})

t.test('who takes a package, and which, is in the trail before the first byte leaves', async (t) => {
  const { ask, deps } = await house(t)
  for (const query of ['', '?parts=none', '?parts=keyframes,pictures&check=1']) {
    const answer = await ask('viewer', 'GET', `${v1}/inspections/${inspectionHere}/evidence.zip${query}`)
    t.equal(answer.statusCode, 200, answer.body)
    t.match(answer.headers, { 'content-type': 'application/zip', 'content-length': '3', 'content-disposition': /attachment; filename="evidence-/ })
  }
  for (const query of ['?parts=everything', '?parts=', '?check=0', '?bogus=1']) t.equal((await ask('viewer', 'GET', `${v1}/inspections/${inspectionHere}/evidence.zip${query}`)).statusCode, 400, query)
  t.match(await deps.accounts.auditPage({ action: 'package.take', limit: 9 }), [
    { account: 'viewer', subject: `${inspectionHere}/1`, detail: 'documents, keyframes,pictures, 3 bytes' },
    { subject: inspectionHere, detail: 'documents, 3 bytes' },
    { subject: inspectionHere, detail: 'everything, 3 bytes' },
  ])
  t.match((await ask('viewer', 'GET', `${v1}/installation`)).json(), { algorithm: 'Ed25519', publicKey: /BEGIN PUBLIC KEY/, fingerprint: /^[0-9a-f]{64}$/ })
  t.equal((await ask('chief', 'GET', `${v1}/evidence`)).statusCode, 403, 'of an area alone')
  t.match((await ask('admin', 'GET', `${v1}/evidence`)).json(), { hasRoom: true, totals: [], rules: { days: { recording: 180 } } })
})

t.test('a file that was removed is answered with when and why; nobody else is told', async (t) => {
  const { ask, store } = await house(t)
  const [check] = (await store.inspections.inspection(inspectionHere))?.checks ?? []
  if (!check) throw new Error('no check')
  await store.inspections.saveCheck(inspectionHere, { ...check, evidence: [{ file: 'recordings/01-c.pcapng', sha256: 'ab', kind: 'recording', size: 5 }] })
  t.match((await store.evidence.totals()).find(({ kind }) => kind === 'recording'), { files: 1, bytes: 5 })
  t.same(await store.evidence.removable('recording', Number.MAX_SAFE_INTEGER, 9), [], 'its check is appealed: by itself it would not go')
  await store.evidence.removed([{ inspection: inspectionHere, n: 1, file: 'recordings/01-c.pcapng', kind: 'recording', atMs: 0 }], Date.UTC(2026, 10, 21), 'older than 180 days (evidence.days.recordings)')
  const answer = await ask('viewer', 'GET', `${v1}/inspections/${inspectionHere}/evidence/recordings/01-c.pcapng`)
  t.equal(answer.statusCode, 404)
  t.match(answer.json(), { code: 'not-found', detail: 'recordings/01-c.pcapng was removed at 2026-11-21T00:00:00.000Z: older than 180 days (evidence.days.recordings). Its SHA-256 was ab' })
  t.notMatch((await ask('stranger', 'GET', `${v1}/inspections/${inspectionHere}/evidence/recordings/01-c.pcapng`)).body, /removed/)
  t.match((await ask('viewer', 'GET', `${v1}/inspections/${inspectionHere}/checks/1`)).json(), { evidence: [{ removedAt: '2026-11-21T00:00:00.000Z', size: 5 }] })
})
