// Transcripts in the manner of a platform of 2013 below ours: 18-digit ids, user admin, no encoding declared and GB 2312 bytes, one catalog item a message, its own
// SSRC, notifications outside dialogs, CSeq that jumps, MediaStatus inside the call. docs/interop.md Q1, Q5, Q13, Q14, Q26, Q36, Q41-Q43, Q50, Q55, Q63, Q66, Q67, Q70, Q71.
import iconv from 'iconv-lite'
import type { Said, Transcript } from './transcripts.ts'

const platform = '320116001113200019'
const server = '32011600002000000001'
const domain = '3201160000'
const channel = '320116001213200001'
let serial = 0

function body(xml: string): Buffer {
  return iconv.encode(`<?xml version="1.0"?>\r\n${xml.trim().split('\n').map((line) => line.trim()).join('\r\n')}\r\n`, 'gb2312')
}

function asks(method: string, more: { readonly call: string; readonly cseq: number; readonly from?: string; readonly toTag?: string; readonly tag?: string; readonly head?: readonly string[]; readonly xml?: string; readonly afterMs?: number }): Said {
  const content = more.xml === undefined ? Buffer.alloc(0) : body(more.xml)
  const to = method === 'REGISTER' ? platform : server
  const text = [
    `${method} sip:${server}@198.51.100.1:5060 SIP/2.0`, `Via: SIP/2.0/UDP 192.0.2.10:7100;rport;branch=z9hG4bK-${method}-${++serial}`, `From: <sip:${more.from ?? platform}@192.0.2.10:7100>;tag=${more.tag ?? 8_000_000 + serial}`,
    `To: <sip:${to}@198.51.100.1:5060>${more.toTag ? `;tag=${more.toTag}` : ''}`, `Call-ID: ${more.call}`, `CSeq: ${more.cseq} ${method}`, ...(more.head ?? []), ...(more.xml === undefined ? [] : ['Content-Type: Application/MANSCDP+xml']),
    'MAX-Forwards: 70', `Content-Length: ${more.xml === undefined ? '' : ' '}${content.length}`,
  ]
  return { from: 'device', text: text.join('\n'), body: content, port: 7100, ...(more.afterMs !== undefined && { afterMs: more.afterMs }) }
}
const told = (status: string, call: string, cseq: string, more: readonly string[] = []): Said => ({ from: 'ours', port: 7100, text: [`SIP/2.0 ${status}`, 'Via: SIP/2.0/UDP 192.0.2.10:7100;branch=z9hG4bK1', 'From: <sip:a@b>;tag=1', `To: <sip:a@b>;tag=ours-${call}`, `Call-ID: ${call}`, `CSeq: ${cseq}`, ...more, 'Content-Length: 0'].join('\n') })
function ours(method: string, more: { readonly call: string; readonly cseq?: number; readonly to?: string; readonly head?: readonly string[]; readonly body?: string; readonly type?: string; readonly isCaused?: boolean; readonly toTag?: string }): Said {
  const content = Buffer.from(more.body ?? '')
  const to = more.to ?? platform
  const text = [
    `${method} sip:${to}@192.0.2.10:7100 SIP/2.0`, `Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-${more.call}-${method}-${more.cseq ?? 1}`, `From: <sip:${server}@${domain}>;tag=from-${more.call}`, `To: <sip:${to}@${domain}>${more.toTag ? `;tag=${more.toTag}` : ''}`,
    `Call-ID: ${more.call}`, `CSeq: ${more.cseq ?? 1} ${method}`, ...(more.head ?? []), ...(content.length > 0 ? [`Content-Type: ${more.type ?? 'Application/MANSCDP+xml'}`] : []), `Content-Length: ${content.length}`,
  ]
  return { from: 'ours', text: text.join('\n'), body: content, port: 7100, ...(more.isCaused && { isCaused: true }) }
}
function replies(status: string, method: string, more: { readonly call: string; readonly cseq?: number; readonly to?: string; readonly tag?: string; readonly head?: readonly string[]; readonly body?: string; readonly type?: string }): Said {
  const content = Buffer.from(more.body ?? '')
  const text = [
    `SIP/2.0 ${status}`, `Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-${more.call}-${method}-${more.cseq ?? 1}`, `From: <sip:${server}@${domain}>;tag=from-${more.call}`, `To: <sip:${more.to ?? platform}@${domain}>${more.tag ? `;tag=${more.tag}` : ''}`,
    `Call-ID: ${more.call}`, `CSeq: ${more.cseq ?? 1} ${method}`, ...(more.head ?? []), ...(content.length > 0 ? [`Content-Type: ${more.type ?? 'Application/MANSCDP+xml'}`] : []), `Content-Length: ${content.length}`,
  ]
  return { from: 'device', text: text.join('\n'), body: content, port: 7100 }
}

