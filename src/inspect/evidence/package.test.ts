// Packages: made of real recordings, proved, changed in every way that a hostile hand or a bad disk may change them.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, createWriteStream, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { openPromise } from 'yauzl'
import t, { type Test } from 'tap'
import { seededRandom, silentLog, systemClock } from '../../base/index.ts'
import { observing } from '../../service/observing.ts'
import { draw } from '../draw.ts'
import { openDecoder } from '../io/decoder.ts'
import { preparePackage, type PackageParts } from '../io/package-file.ts'
import { readMember } from '../io/package-source.ts'
import { readRecording } from '../io/recording-file.ts'
import { verifyPackage } from '../io/verify-package.ts'
import { populationText } from '../population.ts'
import { reportOf } from '../summary.ts'
import type { Check, Inspection, PopulationMember } from '../types.ts'
import { documentsOf, type Aftermath, type PackageWish } from './contents.ts'
import { makeKey, readFingerprint, signerOf } from './signature.ts'
import type { Verification } from './verify-types.ts'

const fixtures = new URL('../../../fixtures/recordings/', import.meta.url)
const names = ['14-32011600001320000003', '20-32011600001320000019', '31-32011600081320000030']
const signer = signerOf(makeKey())
const nothing: Aftermath = { reviews: [], appeals: [], rechecks: [], opinions: [] }

/** An inspection of three recorded checks, its folder as the service leaves it. */
function inspected(t: Test): { readonly inspection: Inspection; readonly folder: string; readonly population: readonly PopulationMember[] } {
  const folder = t.testdir()
  mkdirSync(join(folder, 'recordings'))
  mkdirSync(join(folder, 'pictures'))
  const kept = names.map((name) => JSON.parse(readFileSync(new URL(`${name}.json`, fixtures), 'utf8')) as Check)
  const population = kept.map(({ camera }, index) => ({ ...camera, class: '1', area: '320116', name: `点位 ${index}` }))
  const drawn = draw(population, { seed: '00112233445566778899', strata: [{ class: '1', count: 3 }] })
  const checks = drawn.members.map((camera): Check => {
    const at = kept.findIndex((each) => each.camera.id === camera.id)
    const [check, name] = [kept[at], names[at]]
    if (!check || name === undefined) throw new Error('no such recording')
    copyFileSync(new URL(`${name}.pcapng`, fixtures), join(folder, 'recordings', `${name}.pcapng`))
    const write = (file: string, bytes: string): string => {
      writeFileSync(join(folder, file), bytes)
      return createHash('sha256').update(bytes).digest('hex')
    }
    const recording = { file: `recordings/${name}.pcapng`, sha256: createHash('sha256').update(readFileSync(new URL(`${name}.pcapng`, fixtures))).digest('hex'), kind: 'recording' } as const
    const picture = { file: `pictures/${name}-1-1.jpg`, sha256: write(`pictures/${name}-1-1.jpg`, `picture of ${name}`), kind: 'picture' } as const
    const judged = { ...check, evidence: [recording, picture] }
    const verdict = { file: `recordings/${name}.json`, sha256: write(`recordings/${name}.json`, `${JSON.stringify(judged, null, 1)}\n`), kind: 'verdict' } as const
    return { ...judged, evidence: [...judged.evidence, verdict] }
  })
  const inspection = { id: '20261120-100000-abcdef', area: '320116', startedAtMs: 1e12, finishedAtMs: 1e12 + 60_000, state: 'done', createdBy: 'office', draw: drawn, rules: { name: 'demo', version: 1 }, checks, total: 3, software: 'yiji test' } as unknown as Inspection
  return { inspection, folder, population }
}

