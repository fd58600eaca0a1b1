import { createHash } from 'node:crypto'
import t from 'tap'
import { createKeyedHash } from './keyed-hash.ts'

t.test('it is the HMAC of RFC 2104 with the inner hash as digits', async (t) => {
  const key = Buffer.alloc(32, 7)
  const digits = createHash('sha256').update(key).digest('hex')
  const xor = (byte: number): Buffer => Buffer.from(Buffer.from(digits).map((each) => each ^ byte))
  for (const text of ['', 'a', '中文 and more', 'x'.repeat(1000)]) {
    const inner = createHash('sha256').update(xor(0x36)).update(text).digest('hex')
    t.equal(createKeyedHash(key)(text), createHash('sha256').update(xor(0x5c)).update(inner).digest('hex'), text.slice(0, 9))
  }
})

t.test('another key or another text is another hash', async (t) => {
  const [one, other] = [createKeyedHash(Buffer.alloc(32, 1)), createKeyedHash(Buffer.alloc(32, 2))]
  t.not(one('a'), other('a'))
  t.not(one('a'), one('b'))
  t.equal(one('a'), createKeyedHash(Buffer.alloc(32, 1))('a'))
})
