import t from 'tap'
import { ParseError, seededRandom } from '../../base/index.ts'
import { parsePtz, writePtz, type PtzAction } from './ptz.ts'

/** Every row of A.3, its bytes reckoned by hand: check 0F, address 01, sum of the first seven. */
const rows: readonly (readonly [PtzAction, string])[] = [
  [{ kind: 'stop' }, 'A50F0100000000B5'],
  [{ kind: 'move', pan: 'right', panSpeed: 0x20 }, 'A50F0101200000D6'],
  [{ kind: 'move', pan: 'left', panSpeed: 0x20 }, 'A50F0102200000D7'],
  [{ kind: 'move', tilt: 'down', tiltSpeed: 0x20 }, 'A50F0104002000D9'],
  [{ kind: 'move', tilt: 'up', tiltSpeed: 0x20 }, 'A50F0108002000DD'],
  [{ kind: 'move', zoom: 'in', zoomSpeed: 1 }, 'A50F0110000010D5'],
  [{ kind: 'move', zoom: 'out', zoomSpeed: 15 }, 'A50F01200000F0C5'],
  [{ kind: 'move', pan: 'left', panSpeed: 255, tilt: 'up', tiltSpeed: 255, zoom: 'out', zoomSpeed: 15 }, 'A50F012AFFFFF0CD'],
  [{ kind: 'lens-stop' }, 'A50F0140000000F5'],
  [{ kind: 'lens', iris: 'close', irisSpeed: 16 }, 'A50F01480010000D'],
  [{ kind: 'lens', iris: 'open', irisSpeed: 16 }, 'A50F014400100009'],
  [{ kind: 'lens', focus: 'near', focusSpeed: 16 }, 'A50F014210000007'],
  [{ kind: 'lens', focus: 'far', focusSpeed: 16 }, 'A50F014110000006'],
  [{ kind: 'lens', iris: 'close', irisSpeed: 2, focus: 'far', focusSpeed: 1 }, 'A50F014901020001'],
  [{ kind: 'preset-set', preset: 1 }, 'A50F018100010037'],
  [{ kind: 'preset-call', preset: 255 }, 'A50F018200FF0036'],
  [{ kind: 'preset-delete', preset: 16 }, 'A50F018300100048'],
  [{ kind: 'cruise-add', cruise: 1, preset: 2 }, 'A50F01840102003C'],
  [{ kind: 'cruise-remove', cruise: 1, preset: 2 }, 'A50F01850102003D'],
  [{ kind: 'cruise-delete', cruise: 1 }, 'A50F01850100003B'],
  [{ kind: 'cruise-speed', cruise: 1, speed: 0xabc }, 'A50F018601BCA098'],
  [{ kind: 'cruise-stay', cruise: 1, seconds: 300 }, 'A50F0187012C1079'],
  [{ kind: 'cruise-start', cruise: 1 }, 'A50F01880100003E'],
  [{ kind: 'scan-start', group: 2 }, 'A50F018902000040'],
  [{ kind: 'scan-left', group: 2 }, 'A50F018902010041'],
  [{ kind: 'scan-right', group: 2 }, 'A50F018902020042'],
  [{ kind: 'scan-speed', group: 2, speed: 0xfff }, 'A50F018A02FFF030'],
  [{ kind: 'auxiliary-on', number: 1 }, 'A50F018C01000042'],
  [{ kind: 'auxiliary-off', number: 1 }, 'A50F018D01000043'],
]

t.test('every row of A.3 is written and read back', async (t) => {
  for (const [action, code] of rows) {
    const sum = Buffer.from(code, 'hex').subarray(0, 7).reduce((all, byte) => all + byte, 0) & 0xff
    t.equal(sum, Number.parseInt(code.slice(-2), 16), `${code} is reckoned right`)
    t.equal(writePtz(action), code, action.kind)
    t.same(parsePtz(code), { action, address: 1 }, code)
  }
})

