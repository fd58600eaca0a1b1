// Records in bulk over the API: shown first, chosen, applied, refused by area, and written out again.
import type { LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import type { Fields } from '../registry/index.ts'
import type { Import, ImportChoices } from './schema/index.ts'
import { house, v1, type House, type Name } from './test/house.ts'
import { cameraHere, cameraThere, here, record, there, upload, wide } from './test/things.ts'

interface Desk extends House {
  readonly send: (name: Name, rows: readonly Fields[], query?: string) => Promise<Import>
  /** Asks until it is neither read nor written any more. */
  readonly settled: (name: Name, answer: LightMyRequestResponse) => Promise<Import>
}

async function desk(test: Test): Promise<Desk> {
  const home = await house(test)
  const settled = async (name: Name, answer: LightMyRequestResponse): Promise<Import> => {
    let now = answer.json<Import>()
    while (now.state === 'reading' || now.state === 'applying') now = (await home.ask(name, 'GET', `${v1}/imports/${now.id}`)).json<Import>()
    return now
  }
  return {
    ...home,
    settled,
    send: async (name, rows, query = '') => {
      const { headers, payload } = upload(rows)
      return settled(name, await home.app.inject({ method: 'POST', url: `${v1}/imports${query}`, headers: { ...headers, authorization: `Bearer ${home.token(name)}` }, payload }))
    },
  }
}

t.test('a file is shown first, and written when it is applied', async (t) => {
  const { send, ask, settled, registry } = await desk(t)
  const fresh = record('32011601001320000007', here)
  const shown = await send('editor', [fresh, { code: 'x' }, { code: cameraHere, name: '新名' }])
  t.match(shown, { state: 'ready', fileName: 'cameras.csv', by: 'editor', area: here, preview: { counts: { rows: 3, created: 1, changed: 1, rejected: 1, outside: 0 }, fieldChanges: { name: 1 }, needs: [], rejections: [{ code: 'code.malformed', rows: [3] }] } })
  t.equal(shown.sha256.length, 64)
  t.equal(await registry.camera(fresh.code ?? ''), undefined, 'nothing is written yet')
  const changed = (await ask('editor', 'GET', `${v1}/imports/${shown.id}/rows?outcome=changed`)).json<{ items: object[] }>()
  t.match(changed.items, [{ number: 4, code: cameraHere, changes: [{ field: 'name', to: '新名' }] }])
  t.match((await ask('editor', 'GET', `${v1}/imports/${shown.id}/rows?outcome=rejected`)).json(), { items: [{ number: 3, reasons: [{ code: 'code.malformed', column: 'A' }] }] })
  const done = await settled('editor', await ask('editor', 'POST', `${v1}/imports/${shown.id}/apply`, { why: '盘点' }))
  t.match(done, { state: 'done', outcome: { created: 1, changed: 1, conflicts: 0, by: 'editor', why: '盘点' } })
  t.equal((await registry.camera(cameraHere))?.declared.name, '新名')
  t.match((await registry.history(cameraHere)).at(-1), { field: 'name', to: '新名', by: 'editor', why: '盘点' })
  t.equal((await ask('editor', 'POST', `${v1}/imports/${shown.id}/apply`, {})).json<{ code: string }>().code, 'conflict', 'once')
  const audit = (await ask('admin', 'GET', `${v1}/audit`)).json<{ items: { action: string; subject: string; detail: string }[] }>()
  t.match(audit.items.find(({ action }) => action === 'records.import'), { subject: shown.id, detail: /1 created, 1 changed, 0 unchanged, 1 rejected/ })

  const again = await send('editor', [fresh, { code: 'x' }, { code: cameraHere, name: '新名' }])
  t.match(again, { preview: { counts: { created: 0, changed: 0, unchanged: 2 } }, sameAs: { id: shown.id, by: 'editor' } }, 'the same file again changes nothing, and that is said')
  t.match(await settled('editor', await ask('editor', 'POST', `${v1}/imports/${again.id}/apply`, {})), { state: 'done', outcome: { created: 0, changed: 0 } })
})

t.test('what only a person can say is asked, and nothing is applied without it', async (t) => {
  const { send, ask, settled, registry } = await desk(t)
  const row = { ...record('32011601001320000007', here), networking: '1', manufacturer: '01' }
  const shown = await send('editor', [row])
  t.same(shown.preview?.needs.map(({ choice }) => choice), ['networkingOne', 'manufacturerTable'])
  t.match(shown.preview?.needs[0]?.values, [{ value: '1', count: 1, meanings: { networked: { zh: '已联网' }, 'not-networked': { zh: '未联网' } } }], 'both readings are shown')
  t.match(shown.preview?.needs[1]?.values, [{ value: '01', count: 1, meanings: { national: { zh: '海康' }, jiangsu: { zh: '大华' } } }])
  const refused = await ask('editor', 'POST', `${v1}/imports/${shown.id}/apply`, { choices: { networkingOne: 'networked' } })
  t.same([refused.statusCode, refused.json<{ code: string }>().code], [422, 'import.choice-needed'])
  const choices: ImportChoices = { networkingOne: 'not-networked', manufacturerTable: 'jiangsu' }
  const seen = await settled('editor', await ask('editor', 'PUT', `${v1}/imports/${shown.id}/choices`, choices))
  t.match(seen, { state: 'ready', choices, preview: { needs: [], normalisations: [{ kind: 'manufacturer-table' }, { kind: 'networking' }] } })
  t.match(await settled('editor', await ask('editor', 'POST', `${v1}/imports/${shown.id}/apply`, {})), { state: 'done', outcome: { created: 1 } })
  t.match((await registry.camera(row.code ?? ''))?.declared, { networking: 'not-networked', manufacturer: '2' })
  t.equal((await ask('editor', 'PUT', `${v1}/imports/${shown.id}/choices`, { codes: { manufacturer: { 海康威视: 'none' } } })).statusCode, 400)
  t.equal((await ask('editor', 'PUT', `${v1}/imports/${shown.id}/choices`, { codes: { name: { a: 'b' } } })).statusCode, 400)
  const direct = await send('editor', [row], '?networkingOne=networked&manufacturerTable=national')
  t.match(direct, { preview: { needs: [], counts: { changed: 1 }, fieldChanges: { networking: 1, manufacturer: 1 } } }, 'what is known beforehand goes with the file')
})

t.test('choices given with apply: read again, and what has moved on since the preview is not written', async (t) => {
  const { send, ask, settled, registry } = await desk(t)
  const rows = [{ code: cameraHere, networking: '1' }, { ...record('32011601001320000007', here), networking: '0' }]
  const shown = await send('editor', rows)
  t.match(shown.preview?.needs, [{ choice: 'networkingOne' }])
  await registry.change(cameraHere, { address: '有人改过' }, 'another', 'meanwhile')
  const done = await settled('editor', await ask('editor', 'POST', `${v1}/imports/${shown.id}/apply`, { choices: { networkingOne: 'networked' } }))
  t.match(done, { state: 'done', outcome: { created: 1, changed: 0, conflicts: 1 }, preview: { counts: { created: 1, conflicts: 1 } } })
  t.match((await registry.camera('32011601001320000007'))?.declared, { networking: 'not-networked' })
})

t.test('a record that is changed between preview and apply is left, and said', async (t) => {
  const { send, ask, settled, registry } = await desk(t)
  const shown = await send('editor', [{ code: cameraHere, name: '旧想法' }, record('32011601001320000007', here)])
  await registry.change(cameraHere, { name: '别人的名' }, 'another', 'meanwhile')
  const done = await settled('editor', await ask('editor', 'POST', `${v1}/imports/${shown.id}/apply`, {}))
  t.match(done, { state: 'done', outcome: { created: 1, changed: 0, conflicts: 1 } })
  t.equal((await registry.camera(cameraHere))?.declared.name, '别人的名')
  t.match((await ask('editor', 'GET', `${v1}/imports/${shown.id}/rows?outcome=conflict`)).json(), { items: [{ number: 2, code: cameraHere, reasons: [{ code: 'record.conflict' }] }] })
  t.match((await ask('editor', 'GET', `${v1}/imports/${shown.id}/rejected`)).body, `,2,${cameraHere},旧想法`, 'with what it would have written, under the headings of the file')
})

t.test('rows of another area are left, whatever their code looks like', async (t) => {
  const { send, ask, settled, registry, app, token } = await desk(t)
  const fresh = record('32011601001320000007', here)
  const wrong: readonly Fields[] = [record('32011501001320000008', there), { code: cameraThere, name: 'stolen' }, { code: cameraThere, area: here }, { code: `${cameraThere} `, area: here }, { code: `\u200b'${cameraThere}`, area: here }, { code: wide(cameraThere), area: here }, { code: cameraHere, area: there }]
  for (const row of wrong) {
    const shown = await send('editor', [fresh, row])
    t.match(shown.preview?.counts, { outside: 1 }, JSON.stringify(row))
    await settled('editor', await ask('editor', 'POST', `${v1}/imports/${shown.id}/apply`, {}))
  }
  t.equal((await registry.camera(cameraThere))?.declared.area, there)
  t.equal((await registry.camera(cameraThere))?.version, 1)
  t.equal((await registry.camera(cameraHere))?.version, 1)
  const theirs = await send('stranger', [{ code: cameraThere, name: 'ours' }])
  t.equal((await ask('editor', 'GET', `${v1}/imports/${theirs.id}`)).statusCode, 404, 'an import of the other area is not there')
  t.equal((await ask('editor', 'POST', `${v1}/imports/${theirs.id}/apply`, {})).statusCode, 404)
  t.equal((await ask('viewer', 'GET', `${v1}/imports`)).statusCode, 403)
  const bare = await app.inject({ method: 'POST', url: `${v1}/imports`, headers: { authorization: `Bearer ${token('editor')}` }, payload: { rows: [] } })
  t.equal(bare.statusCode, 400)
  t.match(bare.json<{ detail: string }>().detail, 'multipart/form-data')
})

t.test('an import is cancelled, and a file that is none says so', async (t) => {
  const { send, ask, app, token, settled } = await desk(t)
  const shown = await send('editor', [record('32011601001320000007', here)])
  t.match((await ask('editor', 'POST', `${v1}/imports/${shown.id}/cancel`, {})).json(), { state: 'cancelled' })
  t.equal((await ask('editor', 'POST', `${v1}/imports/${shown.id}/apply`, {})).statusCode, 409)
  t.equal((await ask('editor', 'GET', `${v1}/imports/${shown.id}/rows?outcome=created`)).statusCode, 409)
  const { headers } = upload([])
  const payload = `--cut-here\r\ncontent-disposition: form-data; name="file"; filename="C:\\docs\\old.xls"\r\n\r\n%PDF-1.7\r\n--cut-here--\r\n`
  const failed = await settled('editor', await app.inject({ method: 'POST', url: `${v1}/imports`, headers: { ...headers, authorization: `Bearer ${token('editor')}` }, payload }))
  t.match(failed, { state: 'failed', fileName: 'old.xls', failure: { code: 'import.unreadable', message: 'old.xls: this is a PDF: export the table as .xlsx or .csv' } })
  const list = (await ask('editor', 'GET', `${v1}/imports`)).json<{ items: { id: string; state: string }[] }>()
  t.same(list.items.map(({ state }) => state), ['failed', 'cancelled', 'done'])
  const large = `--cut-here\r\ncontent-disposition: form-data; name="file"; filename="large.csv"\r\n\r\n${'x'.repeat(1024 * 1024 + 1)}\r\n--cut-here--\r\n`
  const refused = await app.inject({ method: 'POST', url: `${v1}/imports`, headers: { ...headers, authorization: `Bearer ${token('editor')}` }, payload: large })
  t.match(refused.json<{ detail: string }>().detail, /larger than 1 MB \(imports.mb\)/)
})

t.test('what is written out is read in again as it was: workbook and CSV, codes and words, UTF-8 and GB 18030', async (t) => {
  const { ask, app, token, settled } = await desk(t)
  await ask('editor', 'PATCH', `${v1}/cameras/${cameraHere}`, { fields: { contact: '张三/13900001111', name: '=1+1', address: '-2', commonName: '\u00a0"a;b",\n+c', positionType: '8/10', networking: 'not-networked', model: "'=x" } })
  for (const query of ['format=csv', 'format=csv&values=labels&encoding=gb18030', 'format=xlsx', 'format=xlsx&values=labels&lang=en', 'format=csv&lang=en']) {
    for (const name of ['editor', 'assessor'] as const) {
      const out = await ask(name, 'GET', `${v1}/exports?${query}`)
      const boundary = 'cut-here'
      const payload = Buffer.concat([Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="again"\r\n\r\n`), out.rawPayload, Buffer.from(`\r\n--${boundary}--\r\n`)])
      const shown = await settled('editor', await app.inject({ method: 'POST', url: `${v1}/imports`, headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, authorization: `Bearer ${token('editor')}` }, payload }))
      t.match(shown.preview?.counts, { rows: 1, unchanged: 1 }, `${query}, by ${name}: ${JSON.stringify(shown.preview?.rejections ?? shown.failure)}`)
      await ask('editor', 'POST', `${v1}/imports/${shown.id}/cancel`, {})
    }
  }
  t.match((await ask('assessor', 'GET', `${v1}/exports?format=csv`)).body, /张\*\*\*\*\/139\*\*\*\*1111/, 'contacts keep their ends for those who may not see them')
  t.match((await ask('editor', 'GET', `${v1}/exports?format=csv`)).body, /,'=1\+1,/, 'what a spreadsheet would run is defused')
})
