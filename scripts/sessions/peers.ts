// Sessions of independent programs as devices: sipp with a scenario of ours, and sipsak.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SessionService } from '../session-service.ts'
import { keep, password, pause, serverId } from './keep.ts'

const deviceId = '32011600001320000031'
const domain = serverId.slice(0, 10)

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'ignore'] })
    child.on('error', reject)
    child.on('close', () => resolve())
  })
}

const head = (method: string, cseq: number, more = ''): string => `${method} sip:${serverId}@${domain} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:${deviceId}@${domain}>;tag=[call_number]
To: <sip:${method === 'REGISTER' ? deviceId : serverId}@${domain}>
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:${deviceId}@[local_ip]:[local_port]>
Max-Forwards: 70
${more}Content-Length: [len]

`
const xml = (root: string, command: string, sn: string, rest: string): string => `<?xml version="1.0"?>
<${root}>
<CmdType>${command}</CmdType>
<SN>${sn}</SN>
<DeviceID>${deviceId}</DeviceID>
${rest}
</${root}>
`
const send = (text: string, retrans = 'retrans="500"'): string => `<send ${retrans}><![CDATA[\n${text}\n]]></send>`
const register = (cseq: number, expires: number): string => [
  send(head('REGISTER', cseq, `Expires: ${expires}\n`)), '<recv response="401" auth="true"/>',
  send(head('REGISTER', cseq + 1, `Expires: ${expires}\n[authentication username=${deviceId} password=${password}]\n`)), '<recv response="200"/>',
].join('\n')
const keepalive = (cseq: number): string => [send(head('MESSAGE', cseq, 'Content-Type: Application/MANSCDP+xml\n') + xml('Notify', 'Keepalive', String(cseq), '<Status>OK</Status>')), '<recv response="200"/>'].join('\n')
const scenario = (parts: readonly string[]): string => `<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="device">\n${parts.join('\n')}\n</scenario>\n`

/** What sipp does with a request outside its call: 200, and its catalog for the SN that was asked with. */
const catalog = scenario([
  `<recv request="MESSAGE"><action><ereg regexp="&lt;SN&gt;([0-9]+)" search_in="msg" check_it="true" assign_to="1,2"/></action></recv>`,
  '<Reference variables="1"/>',
  send('SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:];tag=[call_number]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n\n', ''),
  send(`MESSAGE sip:${serverId}@${domain} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:${deviceId}@${domain}>;tag=catalog
To: <sip:${serverId}@${domain}>
Call-ID: catalog-[call_id]
CSeq: 30 MESSAGE
Max-Forwards: 70
Content-Type: Application/MANSCDP+xml
Content-Length: [len]

${xml('Response', 'Catalog', '[$2]', `<SumNum>1</SumNum>\n<DeviceList Num="1">\n<Item>\n<DeviceID>${deviceId}</DeviceID>\n<Name>sipp</Name>\n<Manufacturer>sipp</Manufacturer>\n<Status>ON</Status>\n</Item>\n</DeviceList>`)}`),
])

async function sipp({ agent }: SessionService, transport: 'u1' | 't1'): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'yiji-sipp-'))
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const main = write('device.xml', scenario([register(1, 3600), '<pause milliseconds="300"/>', keepalive(3), '<pause milliseconds="100"/>', keepalive(4), register(5, 0)]))
  const args = ['-sf', main, '-oocsf', write('catalog.xml', catalog), '-m', '1', '-t', transport, '-i', '127.0.0.1', '-nostdin', '-timeout', '10', `127.0.0.1:${agent.port}`]
  await run('sipp', args)
  rmSync(folder, { recursive: true, force: true })
}

async function sipsak({ agent }: SessionService): Promise<void> {
  await run('sipsak', ['-U', '-C', `sip:${deviceId}@127.0.0.1:5077`, '-l', '5077', '-a', password, '-u', deviceId, '-x', '3600', '-p', `127.0.0.1:${agent.port}`, '-s', `sip:${deviceId}@${domain}`])
  await pause(100)
}

export async function keepPeers(wanted: (name: string) => boolean): Promise<void> {
  if (wanted('sipp-udp')) await keep({ name: 'sipp-udp', what: 'sipp registers, gives its catalog, keeps alive twice, unregisters; over UDP', origin: 'sipp 3.6 with a scenario of scripts/sessions/peers.ts', deviceId, act: (service) => sipp(service, 'u1') })
  if (wanted('sipp-tcp')) await keep({ name: 'sipp-tcp', what: 'the same over TCP', origin: 'sipp 3.6 with a scenario of scripts/sessions/peers.ts', deviceId, act: (service) => sipp(service, 't1') })
  if (wanted('sipsak')) await keep({ name: 'sipsak', what: 'sipsak registers: a Request-URI without a user, addresses without brackets, and no word to the catalog query', origin: 'sipsak 0.9.8', deviceId, act: sipsak })
}
