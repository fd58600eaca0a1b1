// The composition root, as a list: each part is opened with what it needs, and closed in the reverse order.
import { createRequire } from 'node:module'
import { isIPv6 } from 'node:net'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAccounts } from '../accounts/index.ts'
import { createLiveTokens, startApi, UnreachableError } from '../api/index.ts'
import { systemClock, systemRandom, type Clock, type Log } from '../base/index.ts'
import type { Config } from '../config.ts'
import { createInspections, createRuleBook, defaultRules, isPatrol, openDecoder, type DecodingFigures, type Inspections } from '../inspect/index.ts'
import { createAacSound, createPipeline, createPorts, createReceivers, createRelays, createTranscodes, openAacEncoders, openUdpThreads, parseStreamKey, serveFlv, transcoders, type Relays, type RelaysOptions } from '../media/index.ts'
import { createRegistry, type Registry } from '../registry/index.ts'
import { createMoves, startUserAgent, type SipFact, type UserAgent } from '../sip/index.ts'
import { controlOf } from './control.ts'
import { createBaselines } from './baselines.ts'
import { openData } from './data.ts'
import { openDaily } from './daily.ts'
import { createDisputes } from './disputes.ts'
import { openDeviceSnapshots } from './device-snapshots.ts'
import { drawsOf } from './draws.ts'
import { applyFact, restoredBindings } from './facts.ts'
import { openInstallation } from './installation.ts'
import { evidenceHolds } from './evidence-holds.ts'
import { keepEvidence } from './keep-evidence.ts'
import { keepAudit } from './keep-audit.ts'
import { freezeCamera } from './freeze.ts'
import { observing } from './observing.ts'
import { planFields } from './plan-fields.ts'
import { readRules, ruleFilesOf } from './rules.ts'
import { reportSourceOf } from './report-source.ts'
import { evidenceFile, renderReport } from './reports.ts'
import { summariesOf, type SummarySource } from './summaries.ts'
import { takePackage } from './packages.ts'
import { openRtmp } from './rtmp.ts'
import { openRtsp } from './rtsp.ts'
import { createImports, type Imports } from './imports.ts'
import { tellRegistry } from './seen.ts'
import { keepSettings } from './settings.ts'
import { signalFigures } from './signal-figures.ts'
import { signingKeys } from './signing-keys.ts'
import { createSnapshots } from './snapshot.ts'
import { watchSystem } from './system-state.ts'
import { tapOver } from './tap.ts'
import { openTraces } from './traces.ts'
import { exportBytes } from './transfer.ts'
import { createDownloadFiles } from './download-files.ts'
import { playbackTimes } from './playback.ts'
import { createPlaybacks } from './playbacks.ts'
import { createPresenceBacklog } from './presence-backlog.ts'
import { createRememberedWays } from './remembered-ways.ts'
import { wayFigures } from './way-figures.ts'
import { sourceOfCamera, upstreamOf } from './upstream.ts'

export const version = (createRequire(import.meta.url)('../../package.json') as { version: string }).version
export const software = `yiji ${version}`

/** Sockets and timers come first while a long piece of work goes on. */
const turn = (): Promise<void> => new Promise(setImmediate)

/** A relay waits as long as the most patient rule set: who wants to give up sooner leaves. 33 s is just past the INVITE's own end (RFC 3261 timer B). */
const patience = { answerMs: 33_000, firstPacketMs: 30_000, firstKeyframeMs: 30_000 }

export interface Service {
  readonly url: string
  readonly sipPort: number
  /** The password made for `admin`, at the first start without a configured one. */
  readonly firstPassword?: string
  readonly registry: Registry
  readonly inspections: Inspections
  readonly imports: Imports
  readonly relays: Relays
  readonly evidenceDir: string
  /** What decoding has cost so far. */
  readonly decoding: () => DecodingFigures
  /** Where reports read. */
  readonly reportSource: SummarySource
  /** No new work, BYE to every camera, files and sockets closed, children gone. Calling it twice is nothing. */
  readonly close: () => Promise<void>
}