async function packed(t: Test, wish: PackageWish = {}, more: Partial<PackageParts> = {}): Promise<string> {
  const { inspection, folder, population } = inspected(t)
  const documents = [
    ...documentsOf(inspection, nothing, wish),
    { path: 'population.tsv', text: populationText(population) },
    ...(wish.check === undefined ? [{ path: 'report.json', text: JSON.stringify(reportOf(inspection)) }] : []),
  ]
  const made = await preparePackage({ aftermath: nothing, inspection, documents, folder, wish, signer, software: 'yiji test', madeAtMs: 1e12 + 120_000, madeBy: 'office', ...more })
  const file = join(folder, 'package.zip')
  await pipeline(Readable.from(made.bytes()), createWriteStream(file))
  t.equal(readFileSync(file).length, made.size, 'as long as it was said beforehand')
  return file
}

/** Tools of others that not every machine has. */
const lacks = (...tools: readonly string[]): string | false => tools.filter((tool) => spawnSync(tool, [tool === 'openssl' ? 'version' : '--version']).status !== 0).join(', ') || false

const wrongOf = (seen: Verification): readonly string[] => seen.steps.flatMap(({ name, wrong }) => wrong.map((line) => `${name}: ${line}`))

t.test('a package is whole, proved step by step, and read by the tools of others', async (t) => {
  const file = await packed(t)
  const seen = await verifyPackage(file, { fingerprint: signer.fingerprint })
  t.same(wrongOf(seen), [])
  t.same(seen.steps.map(({ name, ok }) => `${name} ${ok}`), ['archive true', 'manifest true', 'signature true', 'files true', 'evidence true', 'draw true'])
  t.match(seen.manifest, { madeBy: 'office', madeAt: '2001-09-09T01:48:40.000Z', inspection: { id: '20261120-100000-abcdef' }, absent: [] })
  t.match(seen.steps.find(({ name }) => name === 'draw')?.says, /3 of 3, seed 00112233445566778899/)

  const zip = await openPromise(file, { lazyEntries: true, strictFileNames: true })
  const entries: string[] = []
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', resolve)
    zip.on('entry', (entry: { readonly fileName: string }) => {
      entries.push(entry.fileName)
      zip.readEntry()
    })
    zip.readEntry()
  })
  t.same(entries.slice(0, 3), ['manifest.json', 'manifest.json.sig', 'installation.pem'])
  t.equal(entries.length, 3 + (seen.manifest?.files.length ?? 0))

  t.test('unpacked, it is proved as a folder, and by openssl', { skip: lacks('python3', 'openssl') }, async (t) => {
    const folder = join(t.testdir(), 'unpacked')
    execFileSync('python3', ['-m', 'zipfile', '-e', file, folder])
    t.same(wrongOf(await verifyPackage(folder)), [])
    t.match(execFileSync('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', 'installation.pem', '-rawin', '-in', 'manifest.json', '-sigfile', 'manifest.json.sig'], { cwd: folder }).toString(), 'Verified Successfully')
    writeFileSync(join(folder, 'more.txt'), 'more')
    rmSync(join(folder, 'rules.json'))
    t.same(wrongOf(await verifyPackage(folder)), ['files: more.txt is in it, and not in the manifest', 'files: rules.json is missing'])
  })
})

t.test('every verdict is computed again, and one that was changed and signed anew is found all the same', async (t) => {
  const decoder = openDecoder({ children: 1, clock: systemClock, log: silentLog })
  t.teardown(() => decoder.close())
  const replay = { decoder, ...observing, software: 'test' }
  const whole = await verifyPackage(await packed(t), { replay })
  t.same(wrongOf(whole), [])
  t.match(whole.steps.at(-1), { name: 'replay', says: '3 verdicts computed again from their recordings' })

  const { inspection, folder, population } = inspected(t)
  const forged = inspection.checks.map((check): Check => {
    if (check.verdict.result !== 'fail' || !check.verdict.reasons.includes('refused')) return check
    const changed = { ...check, verdict: { result: 'pass', reasons: [] } as const, evidence: check.evidence.filter(({ kind }) => kind !== 'verdict') }
    const text = `${JSON.stringify(changed, null, 1)}\n`
    const verdict = check.evidence.find(({ kind }) => kind === 'verdict')
    if (!verdict) throw new Error('no verdict')
    writeFileSync(join(folder, verdict.file), text)
    return { ...changed, evidence: [...changed.evidence, { ...verdict, sha256: createHash('sha256').update(text).digest('hex') }] }
  })
  const lying = { ...inspection, checks: forged }
  const made = await preparePackage({ aftermath: nothing, inspection: lying, documents: [...documentsOf(lying, nothing, {}), { path: 'population.tsv', text: populationText(population) }, { path: 'report.json', text: JSON.stringify(reportOf(lying)) }], folder, wish: {}, signer, software: 'yiji test', madeAtMs: 0, madeBy: 'office' })
  const file = join(folder, 'forged.zip')
  await pipeline(Readable.from(made.bytes()), createWriteStream(file))
  t.same(wrongOf(await verifyPackage(file)), [], 'without a replay nothing shows')
  t.match(wrongOf(await verifyPackage(file, { replay })), [/^replay: recordings\/.*: verdict\.result: "pass" → "fail"$/, /reasons/])
})