t.test('golden: both codes of a platform of 2013, lower case, address 4D', async (t) => {
  t.same(parsePtz('a50f4d0190000092'), { action: { kind: 'move', pan: 'right', panSpeed: 0x90 }, address: 0x4d })
  t.same(parsePtz('a50f4d0000000001'), { action: { kind: 'stop' }, address: 0x4d })
})

t.test('any address and version is read when its check and sum fit', async (t) => {
  t.same(parsePtz(withSum([0xa5, 0x0f, 0xff, 0x08, 0, 9, 0x0f])), { action: { kind: 'move', tilt: 'up', tiltSpeed: 9 }, address: 0xfff })
  t.match(parsePtz(withSum([0xa5, 0x10, 1, 0, 0, 0, 0])), { action: { kind: 'stop' } }, 'version 1 has check 0')
  t.match(parsePtz(` ${withSum([0xa5, 0x0f, 1, 0, 0, 0, 0])}\r\n`), { action: { kind: 'stop' } })
})

const withSum = (bytes: readonly number[]): string => Buffer.from([...bytes, bytes.reduce((sum, byte) => sum + byte, 0) & 0xff]).toString('hex')

t.test('what does not fit is refused', async (t) => {
  const refused: readonly (readonly [string, string])[] = [
    ['', 'nothing'],
    ['A50F0100000000B', 'too short'],
    ['A50F0100000000B5B5', 'too long'],
    ['A50F01000000G0B5', 'no hex'],
    ['A50F0100000000B6', 'a wrong sum'],
    [withSum([0xa4, 0x0f, 1, 0, 0, 0, 0]), 'another start'],
    [withSum([0xa5, 0x0e, 1, 0, 0, 0, 0]), 'a wrong check'],
    [withSum([0xa5, 0x0f, 1, 0x03, 0, 0, 0]), 'left and right'],
    [withSum([0xa5, 0x0f, 1, 0x0c, 0, 0, 0]), 'up and down'],
    [withSum([0xa5, 0x0f, 1, 0x30, 0, 0, 0]), 'in and out'],
    [withSum([0xa5, 0x0f, 1, 0x43, 0, 0, 0]), 'near and far'],
    [withSum([0xa5, 0x0f, 1, 0x4c, 0, 0, 0]), 'open and close'],
    [withSum([0xa5, 0x0f, 1, 0x50, 0, 0, 0]), 'no group'],
    [withSum([0xa5, 0x0f, 1, 0x82, 0, 0, 0]), 'preset 0'],
    [withSum([0xa5, 0x0f, 1, 0x89, 0, 3, 0]), 'a third side'],
    [withSum([0xa5, 0x0f, 1, 0x8b, 0, 0, 0]), 'not defined'],
  ]
  for (const [code, why] of refused) t.throws(() => parsePtz(code), { name: 'ParseError', code: 'ptz.malformed' }, why)
  for (const action of [
    { kind: 'move' }, { kind: 'lens' }, { kind: 'preset-call', preset: 0 }, { kind: 'preset-call', preset: 256 }, { kind: 'move', pan: 'left', panSpeed: 256 }, { kind: 'move', zoom: 'in', zoomSpeed: 16 },
    { kind: 'cruise-stay', cruise: 1, seconds: 4096 }, { kind: 'scan-start', group: -1 }, { kind: 'auxiliary-on', number: 1.5 }, { kind: 'cruise-speed', cruise: 1, speed: Number.NaN },
  ] as const) t.throws(() => writePtz(action), { name: 'ParseError', code: 'ptz.range' }, JSON.stringify(action))
})

t.test('every code that can be read is written as it was, whatever its bytes', async (t) => {
  const random = seededRandom(28181)
  let read = 0
  for (let i = 0; i < 20_000; i++) {
    const below = (limit: number): number => Math.floor(random() * limit)
    const code = withSum([0xa5, 0x0f, 1, below(256), below(256), below(256), below(16) << 4])
    try {
      const { action } = parsePtz(code)
      if (JSON.stringify(parsePtz(writePtz(action)).action) !== JSON.stringify(action)) t.fail(code)
      read++
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
    }
  }
  t.ok(read > 2000 && read < 10_000, `${read} of 20000 codes mean something`)
})