const zeros = '0'.repeat(32)
const credentials = (nonce: string): string => `Authorization: Digest username="admin",realm="${domain}",nonce="${nonce}",uri="sip:${server}@198.51.100.1:5060",response="${zeros}",algorithm=MD5`
const registers = (call: string, cseq: number, nonce?: string, expires = 7200): Said => asks('REGISTER', { call, cseq, tag: '7654321', head: [`Contact: <sip:${platform}@192.0.2.10:7100>`, ...(nonce === undefined ? [] : [credentials(nonce)]), `Expires: ${expires}`] })
const challenge = (call: string, cseq: number, nonce: string): Said => told('401 Unauthorized', call, `${cseq} REGISTER`, [`WWW-Authenticate: Digest realm="${domain}", nonce="${nonce}", algorithm=MD5`])
const answers = (call: string, xml: string, from?: string): readonly Said[] => [asks('MESSAGE', { call, cseq: 1, xml, ...(from && { from }) }), told('200 OK', call, '1 MESSAGE')]
const asked = (call: string, sn: number, kind: string, more = '', target = platform, isCaused = true, root = 'Query'): readonly Said[] => [
  ours('MESSAGE', { call, isCaused, to: target, body: `<?xml version="1.0"?><${root}><CmdType>${kind}</CmdType><SN>${sn}</SN><DeviceID>${target}</DeviceID>${more}</${root}>` }), replies('200 OK', 'MESSAGE', { call, to: target, tag: '9' }),
]
const item = (id: string, name: string, more: string): string => `<Item>\n<DeviceID>${id}</DeviceID>\n<Name>${name}</Name>\n<Manufacturer>Maker</Manufacturer>\n<Model>Model</Model>\n<Owner>Owner</Owner>\n<CivilCode>${domain}</CivilCode>\n<Address>Address</Address>\n${more}\n<RegisterWay>1</RegisterWay>\n<Secrecy>0</Secrecy>\n<CatalogType>1</CatalogType>\n<DecorderTag>1</DecorderTag>\n<OperateType>ADD</OperateType>\n<RecLocation>1</RecLocation>\n<Info>\n<CameraType>0</CameraType>\n<ResSubType>0</ResSubType>\n<Privilege>%FF%FF</Privilege>\n</Info>\n</Item>`
const nine = [
  ['320116', '江苏省南京市', '<Parental>1</Parental>'], ['32011601', '六合区', `<Parental>1</Parental>\n<ParentID>320116</ParentID>`],
  ...Array.from({ length: 7 }, (_, n) => [`32011600121320000${n + 1}`.padEnd(18, '0').slice(0, 18), `路口${n + 1}`, `<Parental>0</Parental>\n<ParentID>32011601</ParentID>\n<Status>${n === 6 ? 'OFF' : 'ON'}</Status>`]),
] as const
const catalogOf = (call: string, sn: number, isCaused: boolean): readonly Said[] => [
  ...asked(call, sn, 'Catalog', '', platform, isCaused),
  ...nine.flatMap(([id = '', name = '', more = ''], n) => answers(`${call}-${n}`, `<Response>\n<CmdType>Catalog</CmdType>\n<SN>${sn}</SN>\n<DeviceID>${platform}</DeviceID>\n<SumNum>9</SumNum>\n<DeviceList Num="1">\n${item(id, name, more)}\n</DeviceList>\n</Response>`)),
]
const arrival = (call: string): readonly Said[] => [registers(call, 1), challenge(call, 1, 'a1'), registers(call, 2, 'a1'), told('200 OK', call, '2 REGISTER'), ...catalogOf(`${call}-catalog`, 11, false)]