t.test('parts, one check alone, evidence that was removed or is lost', async (t) => {
  const slim = await verifyPackage(await packed(t, { parts: [] }))
  t.same(wrongOf(slim), [])
  t.equal(slim.manifest?.absent.length, 6)
  t.match(slim.steps.find(({ name }) => name === 'evidence')?.remarks, ['6 files were not asked for'])

  const alone = await verifyPackage(await packed(t, { check: 20 }))
  t.same(wrongOf(alone), [])
  t.equal(alone.manifest?.check, 20)
  t.same(alone.manifest?.files.filter(({ check }) => check !== undefined && check !== 20), [])
  t.notOk(alone.manifest?.files.some(({ path }) => path === 'report.json'), 'the others are nobody’s business')
  await t.rejects(packed(t, { check: 9 }), { code: 'not-found' })

  const { inspection, folder, population } = inspected(t)
  const [first, ...rest] = inspection.checks
  const gone = first?.evidence.find(({ kind }) => kind === 'recording')
  const lost = rest[0]?.evidence.find(({ kind }) => kind === 'picture')
  if (!first || !gone || !lost) throw new Error('no evidence')
  for (const { file } of [gone, lost]) rmSync(join(folder, file))
  const kept = { ...inspection, checks: [{ ...first, evidence: first.evidence.map((each) => (each === gone ? { ...each, removedAt: '2026-11-21T00:00:00.000Z', removedWhy: 'older than 90 days' } : each)) }, ...rest] }
  const made = await preparePackage({ aftermath: nothing, inspection: kept, documents: [...documentsOf(kept, nothing, {}), { path: 'population.tsv', text: populationText(population) }, { path: 'report.json', text: JSON.stringify(reportOf(kept)) }], folder, wish: {}, signer, software: 'yiji test', madeAtMs: 0, madeBy: 'office' })
  const file = join(folder, 'less.zip')
  await pipeline(Readable.from(made.bytes()), createWriteStream(file))
  const seen = await verifyPackage(file)
  t.match(seen.manifest?.absent, [{ path: gone.file, because: 'removed', why: 'older than 90 days', sha256: gone.sha256 }, { path: lost.file, because: 'missing' }])
  t.match(wrongOf(seen), [new RegExp(`^evidence: ${lost.file} of check \\d+ was lost before the package was made$`)])
})

