// A strict message made as rough as some devices send it: bytes in, bytes out, each habit in one line. docs/interop.md Q11-Q14, Q18, Q22, Q23, Q36-Q40.
import type { Habits } from '../habits.ts'

/** The address behind NAT that a device names (RFC 1918). */
const privateHost = '192.168.1.64:5060'

/** Wire habits that change a message as it leaves. `transport` is the one it leaves by. */
export function roughMessage(bytes: Buffer, habits: Habits, transport: 'udp' | 'tcp'): Buffer {
  const split = bytes.indexOf('\r\n\r\n')
  if (habits.size === 0 || split < 0) return bytes
  const body = bytes.subarray(split + 4)
  const [start = '', ...lines] = bytes.toString('latin1', 0, split).split('\r\n')
  const isRequest = !start.startsWith('SIP/2.0')
  const method = start.split(' ', 1)[0] ?? ''
  let head = lines
  const change = (name: RegExp, to: (value: string) => string | undefined): void => {
    head = head.flatMap((line) => {
      const [, field, value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? []
      if (field === undefined || !name.test(field)) return [line]
      const changed = to(value)
      return changed === undefined ? [] : [`${field}: ${changed}`]
    })
  }
  if (habits.has('private-contact')) {
    change(/^Contact$/i, (value) => value.replace(/@[^;>]+/, `@${privateHost}`))
    if (isRequest) change(/^Via$/i, (value) => value.replace(/ [^;]+/, ` ${privateHost}`).replace(/;rport(?![=\w])/, ''))
  }
  if (habits.has('via-without-cookie') && isRequest) change(/^Via$/i, withoutCookie)
  if (habits.has('bare-to-in-bye') && method === 'BYE') change(/^To$/i, (value) => value.replace(/<([^>]+)>/, '$1'))
  if (habits.has('wrong-tags-in-bye') && method === 'BYE') change(/^(From|To)$/i, (value) => value.replace(/tag=[^;]+/, 'tag=0'))
  if (habits.has('jumping-cseq') && (method === 'BYE' || method === 'NOTIFY')) change(/^CSeq$/i, (value) => value.replace(/^\d+/, (n) => String(Number(n) * 3 + 7)))
  if (habits.has('notify-without-dialog') && method === 'NOTIFY') {
    change(/^To$/i, (value) => value.replace(/;tag=[^;]+/, ''))
    change(/^(Event|Subscription-State)$/i, () => undefined)
  }
  if (habits.has('no-content-length')) change(/^Content-Length$/i, () => undefined)
  if (habits.has('content-length-zero') && body.length > 0) change(/^Content-Length$/i, () => '0')
  if (habits.has('content-length-short') && body.length > 20) change(/^Content-Length$/i, () => String(body.length - 12))
  if (habits.has('content-length-long') && body.length > 0 && transport === 'udp') change(/^Content-Length$/i, () => String(body.length + 40))
  if (habits.has('via-last') && isRequest) head = [...head.filter((line) => !/^Via:/i.test(line)), ...head.filter((line) => /^Via:/i.test(line))]
  if (habits.has('odd-spacing')) head = head.map(oddSpacing)
  return Buffer.concat([Buffer.from([start, ...head, '', ''].join('\r\n'), 'latin1'), body])
}

function oddSpacing(line: string): string {
  return line
    .replace(/^Expires: /i, 'Expires:')
    .replace(/^Content-Length: /i, 'Content-Length:  ')
    .replace(/^Max-Forwards: /i, 'MAX-Forwards: ')
    .replace(/^Content-Type: Application\//i, 'CONTENT-TYPE: application/')
}

const withoutCookie = (via: string): string => via.replace(/branch=z9hG4bK([0-9a-f]+)/i, (_, hex: string) => `branch=${digitsOf(hex)}`)
/** Numbers for a branch, as such devices have them; the same for the same. */
const digitsOf = (hex: string): string => [...hex.slice(0, 15)].map((digit) => String(Number.parseInt(digit, 16) % 10)).join('')

/** What `via-without-cookie` wrote, for finding the branch that a response means. */
export function branchAsSent(branch: string): string {
  return withoutCookie(`branch=${branch}`).slice('branch='.length)
}

/** Body habits. The body is MANSCDP in the charset it declares. */
export function roughBody(body: Buffer, habits: Habits): Buffer {
  if (habits.size === 0 || body.length === 0) return body
  let text = body.toString('latin1')
  if (habits.has('gb2312-undeclared')) text = text.replace(/ encoding="[^"]*"/i, '')
  if (habits.has('utf8-as-gb2312')) text = text.replace(/ encoding="[^"]*"/i, ' encoding="GB2312"')
  if (habits.has('bare-ampersand')) text = text.replace(/(<Name>)/i, '$1A&B ')
  if (habits.has('odd-case')) text = text.replace(/<(\/?)DeviceID>/g, '<$1DeviceId>').replace(/<(\/?)Info>/g, '<$1info>').replace(/<(\/?)SumNum>/g, '<$1Sumnum>')
  if (habits.has('nul-padding')) text = `${text}\r\n\0\0\0junk after the root\0`
  return Buffer.from(text, 'latin1')
}

const oddAttributes = ['setup:active', 'username:admin', 'password:admin', 'filesize:0', 'streamnumber:0'].map((value) => `a=${value}\r\n`).join('')

/** Call habits in an answer's description; `ownSsrc` as `y=` writes it. */
export function roughSdp(body: Buffer, habits: Habits, ownSsrc: string): Buffer {
  if (habits.size === 0) return body
  let text = body.toString('latin1')
  if (habits.has('y-absent')) text = text.replace(/^y=.*\r\n/m, '')
  if (habits.has('y-zero')) text = text.replace(/^y=\d+/m, 'y=0000000000')
  if (habits.has('own-ssrc')) text = text.replace(/^y=\d+/m, `y=${ownSsrc}`)
  if (habits.has('no-address')) text = text.replace(/^(c=IN IP4 ).*?(\r?)$/m, '$10.0.0.0$2')
  if (habits.has('setup-over-udp')) text = text.replace(/^m=.*\r\n/m, (line) => `${line}${oddAttributes}`)
  if (habits.has('private-rtpmap')) text = text.replace(/rtpmap:96 PS/, 'rtpmap:96 HIKVISION')
  if (habits.has('times-from-1900')) text = text.replace(/^t=(\d+) (\d+)/m, (_, from: string, to: string) => `t=${Number(from) + 2_208_988_800} ${Number(to) + 2_208_988_800}`)
  return Buffer.from(text, 'latin1')
}
