import t from 'tap'
import { createHash } from 'node:crypto'
import { commitmentOf as servers, seedOfHalves as serversSeed } from '../../../inspect/index.ts'
import { commitmentOf, diceWanted, facesOf, freshHex, isEnough, isHalf, isSalt, isSeed, rollDice, seedOfDice, seedOfHalves } from './seed.ts'
import { sha256 } from './sha256.ts'

t.test('SHA-256 is Node’s, at every length around its blocks and for every sort of text', (t) => {
  t.equal(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'FIPS 180-4')
  for (let length = 0; length < 200; length++) {
    const text = '一a'.repeat(100).slice(0, length)
    if (sha256(text) !== createHash('sha256').update(text).digest('hex')) t.fail(`length ${length}`)
  }
  t.end()
})

t.test('a commitment here is the service’s', (t) => {
  const salt = 'AB'.repeat(16)
  t.equal(commitmentOf('3F9A', salt), servers('3F9A', salt))
  t.equal(seedOfHalves('3F9A', '6'), serversSeed('3F9A', '6'))
  t.end()
})

t.test('dice fall from one to six, and a byte that would favour some is thrown again', (t) => {
  const bytes = [255, 252, 251, 0, 6, 5, 11, 12]
  let at = 0
  const random = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => bytes[at++ % bytes.length] ?? 0)
  t.equal(rollDice(5, random), '61166')
  const many = rollDice(6_000, (count) => Uint8Array.from({ length: count }, (_, index) => index % 256))
  const counts = [...'123456'].map((face) => [...many].filter((each) => each === face).length)
  t.ok(counts.every((count) => count > 900 && count < 1_100), counts.join())
  t.equal(facesOf(' 3 1,6\n0 7 4x'), '3164')
  t.notOk(isEnough('1'.repeat(diceWanted - 1)))
  t.ok(isSeed(seedOfDice('31645'.repeat(5))))
  t.end()
})

t.test('what may be a seed, a half, a salt', (t) => {
  t.same(['', '0123456789abcdef', '0123456789abcde', '0123456789abcdefa', 'xyz', 'A'.repeat(64), 'a'.repeat(66)].map(isSeed), [false, true, false, false, false, true, false])
  t.same(['', '6', 'g', 'f'.repeat(65)].map(isHalf), [false, true, false, false])
  t.ok(isSalt(freshHex((count) => new Uint8Array(count))))
  t.end()
})