/** An inspection that was quarrelled about, unpacked: an appeal with a letter, another node's package, a hold, a review. */
async function disputed(t: Test): Promise<string> {
  const { inspection, folder, population } = inspected(t)
  const write = (file: string, text: string): void => {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), text)
  }
  write('attachments/14-0011223344556677.pdf', '%PDF-1.7 notice of a power cut')
  write('opinions/14-0011223344556677.zip', 'PK package of another node')
  const [first] = inspection.checks
  if (!first) throw new Error('no checks')
  const keyframe = { file: `keyframes/${String(first.n)}-1-1.h264`, sha256: createHash('sha256').update('keyframe').digest('hex'), kind: 'keyframe' } as const
  write(keyframe.file, 'keyframe')
  const verdict = first.evidence.find(({ kind }) => kind === 'verdict')
  if (!verdict) throw new Error('no verdict')
  const judged = { ...first, evidence: [...first.evidence.filter(({ kind }) => kind !== 'verdict'), keyframe] }
  const text = `${JSON.stringify(judged, null, 1)}\n`
  write(verdict.file, text)
  const checks = [{ ...judged, evidence: [...judged.evidence, { ...verdict, sha256: createHash('sha256').update(text).digest('hex') }] }, ...inspection.checks.slice(1)]
  const whole = { ...inspection, checks }
  const { n } = first
  const file = { id: '0011223344556677', name: '停电.pdf', contentType: 'application/pdf', file: 'attachments/14-0011223344556677.pdf', size: 1, sha256: 'ab'.repeat(32), by: 'owner', atMs: 1 }
  const aftermath: Aftermath = {
    reviews: [{ inspection: inspection.id, n, result: 'pass', reason: '停电属实', by: 'chief', atMs: 3, appeal: 1, decision: 'granted' }],
    appeals: [{ id: 1, inspection: inspection.id, n, text: '当时停电', by: 'owner', atMs: 1, files: [file] }],
    rechecks: [],
    opinions: [{ id: 1, inspection: inspection.id, n, node: '市局', by: 'chief', atMs: 2, check: first, recordingSha256: 'cd'.repeat(32), file: 'opinions/14-0011223344556677.zip', state: 'verified', differences: [], remarks: [], signed: { fingerprint: 'ef'.repeat(32), manifestSha256: 'ab'.repeat(32), inspection: 'other', n: 1, madeAt: '', madeBy: 'wang', software: 'yiji' } }],
    holds: [{ id: 1, inspection: inspection.id, n, reason: '已申诉', by: 'chief', atMs: 2 }],
  }
  const documents = [...documentsOf(whole, aftermath, {}), { path: 'population.tsv', text: populationText(population) }, { path: 'report.json', text: JSON.stringify(reportOf(whole)) }]
  const made = await preparePackage({ aftermath, inspection: whole, documents, folder, wish: {}, signer, software: 'yiji test', madeAtMs: 1e12, madeBy: 'office' })
  const archive = join(folder, 'disputed.zip')
  await pipeline(Readable.from(made.bytes()), createWriteStream(archive))
  const unpacked = join(folder, 'unpacked')
  const names = ['manifest.json', 'manifest.json.sig', 'installation.pem', ...made.manifest.files.map(({ path }) => path)]
  for (const name of names) {
    mkdirSync(join(unpacked, name, '..'), { recursive: true })
    writeFileSync(join(unpacked, name), await readMember(archive, name, 1e9))
  }
  return unpacked
}

t.test('appeal, attachment, opinion and hold are in it; a byte changed in a member of any kind names that member', async (t) => {
  const folder = await disputed(t)
  const whole = await verifyPackage(folder)
  t.same(wrongOf(whole), [])
  t.match(JSON.parse(readFileSync(join(folder, 'holds.json'), 'utf8')), [{ reason: '已申诉' }])
  t.match(JSON.parse(readFileSync(join(folder, 'appeals.json'), 'utf8')), [{ text: '当时停电', files: [{ name: '停电.pdf' }] }])
  t.match(JSON.parse(readFileSync(join(folder, 'opinions.json'), 'utf8')), [{ node: '市局', signed: { fingerprint: 'ef'.repeat(32) } }])
  const kinds = new Map((whole.manifest?.files ?? []).map((file) => [`${file.kind} ${file.path.split('/').length > 1 ? file.path.split('/')[0] : file.path}`, file.path]))
  const members = [...new Set(kinds.values())]
  for (const wanted of ['inspection.json', 'draw.json', 'rules.json', 'reviews.json', 'appeals.json', 'rechecks.json', 'opinions.json', 'holds.json', 'population.tsv', 'report.json', 'cover.html']) t.ok(members.includes(wanted), wanted)
  t.same(['recordings/', 'keyframes/', 'pictures/', 'attachments/', 'opinions/'].filter((part) => !members.some((path) => path.startsWith(part))), [])
  for (const path of ['manifest.json', 'manifest.json.sig', 'installation.pem', ...members]) {
    const file = join(folder, path)
    const good = readFileSync(file)
    const bad = Buffer.from(good)
    const at = bad.length >> 1
    bad[at] = (bad[at] ?? 0) ^ 1
    writeFileSync(file, bad)
    const lines = wrongOf(await verifyPackage(folder))
    t.ok(lines.some((line) => line.includes(path) || (path === 'manifest.json' && line.startsWith('signature: manifest.json.sig does not fit'))), `${path}: ${lines.join(' | ')}`)
    writeFileSync(file, good)
  }
})

