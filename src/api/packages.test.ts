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
  t.match((await ask('admin', 'GET', `${v1}/evidence`)).json(), { hasRoom: true, totals: [] })
})
