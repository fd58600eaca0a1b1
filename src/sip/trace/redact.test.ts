import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { chew } from '../../base/chew.ts'
import { seededRandom } from '../../base/index.ts'
import { parseMessage } from '../message/index.ts'
import { redact } from './redact.ts'

const folder = new URL('../../../fixtures/traces/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.sip'))
const bytesOf = (name: string): Buffer => readFileSync(new URL(name, folder))
const clean = (bytes: Buffer): string => redact(bytes.toString('latin1'))
const dense = (text: string): string => text.replaceAll('\0', '')

/** Every secret of the fixtures, by how it begins. */
const secret = /S3cret|5ec2e7aa|UzNjcmV0|p@ss/

t.test('no secret of a fixture is left, and nothing moves', async (t) => {
  t.ok(files.length >= 13)
  for (const name of files) {
    const bytes = bytesOf(name)
    t.match(dense(bytes.toString('latin1')), secret, `${name} has a secret`)
    const text = clean(bytes)
    t.notMatch(dense(text), secret, name)
    t.equal(text.length, bytes.length, `${name} is as long as before`)
    const before = parseMessage(bytes)
    const after = parseMessage(Buffer.from(text, 'latin1'))
    t.equal(after.body.length, before.body.length)
    t.same(after.headers.map((field) => field.name), before.headers.map((field) => field.name))
    t.equal(redact(text), text, 'a second time changes nothing')
  }
})

t.test('what says nothing of a password stays readable', async (t) => {
  const digest = clean(bytesOf('register-digest.sip'))
  t.match(digest, /username="32011600001180000001", realm="3201160000", nonce="x{17}", uri="sip:32011600002000000001@3201160000", response="x{32}", algorithm=MD5, qop=auth, nc=00000001, cnonce="x{13}"/)
  t.match(digest, /Contact: <sip:32011600001180000001:x{13}@192\.0\.2\.7:5060>/)
  t.match(clean(bytesOf('challenge.sip')), /realm="3201160000", nonce="x{17}", algorithm=MD5, qop="auth"/)
  t.match(clean(bytesOf('register-basic.sip')), /Proxy-Authorization: Basicx+\r\n/)
  t.match(clean(bytesOf('config-gb2312.sip')), /<Password>x{14}<\/Password>\r\n<Expiration>3600/)
  t.match(clean(bytesOf('answer-sdp.sip')), /a=username:admin\r\na=password:x{13}\r\n/)
  t.match(clean(bytesOf('upgrade-url.sip')), /ftp:\/\/updater:x+@192\.0\.2\.9\/fw\.bin/)
  for (const folder of ['sip/valid', 'manscdp', 'sdp']) {
    const url = new URL(`../../../fixtures/${folder}/`, import.meta.url)
    for (const name of readdirSync(url).filter((file) => !file.endsWith('.md'))) {
      const text = readFileSync(new URL(name, url)).toString('latin1')
      if (!/nonce|password/i.test(text)) t.equal(redact(text), text, `${folder}/${name} has nothing to hide`)
    }
  }
})

/** The name that announces a secret stands whole before it: what damage has made of a name nobody can know. */
const announced = /(?:(?:passw(?:or)?d|passwd|pwd|response|nonce)[\w-]{0,20}\s*[=:]\s*["']?|[\r\n](?:proxy-authorization|www-authenticate|authorization|note)[ \t]*:[ \t]*digest [^\r\n<]{0,400}[=,] ?"?|<[\w:]*(?:password|passwd|pwd)(?: type="1")?>|k=clear:|inline:|sip:\d{20}:|[?&;]token=)(?:S3cret|5ec2e7aa)/i

t.test('chewed messages: a secret survives only where damage hit the name that announces it', async (t) => {
  const samples = files.map(bytesOf)
  let looked = 0
  for (const bytes of chew(samples, 20_000, 20260)) {
    const text = clean(bytes)
    if (text.length !== bytes.length) t.fail('the length changed')
    const left = announced.exec(dense(text))
    if (left) t.fail(`survived: ${JSON.stringify(left[0])}`)
    looked++
  }
  t.equal(looked, 20_000)
})

t.test('secrets at random places among random fields', async (t) => {
  const random = seededRandom(7)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const carriers = [
    (s: string) => `Authorization: Digest username="u", nonce="n", response="${s}"`,
    (s: string) => `authorization:Digest response=${s},realm="r"`,
    (s: string) => `Authorization: Digest sign1="${s}"`,
    (s: string) => `WWW-Authenticate: Digest nonce="${s}"`,
    (s: string) => `<Password>${s}</Password>`,
    (s: string) => `<password >${s}</password>`,
    (s: string) => `<Item Password = "${s}"/>`,
    (s: string) => `a=password:${s}`,
    (s: string) => `Contact: <sip:admin:${s}@192.0.2.1>`,
    (s: string) => `rtsp://admin:${s}@192.0.2.1/ch1`,
  ]
  const between = ['\r\n', '\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n', '\r\n<Name>\xb6\xab\xc3\xc5</Name>\r\n', '\r\nFrom: "a \\" b" <sip:1@2>;tag=3\r\n']
  for (let i = 0; i < 3000; i++) {
    const secrets = Array.from({ length: 1 + Math.floor(random() * 4) }, () => `Zk${Math.floor(random() * 1e9).toString(36)}!${Math.floor(random() * 1e9).toString(36)}`)
    const text = `MESSAGE sip:1@2 SIP/2.0${secrets.map((each) => pick(between) + pick(carriers)(each)).join('')}${pick(between)}`
    const kept = redact(text)
    if (kept.length !== text.length || secrets.some((each) => kept.includes(each))) t.fail(JSON.stringify({ text, kept }))
  }
  t.pass('3,000 messages')
})

t.test('hostile text costs no more than its length', async (t) => {
  const long = [
    '<'.repeat(60_000), 'sip:'.repeat(15_000), `<${'a'.repeat(60_000)}`, '<Password>'.repeat(6_000), `nonce${' '.repeat(60_000)}`,
    `Authorization: Digest ${'a='.repeat(30_000)}`, 'password="\\'.repeat(5_500), `${'\0a'.repeat(30_000)}nonce`, '<Password '.repeat(6_000), 'http://a:'.repeat(6_000),
  ]
  for (const text of long) {
    const before = process.cpuUsage()
    redact(`x nonce ${text}`)
    const { user } = process.cpuUsage(before)
    t.ok(user < 400_000, `${JSON.stringify(text.slice(0, 20))}: ${Math.round(user / 1000)} ms`)
  }
})