t.test('no credential and no contact is in a package: neither in recordings of digest and basic log-ins nor in documents', async (t) => {
  const folder = await disputed(t)
  const secrets = /(?:proxy-)?authorization[ \t]*:[ \t]*[^x\s]|\b(?:rtsp|sip|http)s?:\/\/[^/\s:@"]+:[^/\s@"]+@|response="[0-9a-f]{32}|(?<!\d)1[3-9]\d{9}(?!\d)|\b0\d{2,3}-\d{7,8}\b|"(?:password|contact)"/i
  t.match('Authorization: Digest username="a"', secrets)
  t.match('rtsp://admin:12345@10.0.0.1/ch1', secrets)
  const held = (await verifyPackage(folder)).manifest?.files ?? []
  for (const { path } of held.filter((file) => file.kind !== 'recording')) t.notMatch(readFileSync(join(folder, path), 'latin1'), secrets, path)
  let logIns = 0
  for (const name of readdirSync(fixtures).filter((each) => each.endsWith('.pcapng'))) {
    // Signalling alone: media may hold any bytes.
    for (const event of await readRecording(new URL(name, fixtures).pathname)) {
      const text = event.kind === 'note' ? JSON.stringify(event.note) : event.wire.layer === 'signal' ? event.wire.bytes.toString('latin1') : ''
      if (/authorization:/i.test(text)) logIns++
      if (secrets.test(text)) t.fail(`${name}: ${secrets.exec(text)?.[0]}`)
    }
  }
  t.ok(logIns > 10, `${logIns} log-ins, all of them written over`)
})

t.test('a byte changed anywhere is found, wherever it lies', async (t) => {
  const file = await packed(t)
  const good = readFileSync(file)
  const random = seededRandom(7)
  const tried = new Set<number>()
  // The records between the files are few bytes among many: half of the places are looked for there.
  const structure: number[] = []
  for (let at = 0; at < good.length - 4; at++) if (good[at] === 0x50 && good[at + 1] === 0x4b && (good[at + 2] ?? 9) < 7) for (let more = 0; more < 80 && at + more < good.length; more++) structure.push(at + more)
  for (let n = 0; n < 400; n++) {
    const at = n % 2 === 0 ? Math.floor(random() * good.length) : (structure[Math.floor(random() * structure.length)] ?? 0)
    if (tried.has(at)) continue
    tried.add(at)
    const bad = Buffer.from(good)
    bad[at] = (bad[at] ?? 0) ^ (1 << Math.floor(random() * 8))
    writeFileSync(file, bad)
    const seen = await verifyPackage(file)
    if (seen.ok) t.fail(`byte ${at} of ${good.length} was changed and nothing said`)
    for (const line of wrongOf(seen)) if (line.includes('\n') || line.length > 400) t.fail(`not a line: ${line}`)
  }
  t.pass(`${tried.size} places`)
})

