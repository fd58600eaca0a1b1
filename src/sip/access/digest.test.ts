// Digest against answers seen on the wire (vectors V1 to V3), the RFC's own example, and damaged headers.
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { manualClock } from '../../base/index.ts'
import { createNonces, digestResponse, isSameResponse, parseChallenge, parseCredentials, writeChallenge, writeCredentials } from './digest.ts'

t.test('answers without qop, as cameras and platforms gave them', (t) => {
  const platform = { algorithm: 'MD5', username: 'admin', realm: 'hik', password: '12345', method: 'REGISTER', uri: 'sip:130909115229300920@10.64.49.44:7100' } as const
  t.equal(
    digestResponse({
      algorithm: 'MD5',
      username: '34020000001110000001',
      realm: '34020000',
      password: '12345678',
      method: 'REGISTER',
      uri: 'sip:34020000002000000001@3402000000',
      nonce: 'awer23sdfj123123',
    }),
    '5a08b47cf38bc6aa2df2f70577879e37',
    'V1: a camera',
  )
  t.equal(digestResponse({ ...platform, nonce: 'a8afe6fcbee6331d89d3eb0d3d19ce39' }), '907ddb1bcc25174d7de4a96c947fb066', 'V2: user name is not the device id')
  t.equal(digestResponse({ ...platform, nonce: '42dc1acbe02b15743942c0af9314768b' }), '7328353ed26e3f2edf3ff57e834d5665', 'V3: unregister')
  t.end()
})

