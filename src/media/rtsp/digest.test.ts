// Answers to challenges: the vectors of the RFCs, and challenges as cameras write them.
import t from 'tap'
import { authorization, digestResponse, parseChallenges, preferred, type Challenge } from './digest.ts'

const digestOf = (fields: Partial<Extract<Challenge, { scheme: 'digest' }>>): Extract<Challenge, { scheme: 'digest' }> => ({ scheme: 'digest', realm: 'r', nonce: 'n', algorithm: 'MD5', isStale: false, hasQop: false, ...fields })

t.test('RFC 7616 3.9.1, with MD5 and with SHA-256', (t) => {
  const challenge = { realm: 'http-auth@example.org', nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v', hasQop: true, opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS' }
  const answering = { username: 'Mufasa', password: 'Circle of Life', method: 'GET', uri: '/dir/index.html', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ', count: 1 }
  t.equal(digestResponse(digestOf(challenge), answering), '8ca523f5e9506fed4657c9700eebdbec')
  t.equal(digestResponse(digestOf({ ...challenge, algorithm: 'SHA-256' }), answering), '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1')
  t.match(authorization(digestOf({ ...challenge, algorithm: 'SHA-256' }), answering), /response="7539[^"]+", algorithm=SHA-256, qop=auth, nc=00000001, cnonce="f2[^"]+", opaque="FQ[^"]+"$/)
  t.end()
})

t.test('RFC 2617 3.5, and without qop as most cameras ask', (t) => {
  const answering = { username: 'Mufasa', password: 'Circle Of Life', method: 'GET', uri: '/dir/index.html', cnonce: '0a4f113b', count: 1 }
  const challenge = { realm: 'testrealm@host.com', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' }
  t.equal(digestResponse(digestOf({ ...challenge, hasQop: true }), answering), '6629fae49393a05397450978507c4ef1')
  t.equal(digestResponse(digestOf(challenge), answering), '670fd8c2df070c60b045671b8b24ff02')
  t.notMatch(authorization(digestOf(challenge), answering), /qop|cnonce|algorithm/)
  t.end()
})

t.test('basic, in UTF-8', (t) => {
  t.equal(authorization({ scheme: 'basic', realm: 'x' }, { username: 'Aladdin', password: 'open sesame', method: 'GET', uri: '/', cnonce: '', count: 1 }), 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==')
  t.end()
})

t.test('several challenges, in one header or many', (t) => {
  const values = ['Digest realm="IP Camera(C1234)", nonce="4f3a", stale="FALSE"', 'Basic realm="IP Camera, 1", Digest realm="b", nonce=c, algorithm=sha-256, qop="auth,auth-int", opaque=""']
  const read = parseChallenges(values)
  t.strictSame(read, [
    digestOf({ realm: 'IP Camera(C1234)', nonce: '4f3a' }),
    { scheme: 'basic', realm: 'IP Camera, 1' },
    digestOf({ realm: 'b', nonce: 'c', algorithm: 'SHA-256', hasQop: true, opaque: '' }),
  ])
  t.strictSame(preferred(read).map((each) => (each.scheme === 'digest' ? each.algorithm : each.scheme)), ['SHA-256', 'MD5'], 'no password in plain where digest is offered')
  t.strictSame(preferred(parseChallenges(['Basic realm="a"'])), [{ scheme: 'basic', realm: 'a' }])
  t.match(parseChallenges(['Digest realm="a", nonce="b", stale=TRUE'])[0], { isStale: true })
  t.strictSame(parseChallenges(['Digest realm="a"', 'Digest realm="a", nonce="b", algorithm=SHA-512', 'Digest realm="a", nonce="b", qop="auth-int"', 'Bearer', '', ',,', '"']), [], 'what cannot be answered')
  t.match(parseChallenges(['Digest realm="say \\"hi\\"", nonce="b"'])[0], { realm: 'say "hi"' })
  t.end()
})
