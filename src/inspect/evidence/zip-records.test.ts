// Records of an archive: written and read back to the byte, small and beyond 32 bits; anything else is refused.
import t from 'tap'
import { ParseError, seededRandom } from '../../base/index.ts'
import { isPackagePath, parseCentral, parseEnd, writeCentral, writeEnd, writeLocal, type ZipEntry } from './zip-records.ts'

const entries: readonly ZipEntry[] = [
  { name: 'manifest.json', size: 0, crc32: 0, offset: 0 },
  { name: 'recordings/01-c.pcapng', size: 0xffff_fffe, crc32: 0xffff_ffff, offset: 0xffff_fffe },
  { name: 'recordings/02-c.pcapng', size: 0xffff_ffff, crc32: 1, offset: 5 },
  { name: 'a', size: 7, crc32: 2, offset: 0xffff_ffff },
  { name: 'b/c.d', size: 9e12, crc32: 3, offset: 9e12 },
]

t.test('a directory entry read is the one written, whatever its size and place', async (t) => {
  const directory = Buffer.concat(entries.map(writeCentral))
  let at = 0
  for (const entry of entries) {
    const read = parseCentral(directory, at)
    t.same(read.entry, entry)
    at = read.next
    t.equal(writeLocal(entry).length, 30 + entry.name.length + (entry.size >= 0xffff_ffff ? 20 : 0), 'sizes beyond 32 bits stand in a field of their own')
  }
  t.equal(at, directory.length)
})

t.test('the end of an archive, of a few files and of many', async (t) => {
  for (const end of [{ entries: 0, directoryBytes: 0, directoryAt: 0 }, { entries: 3, directoryBytes: 200, directoryAt: 4000 }, { entries: 65_535, directoryBytes: 200, directoryAt: 4000 }, { entries: 2, directoryBytes: 100, directoryAt: 0xffff_ffff }, { entries: 300_000, directoryBytes: 5e9, directoryAt: 9e12 }]) {
    t.same(parseEnd(Buffer.concat([Buffer.alloc(76), writeEnd(end)]).subarray(-98)), end)
  }
})

t.test('every changed bit of a record is refused or read as another record, never taken for the same', async (t) => {
  const random = seededRandom(3)
  for (const entry of entries) {
    const good = writeCentral(entry)
    for (let n = 0; n < 300; n++) {
      const bad = Buffer.from(good)
      const at = Math.floor(random() * bad.length)
      bad[at] = (bad[at] ?? 0) ^ (1 << Math.floor(random() * 8))
      try {
        t.notSame(parseCentral(bad, 0).entry, entry, `byte ${at}`)
      } catch (error) {
        if (!(error instanceof ParseError)) throw error
      }
    }
  }
  for (let n = 0; n < 2000; n++) {
    const bytes = Buffer.from(Array.from({ length: Math.floor(random() * 120) }, () => Math.floor(random() * 256)))
    if (n % 2 === 0 && bytes.length >= 22) bytes.writeUInt32LE(0x0605_4b50, bytes.length - 22)
    if (n % 3 === 0 && bytes.length >= 4) bytes.writeUInt32LE(0x0201_4b50, 0)
    for (const parse of [() => parseEnd(bytes), () => parseCentral(bytes, 0)]) {
      try {
        parse()
      } catch (error) {
        if (!(error instanceof ParseError)) throw error
      }
    }
  }
})

t.test('paths of a package', async (t) => {
  for (const path of ['a', 'a.b', 'recordings/01-32011600001320000001.pcapng', 'a/b/c.d.e']) t.ok(isPackagePath(path), path)
  for (const path of ['', '/a', 'a/', '../a', 'a/../b', '.a', 'a/.b', 'a..b', 'a\\b', 'C:a', 'a b', 'é', 'a\0', 'a'.repeat(201)]) t.notOk(isPackagePath(path), JSON.stringify(path))
})