const sdp = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\n`
const offered = (session: string, time: string, y: string): string => sdp(['v=0', `o=${channel} 0 0 IN IP4 198.51.100.1`, `s=${session}`, ...(session === 'Play' ? [] : [`u=${channel}:255`]), 'c=IN IP4 198.51.100.1', `t=${time}`, 'm=video 39000 RTP/AVP 96 98 97 99 100', 'a=recvonly', ...(session === 'Download' ? ['a=downloadspeed:1'] : []), `y=${y}`])
const answered = (session: string, time: string, y: string): string => sdp(['v=0', `o=${platform} 0 0 IN IP4 198.51.100.1`, `s=${session}`, 'c=IN IP4 192.0.2.10', `t=${time}`, 'm=video 15060 RTP/AVP 96', 'a=sendonly', 'a=rtpmap:96 PS/90000', ...(session === 'Play' ? [] : ['a=filesize:-1']), `y=${y}`])
const invited = (session: string, time: string, offer: string, own: string): readonly Said[] => [
  ours('INVITE', { call: 'call', to: channel, isCaused: true, head: [`Subject: ${channel}:${offer},${server}:0`], type: 'APPLICATION/SDP', body: offered(session, time, offer) }),
  replies('100 Trying', 'INVITE', { call: 'call', to: channel }),
  replies('200 OK', 'INVITE', { call: 'call', to: channel, tag: '5551', head: [`Contact: <sip:${platform}@192.0.2.10:7100>`], type: 'APPLICATION/SDP', body: answered(session, time, own) }),
  ours('ACK', { call: 'call', to: channel, toTag: '5551' }),
]
const info = (cseq: number, lines: readonly string[]): readonly Said[] => [ours('INFO', { call: 'call', cseq, to: channel, toTag: '5551', isCaused: true, type: 'Application/MANSRTSP', body: `${lines.join('\r\n')}\r\n\r\n` }), replies('200 OK', 'INFO', { call: 'call', cseq, to: channel, tag: '5551' })]
const bye = (cseq: number, isCaused: boolean): readonly Said[] => [ours('BYE', { call: 'call', cseq, to: channel, toTag: '5551', ...(isCaused && { isCaused }) }), replies('200 OK', 'BYE', { call: 'call', cseq, to: channel, tag: '5551' })]
const ended: readonly Said[] = [
  asks('MESSAGE', { call: 'call', cseq: 25, from: channel, tag: '5551', toTag: 'from-call', afterMs: 2_000, xml: `<Notify>\n<CmdType>MediaStatus</CmdType>\n<SN>8</SN>\n<DeviceID>${channel}</DeviceID>\n<NotifyType>121</NotifyType>\n</Notify>` }), told('200 OK', 'call', '25 MESSAGE'),
]
const range = '1767225600 1767229200'
const record = (n: number): string => `<Response>\n<CmdType>RecordInfo</CmdType>\n<SN>21</SN>\n<DeviceID>${channel}</DeviceID>\n<Name>路口1</Name>\n<SumNum>7</SumNum>\n<RecordList Num="1">\n<Item>\n<DeviceID>${channel}</DeviceID>\n<Name>录像${n}</Name>\n<FilePath>path${n}</FilePath>\n<Address>Address</Address>\n<StartTime>2026-01-01T0${n}:00:00</StartTime>\n<EndTime>2026-01-01T0${n}:59:59</EndTime>\n<Secrecy>0</Secrecy>\n<Type>time</Type>\n<RecorderID>admin</RecorderID>\n<RecLocation>2</RecLocation>\n</Item>\n</RecordList>\n</Response>`
const keepalive = (sn: number): readonly Said[] => answers(`keep${sn}`, `<Notify>\n<CmdType>Keepalive</CmdType>\n<SN>${sn}</SN>\n<DeviceID>${platform}</DeviceID>\n<Status>OK</Status>\n</Notify>`)

const session = (name: string, what: string, said: readonly Said[]): Transcript => ({ name: `platform-2013-${name}`, what, deviceId: platform, said })

export const sessions2013: readonly Transcript[] = [
  session('register', 'a platform with an 18-digit id: user admin in the digest, keepalives without an encoding, unregistered with a round of its own', [...arrival('reg1'), ...keepalive(2), ...keepalive(3), registers('reg1', 3, undefined, 0), challenge('reg1', 3, 'a2'), registers('reg1', 4, 'a2', 0), told('200 OK', 'reg1', '4 REGISTER')]),
  session('catalog', 'nine catalog items, one a message, GB 2312 bytes without a declaration, regions and cameras, elements of its own', [...arrival('reg2'), ...keepalive(2)]),
  session('push', 'four catalog changes as NOTIFY outside every dialog, with OperateType ADD', [
    ...arrival('reg3'),
    ...[1, 2, 3, 4].flatMap((n): Said[] => [asks('NOTIFY', { call: `push${n}`, cseq: 1, xml: `<Notify>\n<CmdType>Catalog</CmdType>\n<SN>${30 + n}</SN>\n<DeviceID>${platform}</DeviceID>\n<SumNum>1</SumNum>\n<DeviceList Num="1">\n${item(`32011600121320010${n}`, `新增${n}`, '<Parental>0</Parental>\n<Status>ON</Status>')}\n</DeviceList>\n</Notify>` }), told('200 OK', `push${n}`, '1 NOTIFY')]),
  ]),
  session('play', 'a live view whose answer names an SSRC of other digits', [...arrival('reg4'), ...invited('Play', '0 0', '0999999999', '0060205514'), ...bye(2, true)]),
  session('records', 'seven recordings, one a message', [...arrival('reg5'), ...asked('rec', 21, 'RecordInfo', '<StartTime>2026-01-01T00:00:00</StartTime><EndTime>2026-01-01T08:00:00</EndTime><Secrecy>0</Secrecy><Type>all</Type>', channel), ...[1, 2, 3, 4, 5, 6, 7].flatMap((n) => answers(`rec-${n}`, record(n)))]),
  session('playback', 'a playback: paused, resumed, faster, sought; its end told inside the call, hung up with a CSeq that jumped', [
    ...arrival('reg6'), ...invited('Playback', range, '1999999999', '1060205518'), ...info(2, ['PAUSE RTSP/1.0', 'CSeq: 1', 'PauseTime: now']), ...info(3, ['PLAY RTSP/1.0', 'CSeq: 2', 'Range: npt=now-']),
    ...info(4, ['PLAY RTSP/1.0', 'CSeq: 3', 'Scale: 2.0']), ...info(5, ['PLAY RTSP/1.0', 'CSeq: 4', 'Range: npt=2134-']),
    asks('BYE', { call: 'call', cseq: 28, from: channel, tag: '5551', toTag: 'from-call', afterMs: 1_000 }), told('200 OK', 'call', '28 BYE'),
  ]),
  session('download', 'a download that ends with MediaStatus inside the call, in the name of the channel', [...arrival('reg7'), ...invited('Download', range, '1999999999', '1060205519'), ...ended, ...bye(2, false)]),
  session('information', 'DeviceInfo in the form of 2011, DeviceStatus OFFLINE beside Result OK, recording by hand', [
    ...arrival('reg8'),
    ...asked('info', 41, 'DeviceInfo'), ...answers('info-answer', `<Response>\n<CmdType>DeviceInfo</CmdType>\n<SN>41</SN>\n<DeviceID>${platform}</DeviceID>\n<Result>OK</Result>\n<DeviceType>DVR</DeviceType>\n<Manufacturer>Maker</Manufacturer>\n<Model>DS</Model>\n<Firmware>V1</Firmware>\n<MaxCamera>8</MaxCamera>\n<MaxAlarm>4</MaxAlarm>\n</Response>`),
    ...asked('status', 42, 'DeviceStatus'), ...answers('status-answer', `<Response>\n<CmdType>DeviceStatus</CmdType>\n<SN>42</SN>\n<DeviceID>${platform}</DeviceID>\n<Result>OK</Result>\n<Online>OFFLINE</Online>\n<Status>OK</Status>\n<Alarmstatus Num="0"/>\n<Encode>ON</Encode>\n<Record>OFF</Record>\n</Response>`),
    ...asked('start', 43, 'DeviceControl', '<RecordCmd>Record</RecordCmd>', channel, true, 'Control'), ...answers('start-answer', `<Response>\n<CmdType>DeviceControl</CmdType>\n<SN>43</SN>\n<DeviceID>${channel}</DeviceID>\n<Result>OK</Result>\n</Response>`),
    ...asked('stop', 44, 'DeviceControl', '<RecordCmd>StopRecord</RecordCmd>', channel, true, 'Control'), ...answers('stop-answer', `<Response>\n<CmdType>DeviceControl</CmdType>\n<SN>44</SN>\n<DeviceID>${channel}</DeviceID>\n<Result>OK</Result>\n</Response>`),
  ]),
]