t.test('answers with qop: RFC 2617 3.5 and RFC 7616 3.9.1', (t) => {
  const common = { realm: 'testrealm@host.com', username: 'Mufasa', method: 'GET', uri: '/dir/index.html', qop: 'auth', nc: '00000001' } as const
  t.equal(
    digestResponse({ ...common, algorithm: 'MD5', password: 'Circle Of Life', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093', cnonce: '0a4f113b' }),
    '6629fae49393a05397450978507c4ef1',
  )
  t.equal(
    digestResponse({
      ...common,
      algorithm: 'SHA-256',
      realm: 'http-auth@example.org',
      password: 'Circle of Life',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
    }),
    '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  )
  t.end()
})

t.test('credentials as devices write them', (t) => {
  const seen = 'Digest username="34020000001110000001", realm="3402000000", nonce="a,b=c", uri="sip:34020000002000000001@3402000000",response="5A08B47CF38BC6AA2DF2F70577879E37",algorithm=MD5, opaque=""'
  const credentials = parseCredentials(seen)
  t.same(credentials, {
    username: '34020000001110000001',
    realm: '3402000000',
    nonce: 'a,b=c',
    uri: 'sip:34020000002000000001@3402000000',
    response: '5a08b47cf38bc6aa2df2f70577879e37',
    algorithm: 'MD5',
    opaque: '',
  })
  t.same(credentials && parseCredentials(writeCredentials(credentials)), credentials, 'written and read again')
  const withQop = { ...credentials, username: 'a "b" \\c', algorithm: 'SHA-256', response: 'ab'.repeat(32), qop: 'auth', nc: '00000001', cnonce: 'x' } as NonNullable<typeof credentials>
  t.same(parseCredentials(writeCredentials(withQop)), withQop, 'quotes and backslashes survive')
  t.equal(parseCredentials(seen.replace('algorithm=MD5', 'algorithm=SHA-256'))?.algorithm, 'MD5', 'the length of the answer tells')
  t.equal(parseCredentials('Digest username="a",realm="r",nonce="n",uri="u",response="r",algorithm="md5"')?.algorithm, 'MD5', 'a quoted algorithm')
  for (const text of ['', 'Basic YTpi', 'Digest', 'Digest username="a"', 'NoOneKnowsThisScheme opaque-data=here', `${seen},`.replace('MD5', 'SM3')]) t.equal(parseCredentials(text), undefined, text)
  t.end()
})

t.test('challenges', (t) => {
  const challenge = { realm: '3402000000', nonce: 'n"1', algorithm: 'MD5', stale: true, qop: 'auth', opaque: 'o' } as const
  t.same(parseChallenge(writeChallenge(challenge)), challenge)
  t.equal(writeChallenge({ realm: '3402000000', nonce: 'abc', algorithm: 'SHA-256' }), 'Digest realm="3402000000", nonce="abc", algorithm=SHA-256')
  t.same(parseChallenge('digest realm="r" , nonce="n",qop="auth-int, auth"'), { realm: 'r', nonce: 'n', algorithm: 'MD5', qop: 'auth' })
  t.equal(parseChallenge('Digest realm="r",nonce="n",qop="auth-int"'), undefined, 'a protection we do not have')
  t.equal(parseChallenge('Digest realm="r"'), undefined)
  t.end()
})

t.test('nonces are checked without having been kept', (t) => {
  const clock = manualClock()
  const nonces = createNonces({ key: Buffer.alloc(32, 7), clock, lifetimeMs: 300_000 })
  clock.advance(1000)
  const nonce = nonces.issue('34020000001110000001 192.0.2.1')
  t.equal(nonces.check(nonce, '34020000001110000001 192.0.2.1'), 'fresh')
  t.not(nonces.issue('34020000001110000001 192.0.2.1'), nonce, 'two of one microsecond differ')
  t.equal(nonces.issuedUs(nonce), clock.nowUs())
  const [copied, copy, another] = ['request 1', 'request 1', 'request 2'].map((request) => nonces.issue('34020000001110000001 192.0.2.1', request))
  t.equal(copied, copy)
  t.not(copied, another)
  t.equal(nonces.check(copied ?? '', '34020000001110000001 192.0.2.1'), 'fresh')
  t.equal(nonces.issuedUs(copied ?? ''), 0, 'stamped with the beginning of its 32 s')
  const foreign = ['', `0${nonce}`, nonce.toUpperCase(), nonce.slice(1), 'deadbeef']
  for (const each of foreign) t.equal(nonces.check(each, '34020000001110000001 192.0.2.1'), 'foreign')
  const forged = `${nonce.slice(0, -1)}${nonce.endsWith('0') ? '1' : '0'}`
  const other = createNonces({ key: Buffer.alloc(32, 8), clock, lifetimeMs: 300_000 })
  const none = (): void => {
    t.not(nonces.check(forged, '34020000001110000001 192.0.2.1'), 'fresh')
    t.not(nonces.check(nonce, '34020000001110000002 192.0.2.1'), 'fresh', 'made for another device')
    t.not(other.check(nonce, '34020000001110000001 192.0.2.1'), 'fresh', 'of another key')
  }
  none()
  t.equal(nonces.check(nonce, '34020000001110000002 192.0.2.1'), 'foreign')
  clock.advance(42_000)
  none()
  t.equal(nonces.check(nonce, '34020000001110000002 192.0.2.1'), 'stale', 'it may have moved since')
  clock.advance(258_000)
  t.equal(nonces.check(nonce, '34020000001110000001 192.0.2.1'), 'fresh', 'up to the last microsecond')
  clock.advance(1)
  t.equal(nonces.check(nonce, '34020000001110000001 192.0.2.1'), 'stale')
  t.end()
})

t.test('chewed headers give a value or nothing', (t) => {
  const samples = [Buffer.from(writeChallenge({ realm: 'r', nonce: 'n', algorithm: 'MD5', qop: 'auth', stale: true })), Buffer.from('Digest username="u", realm="r", nonce="n", uri="sip:a@b", response="0a"')]
  let read = 0
  for (const bytes of chew(samples, 3000, 22)) {
    const text = bytes.toString('latin1')
    if (parseCredentials(text)) read++
    if (parseChallenge(text)) read++
  }
  t.ok(read > 100, 'the damage is not so heavy that nothing was read')
  t.ok(isSameResponse('ab', 'ab'))
  t.notOk(isSameResponse('ab', 'abc'))
  t.end()
})