t.test('cut off anywhere, longer than it was, or something else entirely: one line', async (t) => {
  const file = await packed(t)
  const good = readFileSync(file)
  const random = seededRandom(8)
  for (let n = 0; n < 60; n++) {
    writeFileSync(file, good)
    truncateSync(file, n < 30 ? good.length - 1 - n : Math.floor(random() * good.length))
    const seen = await verifyPackage(file)
    t.match(wrongOf(seen), [/^archive: /], 'one line')
  }
  for (const bytes of [Buffer.concat([good, Buffer.from('x')]), Buffer.concat([Buffer.from('x'), good]), Buffer.from('not a zip'), Buffer.alloc(100_000), Buffer.alloc(0)]) {
    writeFileSync(file, bytes)
    t.match(wrongOf(await verifyPackage(file)), [/^archive: /])
  }
  t.match(wrongOf(await verifyPackage(join(file, 'nowhere'))), ['archive: is not there'])
})

t.test('archives made to do harm: traversal, duplicates, bombs', { skip: lacks('python3') }, async (t) => {
  const folder = t.testdir()
  const make = (script: string): string => {
    const file = join(folder, 'hostile.zip')
    rmSync(file, { force: true })
    execFileSync('python3', ['-W', 'ignore', '-c', `import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1],'w')\n${script}\nz.close()`, file])
    return file
  }
  for (const [script, line] of [
    [`z.writestr('../../etc/passwd', 'x')`, /names a file/],
    [`z.writestr('/etc/passwd', 'x')`, /names a file/],
    [`z.writestr('a\\\\b', 'x')`, /names a file/],
    [`z.writestr('manifest.json', 'x')\nz.writestr('manifest.json', 'y')`, /./],
    [`z.writestr('manifest.json', b'0' * 50000000, compress_type=zipfile.ZIP_DEFLATED)`, /compressed/],
    [`z.writestr('link', 'x')`, /changed byte/],
    [`pass`, /missing|no package/],
  ] as const) {
    const seen = await verifyPackage(make(script))
    t.equal(wrongOf(seen).length, 1)
    t.match(wrongOf(seen)[0], line, script)
  }
})

t.test('a signature of somebody else, a key of somebody else, a manifest that was written anew', async (t) => {
  const other = signerOf(makeKey())
  const swapped = await packed(t, {}, { signer: other })
  t.match(wrongOf(await verifyPackage(swapped, { fingerprint: signer.fingerprint })), [/^signature: it was signed by another key/])
  t.match((await verifyPackage(swapped)).steps[2], { ok: true, remarks: [/nobody said whose key/] })
  const forgedSignature = await packed(t, {}, { signer: { ...signer, sign: other.sign } })
  t.match(wrongOf(await verifyPackage(forgedSignature)), [/^signature: manifest\.json\.sig does not fit/])
  const forgedKey = await packed(t, {}, { signer: { ...signer, publicKey: other.publicKey } })
  t.match(wrongOf(await verifyPackage(forgedKey)), [/is not the key that the manifest names/, /does not fit/])
  const noKey = await packed(t, {}, { signer: { ...signer, publicKey: 'nothing' } })
  t.match(wrongOf(await verifyPackage(noKey)), [/^signature: installation\.pem: it is no key in PEM/])
  t.equal(readFingerprint(signer.fingerprint.toUpperCase().replace(/(..)/g, '$1:').slice(0, -1)), signer.fingerprint)
  t.equal(readFingerprint('ab'), undefined)
})

t.test('a file that changes while it is packed breaks the package off', async (t) => {
  const { inspection, folder, population } = inspected(t)
  const made = await preparePackage({ aftermath: nothing, inspection, documents: [...documentsOf(inspection, nothing, {}), { path: 'population.tsv', text: populationText(population) }], folder, wish: {}, signer, software: 'yiji test', madeAtMs: 0, madeBy: 'office' })
  const picture = inspection.checks[0]?.evidence.find(({ kind }) => kind === 'picture')?.file ?? ''
  const file = join(folder, picture)
  renameSync(file, `${file}.old`)
  writeFileSync(file, 'something else')
  await t.rejects(pipeline(Readable.from(made.bytes()), createWriteStream(join(folder, 'broken.zip'))), { code: 'busy', message: /changed while the package was made/ })
})
