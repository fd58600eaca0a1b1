// The whole API over a real database and registry, with people of each role on both sides of the wall between two districts.
import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAccounts, type Role, type StoredSession } from '../../accounts/index.ts'
import { AppError, manualClock, seededBytes, silentLog, type Log, type ManualClock } from '../../base/index.ts'
import { createRegistry, type Registry } from '../../registry/index.ts'
import { reportOf } from '../../inspect/index.ts'
import { evidenceHolds } from '../../service/evidence-holds.ts'
import { signingKeys } from '../../service/signing-keys.ts'
import { createImports } from '../../service/imports.ts'
import { summariesOf } from '../../service/summaries.ts'
import { drawsOf } from '../../service/draws.ts'
import { exportBytes } from '../../service/transfer.ts'
import { openStore, type Store } from '../../store/index.ts'
import { createRuleBook } from '../../inspect/index.ts'
import { buildApi, UnreachableError, type ApiDeps, type App } from '../index.ts'
import { cameraHere, cameraThere, checkOf, deviceHere, deviceThere, drawHere, drawThere, here, importOf, inspectionHere, inspectionOf, inspectionThere, member, record, seedDrawOf, there } from './things.ts'
import { disputed, disputesOver } from './disputes.ts'
import { controlOver, scriptedPlaybacks, scriptedTraces, type Wire } from './wire.ts'

export const v1 = '/api/v1'

export interface Person {
  readonly name: string
  readonly role: Role
  readonly area: string
}
export const people = [
  { name: 'admin', role: 'admin', area: '' },
  { name: 'chief', role: 'admin', area: here },
  { name: 'assessor', role: 'assessor', area: here },
  { name: 'editor', role: 'editor', area: here },
  { name: 'viewer', role: 'viewer', area: here },
  { name: 'stranger', role: 'admin', area: there },
] as const satisfies readonly Person[]
export type Name = (typeof people)[number]['name']

export interface House {
  readonly app: App
  readonly deps: ApiDeps
  readonly registry: Registry
  readonly clock: ManualClock
  readonly wire: Wire
  readonly evidenceDir: string
  readonly token: (name: Name) => string
  readonly store: Store
  readonly ask: (name: Name | undefined, method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: object) => Promise<LightMyRequestResponse>
}

/** A session, or a token, that opens with `token`; its account has to be there. */
export async function seat(store: Store, account: string, token: string, more: Partial<StoredSession> = {}, nowMs = 0): Promise<void> {
  const session = { id: `of-${account}`, kind: 'session', account, name: '', createdAtMs: nowMs, seenAtMs: nowMs, expiresAtMs: nowMs + 3600_000, address: '', agent: '' } as const
  await store.accounts.saveSession({ ...session, tokenSha256: createHash('sha256').update(token).digest('hex'), ...more })
}