/** Starts everything or nothing: what was opened before a failure is closed again. Another clock makes the hours of a test pass sooner. */
export async function startService(config: Config, log: Log, clock: Clock = systemClock): Promise<Service> {
  const opened: (() => Promise<void>)[] = []
  const keep = <T>(part: T, close: (part: T) => Promise<void>): T => {
    opened.push(() => close(part))
    return part
  }
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= closeAll(opened, log))
  try {
    const random = systemRandom
    const store = keep(await openData(config), (part) => part.close())
    const { signer, isNew: isNewKey } = openInstallation(config.dataDir)
    const ruleFiles = ruleFilesOf(config)
    const rules = readRules(ruleFiles)
    const registry = createRegistry({ store: store.registry, clock, log, turn, keep: config.keep, reconcile: config.reconcile, ...rules })
    const imports = keep(
      await createImports({ store, registry, dataDir: config.dataDir, ...config.imports, ruleFiles, reconcile: config.reconcile, clock, log, random }),
      (part) => part.close(),
    )
    keep(openDaily({ registry, clock, log }), (part) => part.close())
    const accounts = createAccounts({ store: store.accounts, clock, random, times: config.session, turn })
    keep(keepAudit({ accounts, days: config.auditDays, clock, log }), (part) => part.close())
    const firstPassword = await accounts.ensureAdmin(config.adminPassword)
    const liveTokens = createLiveTokens({ clock, random })
    const decoder = keep(openDecoder({ children: config.decoders, clock, log }), (part) => part.close())
    const settings = keepSettings(registry)
    await settings.begin()
    let returned: (deviceId: string) => void = () => {}
    const presence = keep(createPresenceBacklog({ apply: (fact: SipFact) => applyFact(registry, fact, log), clock, log }), (part) => part.close())
    const restored = await restoredBindings(registry, store.registry.offlineBefore)
    const traces = keep(
      openTraces({ us: { id: config.sip.id, realm: config.sip.realm }, dataDir: config.dataDir, diskMb: config.traceDiskMb, registry, bindingOf: (deviceId) => userAgent.bindingOf(deviceId), clock, log, software }),
      (part) => part.close(),
    )
    for (const { deviceId, binding } of restored) traces.restored(deviceId, binding)
    const userAgent: UserAgent = keep(
      await startUserAgent({
        id: config.sip.id,
        realm: config.sip.realm,
        bind: { host: config.sip.host, port: config.sip.port },
        advertiseHost: config.media.host,
        maxExpiresS: config.sip.maxExpiresS,
        access: config.sip.access,
        clock,
        random,
        log,
        passwordOf: async (deviceId) => (await registry.passwordOf(deviceId)) ?? config.sip.password,
        isRefused: async (deviceId) => settings.isRefused(deviceId),
        restored,
        onTrace: traces.entry,
        onNote: traces.note,
        turn,
        catalogAfterRegister: true,
        infoAfterRegister: true,
        keepaliveAfterRegister: true,
        resetsAlarms: settings.resetsAlarms,
        onFact: async (fact) => {
          traces.fact(fact)
          await (fact.type === 'presence' ? presence.keep(fact) : applyFact(registry, fact, log))
          if (fact.type === 'presence' && fact.to === 'online') returned(fact.deviceId)
        },
      }),
      (part) => part.close(),
    )
    settings.follow(userAgent)
    const isReachable = (deviceId: string): boolean => userAgent.bindingOf(deviceId) !== undefined && userAgent.presenceOf(deviceId) !== 'offline'
    const moves = keep(createMoves({ send: userAgent.command, isReachable, clock, log }), (part) => part.close())
    returned = moves.returned
    const ports = createPorts({ ...config.media.ports, clock })
    const udpThreads = config.media.udpThreads === 0 ? undefined : keep(openUdpThreads({ threads: config.media.udpThreads, clock, log }), (part) => part.close())
    const openReceiver = createReceivers({ bindHost: config.sip.host, announcedHost: config.media.host, ports, clock, log, ...(udpThreads && { udp: udpThreads.open }) })
    const ways = createRememberedWays(clock)
    const pulled = { ports, bindHost: config.sip.host, userAgent: software, clock, log, random }
    const upstreamFor = (isBeside: boolean): RelaysOptions['upstreamFor'] => (key, way, isMeasured) =>
      sourceOfCamera(key, registry, pulled, () => upstreamOf(key, way, isMeasured, { registry, userAgent, mediaHost: config.media.host, retry: config.media.retry, ways, isBeside, log }))
    const relayParts: RelaysOptions = {
      upstreamFor: upstreamFor(false),
      openReceiver,
      createPipeline,
      clock,
      log,
      onSummary: (summary) => traces.summary(parseStreamKey(summary.camera).camera, summary),
    }
    const relays = keep(
      createRelays({ ...relayParts, timeouts: { ...patience, lingerMs: config.media.lingerMs } }),
      (part) => part.close(),
    )
    // Streams that an inspection asks for beside those that are watched: nobody else joins them, and a loss is their result.
    const ownRelays = keep(createRelays({ ...relayParts, upstreamFor: upstreamFor(true), timeouts: { ...patience, lingerMs: 0, restartMs: [] } }), (part) => part.close())
    const { max: most, maxHeight, maxKbps } = config.media.transcodes
    const transcodes = keep(createTranscodes({ open: transcoders({ clock, log }), bounds: { maxHeight, maxKbps, gopMs: 2_000 }, max: most, clock, log }), (part) => part.close())
    const h264 = transcodes.over(relays, config.media.lingerMs)
    const sounds = keep(openAacEncoders({ limit: config.media.sounds, clock, log }), (part) => part.close())
    const sound = createAacSound({ encoders: sounds, log })
    const [sounding, soundingH264] = [sound.over(relays), sound.over(h264)]
    const files = createDownloadFiles({ ...config.downloads, folder: join(config.dataDir, 'downloads'), clock, log })
    // A paused recording is silent: its own watch ends it, not the relay's.
    const playbackRelays: Relays = keep(
      createRelays({ upstreamFor: (id) => playbacks.sourceOf(id), openReceiver, createPipeline, clock, log, timeouts: { ...patience, silenceMs: playbackTimes.pauseMs + 60_000, lingerMs: 0, restartMs: [] }, onSummary: (summary) => traces.summary(playbacks.get(summary.camera)?.camera ?? summary.camera, summary) }),
      (part) => part.close(),
    )
    const playbackSound = sound.over(playbackRelays)
    const playbackSoundH264 = sound.over(transcodes.over(playbackRelays, 0))
    const playbacks = keep(
      createPlaybacks({ registry, userAgent, relays: () => playbackRelays, served: (codec) => (codec === 'h264' ? playbackSoundH264 : playbackSound), files, mediaHost: config.media.host, clock, random, log, times: { lingerMs: Math.max(config.media.lingerMs, playbackTimes.lingerMs) } }),
      (part) => part.close(),
    )
    let httpPort = config.http.port
    const baseUrl = (): string => config.http.url ?? `http://${isIPv6(config.media.host) ? `[${config.media.host}]` : config.media.host}:${httpPort}`
    const evidenceDir = resolve(join(config.dataDir, 'inspections'))
    const keeper = keep(await keepEvidence({ store: store.evidence, evidenceDir, rules: config.evidence, clock, log }), (part) => part.close())
    const baselines = createBaselines({ store: store.baselines, clock, log })
    const checking = { hasRoom: keeper.hasRoom, tap: tapOver({ relays, own: ownRelays, registry, userAgent, clock }), decoder, contextOf: baselines.contextOf, ...observing, clock, random, log, evidenceDir, software, fingerprint: signer.fingerprint, ...(config.node !== undefined && { node: config.node }) }
    const disputes = createDisputes({ ...checking, store: store.reviews, inspections: store.inspections, elsewhere: () => inspections.places(), onFree: () => inspections.advance() })
    const inspections: Inspections = keep(
      createInspections({
        store: disputes.considering(baselines.over(tellRegistry(keeper.over(store.inspections), registry, log))),
        population: async (area, fields) => (await registry.population(area)).map((camera) => freezeCamera(camera, fields)),
        draws: store.draws,
        fields: planFields,
        isThinned: (plan) => config.evidence.patrol === 'picture' && isPatrol(plan),
        others: disputes.places,
        ...checking,
      }),
      (part) => part.close(),
    )
    keep(disputes, (part) => part.close())
    await disputes.begin()
    const rtmp = keep(await openRtmp(config.rtmp, { relays: sounding, h264: soundingH264, accounts, registry, tokens: liveTokens, clock, log }), async (part) => part?.close())
    const rtsp = keep(await openRtsp(config.rtsp, { relays, h264, accounts, registry, tokens: liveTokens, ports, clock, log, random, software }), async (part) => part?.close())
    const reportSource = reportSourceOf({ inspections, store, evidenceDir, divisions: rules.divisions, signer, clock, software })
    const watch = keep(watchSystem({ version, dataDir: config.dataDir, sip: { host: config.sip.host, port: () => userAgent.port }, media: { host: config.media.host, ...config.media.ports, figures: ports.figures }, decoders: config.decoders, hasRoom: keeper.hasRoom, clock }), async (part) => part.close())
    const api = keep(
      await startApi({
        host: config.http.host,
        port: config.http.port,
        ...(config.http.trustProxy && { trustProxy: config.http.trustProxy }),
        version,
        clock,
        log,
        random,
        accounts,
        registry,
        divisions: rules.divisions,
        verdicts: () => store.verdicts.lastVerdicts(turn),
        map: { ...config.map, ...(rules.outlines && { outlines: rules.outlines }) },
        liveTokens,
        ways: () => ({ ...(rtmp && { rtmpPort: rtmp.port() }), ...(rtsp && { rtspPort: rtsp.port }) }),
        inspections,
        draws: drawsOf({ store, registry, clock, random }),
        ruleBook: createRuleBook({ store: store.rules, clock }),
        disputes: disputes.dep,
        reports: { render: (id, format, wish) => renderReport(reportSource, id, format, wish) },
        summaries: summariesOf(reportSource),
        evidence: { file: (id, path) => evidenceFile(evidenceDir, id, path) },
        packages: {
          installation: { publicKey: signer.publicKey, fingerprint: signer.fingerprint },
          take: (id, wish) => takePackage({ inspections, after: store.reviews, holds: store.evidence.holds, report: async (each) => (await renderReport(reportSource, each, 'json', { lang: 'zh' })).body, evidenceDir, signer, software, clock, use: keeper.use }, id, wish),
          holds: evidenceHolds(store.evidence, clock),
          keys: signingKeys(store.keys, signer.fingerprint, clock),
          state: keeper.state,
        },
        transfer: { imports, write: exportBytes },
        relays: sounding,
        transcodes: transcodes.list,
        serveFlv: (camera, open, { codec, withSound = true } = {}) => serveFlv({ relays: codec === 'h264' ? soundingH264 : sounding, camera, open, clock, log, withSound }),
        snapshot: createSnapshots({ relays, decoder, rules: defaultRules, clock }),
        playbacks,
        control: controlOf({ registry, userAgent, moves, settings, clock }),
        snapshots: openDeviceSnapshots({ folder: join(config.dataDir, 'snapshots'), baseUrl, registry, log }),
        traces: traces.dep,
        signalling: () => [...signalFigures(userAgent.stats(), moves.stats()), ...traces.figures(), ...wayFigures(transcodes, sounds, rtmp)],
        commands: { queryCatalog: (deviceId) => askCatalog(userAgent, deviceId) },
        health: async () => ({ store: (await store.accounts.accounts()).length > 0, sip: userAgent.port > 0 }),
        system: watch.read,
        consoleDir: fileURLToPath(new URL('../../dist/console', import.meta.url)),
      }),
      (part) => part.close(),
    )
    httpPort = api.port
    // Ours: a device is heard within its keepalive's minute, so that our restart is not taken for its silence.
    const picking = clock.after(config.resumeAfterMs, () => void Promise.all([inspections.pickUpUnfinished(), disputes.pickUp()]).catch((error: unknown) => log.error({ error }, 'inspections that were cut could not be picked up')))
    keep(picking, async (cancel) => cancel())
    if (isNewKey) log.info({ fingerprint: signer.fingerprint }, 'the key that signs evidence was made; keep its fingerprint where others can compare it')
    return { url: api.url, sipPort: userAgent.port, ...(firstPassword === undefined ? {} : { firstPassword }), registry, inspections, imports, relays, evidenceDir, decoding: decoder.figures, reportSource, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Asks without waiting for the whole answer: a recorder may take minutes, and the catalog arrives as a fact. */
async function askCatalog(userAgent: UserAgent, deviceId: string): Promise<void> {
  if (!userAgent.bindingOf(deviceId)) throw new UnreachableError({ ok: false, reason: 'not-registered', detail: `device ${deviceId} is not registered` })
  void userAgent.queryCatalog(deviceId)
}

async function closeAll(opened: (() => Promise<void>)[], log: Log): Promise<void> {
  for (const closeOne of opened.reverse()) {
    try {
      await closeOne()
    } catch (error) {
      log.error({ error: error instanceof Error ? error.message : String(error) }, 'a part did not close cleanly')
    }
  }
}
