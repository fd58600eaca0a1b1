import { execFileSync } from 'node:child_process'
import { writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ParseError, seededBytes } from '../base/index.ts'
import { blockSize, parseTarHeader, readTar, tarEnd, tarPadding, writeTarHeader, type TarEntry } from './tar.ts'

const archive = (files: readonly (readonly [string, Buffer])[]): Buffer =>
  Buffer.concat([...files.flatMap(([name, bytes]) => [writeTarHeader({ name, size: bytes.length, mtimeMs: 1_767_225_600_000 }), bytes, tarPadding(bytes.length)]), tarEnd()])
async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
async function read(bytes: Buffer, size = 1000): Promise<readonly (readonly [string, string])[]> {
  const found: (readonly [string, string])[] = []
  for await (const entry of readTar(pieces(bytes, size))) {
    const parts: Buffer[] = []
    for await (const part of entry.bytes) parts.push(part)
    found.push([entry.name, Buffer.concat(parts).toString('hex')])
  }
  return found
}

const long = `${'inspections/'.repeat(10)}${'p'.repeat(90)}.jpg`
const files: readonly (readonly [string, Buffer])[] = [['yiji.sqlite', Buffer.alloc(1300, 7)], ['empty', Buffer.alloc(0)], [long, Buffer.from('picture')], ['路口.txt', Buffer.alloc(blockSize, 1)]]
const expected = files.map(([name, bytes]) => [name, bytes.toString('hex')])

t.test('what is written is read, however it is cut', async (t) => {
  const bytes = archive(files)
  for (const size of [1, 7, 511, 512, 513, 100_000]) t.same(await read(bytes, size), expected, `in pieces of ${size}`)
})

t.test('the system’s tar reads ours, and we read its', async (t) => {
  const folder = t.testdir()
  writeFileSync(join(folder, 'ours.tar'), archive(files))
  t.same(execFileSync('tar', ['-tf', 'ours.tar', '--quoting-style=literal'], { cwd: folder }).toString().trim().split('\n'), files.map(([name]) => name))
  execFileSync('tar', ['-xf', 'ours.tar'], { cwd: folder })
  t.same(readFileSync(join(folder, 'yiji.sqlite')), files[0]?.[1])
  execFileSync('tar', ['--format=ustar', '-cf', 'theirs.tar', ...files.map(([name]) => name)], { cwd: folder })
  t.same(await read(readFileSync(join(folder, 'theirs.tar'))), expected)
})

t.test('a size beyond eight gibibytes', (t) => {
  const big: TarEntry = { name: 'big', size: 9 * 2 ** 33, mtimeMs: 0 }
  t.same(parseTarHeader(writeTarHeader(big)), big)
  t.throws(() => writeTarHeader({ name: `${'x'.repeat(120)}/y`.repeat(3), size: 0, mtimeMs: 0 }), /too long/)
  t.end()
})

t.test('damage is told, never more', async (t) => {
  const whole = archive(files)
  const random = seededBytes(3)
  for (const cut of [0, 1, 511, 512, 900, whole.length - 1024, whole.length - 600]) await t.rejects(read(whole.subarray(0, cut)), ParseError, `cut at ${cut}`)
  for (let n = 0; n < 500; n++) {
    const bytes = Buffer.from(whole)
    for (let k = 0; k <= n % 3; k++) bytes[random(4).readUInt32BE() % 2000] = random(1)[0] ?? 0
    try {
      await read(bytes)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
  t.pass('only ParseError')
})