export async function house(test: Test, more: Partial<ApiDeps> = {}): Promise<House> {
  const clock = manualClock()
  const random = seededBytes(42)
  // On the disk: an import is read and written by a thread with a connection of its own.
  const dataDir = await mkdtemp(join(tmpdir(), 'yiji-house-'))
  const store = await openStore({ file: join(dataDir, 'yiji.sqlite'), clock })
  const registry = createRegistry({ store: store.registry, clock, log: silentLog })
  const token = (name: Name): string => createHash('sha256').update(name).digest('base64url')
  for (const { name, role, area } of people) {
    await store.accounts.saveAccount({ name, role, area, passwordHash: 'none', createdAtMs: clock.wallMs(), disabled: false })
    await seat(store, name, token(name), {}, clock.wallMs())
  }
  for (const [code, area] of [[cameraHere, here], [cameraThere, there]] as const) await registry.create(record(code, area), 'office', 'first')
  for (const id of [deviceHere, deviceThere]) await registry.applyStranger(id)
  for (const [id, area, camera] of [[inspectionHere, here, cameraHere], [inspectionThere, there, cameraThere]] as const) {
    const drawn = member(camera, area)
    await store.inspections.saveInspection(inspectionOf(id, area, drawn), [drawn])
    await store.inspections.saveCheck(id, checkOf(drawn))
    await store.inspections.finish(id, 'done', clock.wallMs() + 1000)
  }
  for (const [id, area, camera] of [[drawHere, here, cameraHere], [drawThere, there, cameraThere]] as const) {
    await store.draws.addExemption({ area, camera: `${area}01001320000077`, reason: '道路施工', document: `报备 ${area}`, fromMs: clock.wallMs(), untilMs: clock.wallMs() + 3600_000, by: 'assessor', atMs: clock.wallMs() })
    await store.draws.addSeedDraw(seedDrawOf(id, area, clock.wallMs()), [member(camera, area)], [])
  }
  for (const [id, area] of [['i-here', here], ['i-there', there]] as const) await store.imports.saveImport(importOf(id, area, clock.wallMs()))
  const imports = await createImports({ store, registry, dataDir, files: 5, maxBytes: 1024 * 1024, keepMs: 3600_000, clock, log: silentLog, random })
  const evidenceDir = await mkdtemp(join(tmpdir(), 'yiji-api-'))
  await mkdir(join(evidenceDir, inspectionHere, 'pictures'), { recursive: true })
  await writeFile(join(evidenceDir, inspectionHere, 'pictures', '01-2-1.jpg'), 'jpeg')
  await writeFile(join(evidenceDir, inspectionHere, '01.pcapng'), 'wire')
  await writeFile(join(evidenceDir, 'secret.txt'), 'secret')

  const disputes = disputesOver(test, store, evidenceDir, clock)
  for (const [id, camera, area] of [[inspectionHere, cameraHere, here], [inspectionThere, cameraThere, there]] as const) await disputed(store, evidenceDir, id, camera, area, id === inspectionHere, clock.wallMs())

  const wire: Wire = { figures: [], joined: { ok: true, isCold: true }, catalogsAsked: [], told: [], failure: undefined, pictures: new Map(), logged: [], isHealthy: true, imported: [], events: new Map(), viewers: 0, recordings: [] }
  const log: Log = { ...silentLog, error: (fields, message) => void wire.logged.push(`${message} ${JSON.stringify(fields)}`) }
  const heldAs = async (id: string, state: 'running' | 'paused') => {
    await store.inspections.setState(id, state)
    const found = await store.inspections.outline(id)
    if (!found) throw new Error(`no ${id}`)
    return found
  }
  const deps: ApiDeps = {
    host: '127.0.0.1',
    port: 0,
    version: '0.1.0',
    clock,
    random,
    log,
    registry,
    accounts: createAccounts({ store: store.accounts, clock, random }),
    inspections: {
      start: async ({ area, by }) => {
        const drawn = member(cameraHere, area)
        const inspection = { ...inspectionOf(`i-${by}`, area, drawn), createdBy: by }
        await store.inspections.saveInspection(inspection, [drawn])
        return inspection
      },
      get: (id) => store.inspections.inspection(id),
      list: (limit, wish) => store.inspections.inspections(limit, wish),
      outline: (id) => store.inspections.outline(id),
      head: (id) => store.inspections.head(id),
      check: (id, n) => store.inspections.check(id, n),
      checkPage: (id, wish) => store.inspections.checkPage(id, wish),
      pause: (id) => heldAs(id, 'paused'),
      // As it was: of one that runs, the stream of events does not end.
      resume: async (id) => {
        await heldAs(id, 'running')
        await store.inspections.finish(id, 'done', clock.wallMs() + 1000)
        return (await store.inspections.outline(id)) ?? heldAs(id, 'running')
      },
      cancel: (id) => store.inspections.finish(id, 'cancelled', clock.wallMs()),
      on: (id, listener) => {
        wire.events.set(id, listener)
        return () => void wire.events.delete(id)
      },
      review: async (said) => {
        const review = { ...said, atMs: clock.wallMs() }
        await store.inspections.saveReview(review)
        return review
      },
      reviews: (id) => store.inspections.reviews(id),
    },
    draws: drawsOf({ store, registry, clock, random }),
    ruleBook: createRuleBook({ store: store.rules, clock }),
    disputes: disputes.dep,
    reports: { render: async (id, format, { lang }) => ({ contentType: format === 'json' ? 'application/json' : 'text/html', fileName: `报告 ${id}.${format}`, body: Buffer.from(`{"lang":"${lang}"}`) }) },
    summaries: summariesOf({ inspections: { report: async (id) => reportOf((await store.inspections.inspection(id)) ?? gone(id)), reviews: store.inspections.reviews, population: store.inspections.population, get: store.inspections.inspection }, store: store.reports, evidenceDir, clock, software: 'yiji' }),
    evidence: { file: async (id, relativePath) => ({ path: join(evidenceDir, id, relativePath), contentType: 'image/jpeg' }) },
    packages: {
      installation: { publicKey: '-----BEGIN PUBLIC KEY-----', fingerprint: 'ab'.repeat(32) },
      take: async (id) => ({ fileName: `evidence-${id}.zip`, size: 3, bytes: async function* () { yield Buffer.from('zip') } }),
      holds: evidenceHolds(store.evidence, clock),
      keys: signingKeys(store.keys, 'ab'.repeat(32), clock),
      state: async () => ({ totals: [...(await store.evidence.totals())], freeBytes: 5e9, hasRoom: true, rules: { days: { recording: 180, keyframe: 365, picture: 730 }, maxBytes: 2e11, minFreeBytes: 1e9, patrol: 'picture' } }),
    },
    transfer: { imports, write: exportBytes },
    relays: { list: () => wire.figures },
    serveFlv: (_camera, open) => {
      wire.viewers++
      let isClosed = false
      return {
        joined: (async () => {
          if (wire.joined.ok) open().write([Buffer.from('FLV')])
          return wire.joined
        })(),
        close: () => {
          if (!isClosed) wire.viewers--
          isClosed = true
        },
      }
    },
    snapshot: async () => {
      if (!wire.joined.ok) throw new UnreachableError(wire.joined)
      return { jpeg: Buffer.from('jpeg'), takenAtMs: clock.wallMs() }
    },
    control: controlOver(wire, registry, clock),
    snapshots: {
      urlFor: (token) => `http://10.0.0.1:8080${v1}/snapshot-uploads/${token}`,
      store: async (session, name, jpeg) => {
        wire.pictures.set(`${name}.jpg`, jpeg)
        await registry.addSnapshot(session, { file: `${name}.jpg`, name, bytes: jpeg.length, sha256: 'ab' })
      },
      read: async (file) => wire.pictures.get(file),
    },
    signalling: () => [{ name: 'sip_devices', isCounter: false, value: 2 }, { name: 'sip_refused_total', isCounter: true, value: 5 }],
    playbacks: scriptedPlaybacks(wire, evidenceDir),
    traces: scriptedTraces(wire),
    commands: { queryCatalog: async (id) => void wire.catalogsAsked.push(id) },
    system: async () => ({ version: '0', node: 'v0', platform: 'test', startedAtMs: 0, nowMs: clock.wallMs(), memory: { rssBytes: 1, heapBytes: 1 }, loop: { p50Ms: 0, p99Ms: 0, maxMs: 0 }, disk: { freeBytes: 1, totalBytes: 1, hasRoomForEvidence: true }, database: { bytes: 1, logBytes: 0 }, sip: { host: '127.0.0.1', port: 5060 }, media: { host: '127.0.0.1', first: 30000, last: 30001, total: 1, leased: 0, resting: 0 }, decoders: 1 }),
    health: async () => ({ store: true, sip: wire.isHealthy }),
    ...more,
  }
  const app = await buildApi(deps)
  test.teardown(async () => {
    await app.close()
    await imports.close()
    await disputes.close()
    await store.close()
    for (const folder of [dataDir, evidenceDir]) await rm(folder, { recursive: true })
  })
  return {
    app,
    deps,
    registry,
    clock,
    wire,
    evidenceDir,
    token,
    store,
    ask: (name, method, url, payload) =>
      app.inject({ method, url, ...(name ? { headers: { authorization: `Bearer ${token(name)}` } } : {}), ...(payload ? { payload } : {}) }),
  }
}

function gone(id: string): never {
  throw new AppError('not-found', `there is no inspection ${id}`)
}
