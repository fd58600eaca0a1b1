// Transcripts in the manner of a network camera of 2019: no qop, a domain of ten digits everywhere, branches without cookie, Via last in BYE answers, To without
// brackets, four bytes that keep the NAT open, alarms in pairs, a password in clear, sixty seconds after a 400. docs/interop.md Q2, Q3, Q6, Q9, Q11, Q13-Q16, Q25-Q28, Q35b, Q56, Q59, Q61.
import type { Said, Transcript } from './transcripts.ts'

export const camera = '32011600001320000019'
const server = '32011600002000000001'
const domain = '3201160000'
let serial = 0

/** A request as it writes them. */
export function asks(method: string, more: { readonly call: string; readonly cseq: number; readonly to?: string; readonly toTag?: string; readonly head?: readonly string[]; readonly xml?: string; readonly afterMs?: number; readonly tag?: string }): Said {
  const body = Buffer.from(more.xml === undefined ? '' : `<?xml version="1.0" encoding="GB2312"?>\r\n${more.xml.trim().split('\n').map((line) => line.trim()).join('\r\n')}\r\n`)
  const isRegister = method === 'REGISTER'
  const to = isRegister ? camera : server
  const text = [
    `${method} sip:${server}@${domain} SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.10:5060;rport;branch=z9hG4bK${1_000_000_000 + 7919 * ++serial}`,
    `From: <sip:${camera}@${domain}>;tag=${more.tag ?? 500_485_376 + serial}`,
    `To: <sip:${to}@${domain}>${more.toTag ? `;tag=${more.toTag}` : ''}`,
    `Call-ID: ${more.call}`,
    `CSeq: ${more.cseq} ${method}`,
    ...(more.head ?? []),
    ...(more.xml === undefined ? [] : ['Content-Type: Application/MANSCDP+xml']),
    'Max-Forwards: 70',
    'User-Agent: IP Camera',
    `Content-Length: ${more.xml === undefined ? '' : ' '}${body.length}`,
  ]
  return { from: 'device', text: text.join('\n'), body, ...(more.afterMs !== undefined && { afterMs: more.afterMs }) }
}

/** What our side said to a request, as far as the camera's next one needs it. */
export const told = (status: number, reason: string, call: string, cseq: string, more: readonly string[] = []): Said => ({ from: 'ours', text: [`SIP/2.0 ${status} ${reason}`, `Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1`, `From: <sip:a@b>;tag=1`, `To: <sip:a@b>;tag=ours-${call}`, `Call-ID: ${call}`, `CSeq: ${cseq}`, ...more, 'Content-Length: 0'].join('\n') })

/** A request of ours in outline. */
export function ours(method: string, more: { readonly call: string; readonly cseq?: number; readonly to?: string; readonly head?: readonly string[]; readonly body?: string; readonly type?: string; readonly isCaused?: boolean; readonly toTag?: string }): Said {
  const body = Buffer.from(more.body ?? '')
  const text = [
    `${method} sip:${more.to ?? camera}@192.0.2.10:5060 SIP/2.0`, `Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-${more.call}-${method}-${more.cseq ?? 1}`, `From: <sip:${server}@${domain}>;tag=from-${more.call}`,
    `To: <sip:${more.to ?? camera}@${domain}>${more.toTag ? `;tag=${more.toTag}` : ''}`, `Call-ID: ${more.call}`, `CSeq: ${more.cseq ?? 1} ${method}`, ...(more.head ?? []), ...(body.length > 0 ? [`Content-Type: ${more.type ?? 'Application/MANSCDP+xml'}`] : []), `Content-Length: ${body.length}`,
  ]
  return { from: 'ours', text: text.join('\n'), body, ...(more.isCaused && { isCaused: true }) }
}

/** The camera's answer to a request of ours: Via last, as it writes its answers. */
export function replies(status: string, method: string, more: { readonly call: string; readonly cseq?: number; readonly to?: string; readonly tag?: string; readonly head?: readonly string[]; readonly body?: Buffer; readonly type?: string }): Said {
  const body = more.body ?? Buffer.alloc(0)
  const text = [
    `SIP/2.0 ${status}`, `From: <sip:${server}@${domain}>;tag=from-${more.call}`, `To: <sip:${more.to ?? camera}@${domain}>${more.tag ? `;tag=${more.tag}` : ''}`, `Call-ID: ${more.call}`, `CSeq: ${more.cseq ?? 1} ${method}`,
    ...(more.head ?? []), ...(body.length > 0 ? [`Content-Type: ${more.type ?? 'Application/MANSCDP+xml'}`] : []), `Content-Length: ${body.length}`, `Via: SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK-${more.call}-${method}-${more.cseq ?? 1}`,
  ]
  return { from: 'device', text: text.join('\n'), body }
}

const zeros = '0'.repeat(32)
const challenge = (call: string, cseq: number, nonce: string): Said => told(401, 'Unauthorized', call, `${cseq} REGISTER`, [`WWW-Authenticate: Digest realm="${domain}", nonce="${nonce}", algorithm=MD5`])
const registers = (call: string, cseq: number, nonce?: string, expires = 'Expires: 3600', afterMs?: number): Said =>
  asks('REGISTER', { call, cseq, tag: '500485376', ...(afterMs !== undefined && { afterMs }), head: [`Contact: <sip:${camera}@192.0.2.10:5060>`, ...(nonce === undefined ? [] : [`Authorization: Digest username="${camera}", realm="${domain}", nonce="${nonce}", uri="sip:${server}@${domain}", response="${zeros}", algorithm=MD5`]), expires] })

/** Registered, its catalog asked for and given. */
export const arrival = (call: string): readonly Said[] => [
  registers(call, 1), challenge(call, 1, 'n1'), registers(call, 2, 'n1'), told(200, 'OK', call, '2 REGISTER'),
  ours('MESSAGE', { call: `${call}-catalog`, body: `<?xml version="1.0"?><Query><CmdType>Catalog</CmdType><SN>17</SN><DeviceID>${camera}</DeviceID></Query>` }),
  replies('200 OK', 'MESSAGE', { call: `${call}-catalog`, tag: '66435356' }),
  asks('MESSAGE', { call: `${call}-c1`, cseq: 20, xml: `<Response><CmdType>Catalog</CmdType><SN>17</SN><DeviceID>${camera}</DeviceID><SumNum>1</SumNum><DeviceList Num="1"><Item><DeviceID>32011600001320000119</DeviceID><Name>IPdome</Name><Manufacturer>Maker</Manufacturer><Model>IP Camera</Model><Owner>Owner</Owner><CivilCode>CivilCode</CivilCode><Address>Address</Address><Parental>0</Parental><ParentID>${camera}</ParentID><SafetyWay>0</SafetyWay><RegisterWay>1</RegisterWay><Secrecy>0</Secrecy><Status>ON</Status><Longitude>0.000000</Longitude><Latitude>0.000000</Latitude></Item></DeviceList></Response>` }),
  told(200, 'OK', `${call}-c1`, '20 MESSAGE'),
]
const channel = '32011600001320000119'
const keepalive = (call: string, sn: number, afterMs = 60_000): Said => asks('MESSAGE', { call, cseq: 20, afterMs, xml: `<Notify>\n<CmdType>Keepalive</CmdType>\n<SN>${sn}</SN>\n<DeviceID>${camera}</DeviceID>\n<Status>OK</Status>\n</Notify>` })
const nat: Said = { from: 'device', raw: Buffer.from('jaK\0', 'latin1') }
const control = (call: string, command: string): readonly Said[] => [
  ours('MESSAGE', { call, isCaused: true, body: `<Control><CmdType>DeviceControl</CmdType><SN>30</SN><DeviceID>${channel}</DeviceID>${command}</Control>` }), replies('200 OK', 'MESSAGE', { call, tag: '1' }),
]

const sdp = (lines: readonly string[]): string => `${lines.join('\r\n')}\r\n`
const offer = sdp(['v=0', `o=${channel} 0 0 IN IP4 198.51.100.1`, 's=Play', 'c=IN IP4 198.51.100.1', 't=0 0', 'm=video 39000 RTP/AVP 96 98 97 99 100', 'a=recvonly', 'y=0100000001'])
const answer = Buffer.from(sdp(['v=0', `o=${camera} 0 0 IN IP4 198.51.100.1`, 's=Play', 'c=IN IP4 192.0.2.10', 't=0 0', 'm=video 15060 RTP/AVP 96', 'a=setup:active', 'a=sendonly', 'a=rtpmap:96 PS/90000', 'a=username:admin', 'a=password:12345', 'a=filesize:0', 'y=0100000001', 'f=']))

const alarm = (call: string, sn: number, method: string, info: string): Said => asks('MESSAGE', { call, cseq: 20, xml: `<Notify>\n<CmdType>Alarm</CmdType>\n<SN>${sn}</SN>\n<DeviceID>${channel}</DeviceID>\n<AlarmPriority>1</AlarmPriority>\n<AlarmTime>2019-07-16T20:46:05</AlarmTime>\n<AlarmMethod>${method}</AlarmMethod>\n${info}\n</Notify>` })
/** The service's word that it has an alarm. */
const acknowledged = (call: string): readonly Said[] => [ours('MESSAGE', { call, body: `<Response><CmdType>Alarm</CmdType><SN>60</SN><DeviceID>${channel}</DeviceID><Result>OK</Result></Response>` }), replies('200 OK', 'MESSAGE', { call, tag: '1' })]
const alarmed = (call: string, sn: number, method: string, info: string): readonly Said[] => [alarm(call, sn, method, info), told(200, 'OK', call, '20 MESSAGE'), ...acknowledged(`ack${sn}`)]
const subscription = (call: string, name: string, event: string, more = ''): readonly Said[] => [
  ours('SUBSCRIBE', { call, isCaused: true, head: [`Event: ${event}`, 'Expires: 600'], body: `<Query><CmdType>${name}</CmdType><SN>40</SN><DeviceID>${camera}</DeviceID>${more}</Query>` }),
  replies('200 OK', 'SUBSCRIBE', { call, tag: `sub${call}`, head: [`Contact: <sip:${camera}@192.0.2.10:5060>`, `Event: ${event}`, 'Expires: 600'], body: Buffer.from(`<?xml version="1.0" encoding="GB2312"?>\r\n<Response>\r\n<CmdType>${name}</CmdType>\r\n<SN>40</SN>\r\n<DeviceID>${camera}</DeviceID>\r\n<Result>OK</Result>\r\n</Response>\r\n`) }),
]

export const sessions2019: readonly Transcript[] = [
  {
    name: 'camera-2019-keyframe', what: 'a camera of 2019: registration without qop, live view, keyframe, PTZ, BYE answered with Via last and a bare To; jaK between', deviceId: camera,
    said: [
      ...arrival('1284635401@192.0.2.10'), nat, keepalive('12345678911', 2), told(200, 'OK', '12345678911', '20 MESSAGE'), nat,
      ours('INVITE', { call: 'live', to: channel, isCaused: true, head: [`Subject: ${channel}:0100000001,${server}:0`], type: 'APPLICATION/SDP', body: offer }),
      replies('100 Trying', 'INVITE', { call: 'live', to: channel }),
      replies('200 OK', 'INVITE', { call: 'live', to: channel, tag: '66435356', head: [`Contact: <sip:${camera}@${domain}>`], type: 'Application/SDP', body: answer }),
      ours('ACK', { call: 'live', to: channel, toTag: '66435356' }),
      ...control('iframe', '<IFameCmd>Send</IFameCmd>'), ...control('ptz', '<PTZCmd>A50F010800960053</PTZCmd>'), ...control('stop', '<PTZCmd>A50F0100000000B5</PTZCmd>'),
      ours('BYE', { call: 'live', cseq: 2, to: channel, toTag: '66435356', isCaused: true }),
      { ...replies('200 OK', 'BYE', { call: 'live', cseq: 2, to: channel, tag: '66435356' }) }, nat,
      keepalive('12345678911', 3), told(200, 'OK', '12345678911', '20 MESSAGE'),
    ],
  },
  {
    name: 'camera-2019-hangs-up', what: 'the camera ends a live view: BYE with a To without brackets, CSeq far on', deviceId: camera,
    said: [
      ...arrival('1284635402@192.0.2.10'),
      ours('INVITE', { call: 'live', to: channel, isCaused: true, head: [`Subject: ${channel}:0100000001,${server}:0`], type: 'APPLICATION/SDP', body: offer }),
      replies('200 OK', 'INVITE', { call: 'live', to: channel, tag: '66435356', type: 'Application/SDP', body: answer }),
      ours('ACK', { call: 'live', to: channel, toTag: '66435356' }),
      { from: 'device', afterMs: 3_000, text: [`BYE sip:${server}@198.51.100.1:5060 SIP/2.0`, `From: <sip:${channel}@${domain}>;tag=66435356`, `To: sip:${server}@${domain};tag=from-live`, 'Call-ID: live', 'CSeq: 28 BYE', 'Max-Forwards: 70', 'Content-Length: 0', 'Via: SIP/2.0/UDP 192.0.2.10:5060;wlsscid=1;branch=123133532300001'].join('\n') },
      told(200, 'OK', 'live', '28 BYE'),
    ],
  },
  {
    name: 'camera-2019-config', what: 'ConfigDownload of BasicParam with the password in clear, and VideoParamOpt with download speeds', deviceId: camera,
    said: [
      ...arrival('1284635403@192.0.2.10'),
      ours('MESSAGE', { call: 'basic', isCaused: true, body: `<Query><CmdType>ConfigDownload</CmdType><SN>50</SN><DeviceID>${camera}</DeviceID><ConfigType>BasicParam</ConfigType></Query>` }),
      replies('200 OK', 'MESSAGE', { call: 'basic', tag: '1' }),
      asks('MESSAGE', { call: 'basic-answer', cseq: 20, xml: `<Response>\n<CmdType>ConfigDownload</CmdType>\n<SN>50</SN>\n<DeviceID>${camera}</DeviceID>\n<Result>OK</Result>\n<BasicParam>\n<Name>IP CAMERA</Name>\n<DeviceID>${camera}</DeviceID>\n<SIPServerID>${server}</SIPServerID>\n<SIPServerIP>198.51.100.1</SIPServerIP>\n<SIPServerPort>5060</SIPServerPort>\n<DomainName>${domain}</DomainName>\n<Expiration>3600</Expiration>\n<Password>12345678</Password>\n<HeartBeatInterval>60</HeartBeatInterval>\n<HeartBeatCount>3</HeartBeatCount>\n</BasicParam>\n</Response>` }),
      told(200, 'OK', 'basic-answer', '20 MESSAGE'),
      ours('MESSAGE', { call: 'opt', isCaused: true, body: `<Query><CmdType>ConfigDownload</CmdType><SN>51</SN><DeviceID>${camera}</DeviceID><ConfigType>VideoParamOpt</ConfigType></Query>` }),
      replies('200 OK', 'MESSAGE', { call: 'opt', tag: '1' }),
      asks('MESSAGE', { call: 'opt-answer', cseq: 20, xml: `<Response>\n<CmdType>ConfigDownload</CmdType>\n<SN>51</SN>\n<DeviceID>${camera}</DeviceID>\n<Result>OK</Result>\n<VideoParamOpt>\n<DownloadSpeed>0.125/0.25/0.5/1/2/4</DownloadSpeed>\n<Resolution>6/5/4</Resolution>\n</VideoParamOpt>\n</Response>` }),
      told(200, 'OK', 'opt-answer', '20 MESSAGE'),
    ],
  },
  {
    name: 'camera-2019-alarms', what: 'subscriptions answered with a body and the Event echoed, alarms in pairs as MESSAGE outside every dialog', deviceId: camera,
    said: [
      ...arrival('1284635404@192.0.2.10'), ...subscription('sub1', 'Alarm', 'presence', '<StartAlarmPriority>0</StartAlarmPriority><EndAlarmPriority>0</EndAlarmPriority><AlarmMethod>0</AlarmMethod>'), ...subscription('sub2', 'Catalog', 'Catalog;id=1984'), ...subscription('sub3', 'MobilePosition', 'presence', '<Interval>5</Interval>'),
      ...alarmed('helloVideo', 8, '5', '<Info><AlarmType>2</AlarmType></Info>'), ...alarmed('helloVideo2', 9, '0', ''), nat, ...alarmed('helloVideo3', 10, '5', '<Info><AlarmType>6</AlarmType></Info>'), ...alarmed('helloVideo4', 11, '0', ''),
    ],
  },
  {
    name: 'camera-2019-refresh', what: 'the refresh keeps its Call-ID and answers the old challenge at once; asked again, it answers the new one', deviceId: camera,
    said: [
      ...arrival('1284635405@192.0.2.10'), keepalive('12345678911', 2), told(200, 'OK', '12345678911', '20 MESSAGE'),
      registers('1284635405@192.0.2.10', 3, 'n1', 'Expires: 3600', 273_000), challenge('1284635405@192.0.2.10', 3, 'n2'), registers('1284635405@192.0.2.10', 4, 'n2'), told(200, 'OK', '1284635405@192.0.2.10', '4 REGISTER'),
      keepalive('12345678911', 3), told(200, 'OK', '12345678911', '20 MESSAGE'),
    ],
  },
  {
    name: 'camera-2019-reboot', what: 'TeleBoot: unregistered with a round of its own, silence, then a new Call-ID a minute later', deviceId: camera,
    said: [
      ...arrival('1284635406@192.0.2.10'), ...control('boot', '<TeleBoot>Boot</TeleBoot>'),
      registers('1284635406@192.0.2.10', 3, 'n1', 'Expires:0', 5_000), challenge('1284635406@192.0.2.10', 3, 'n3'), registers('1284635406@192.0.2.10', 4, 'n3', 'Expires:0'), told(200, 'OK', '1284635406@192.0.2.10', '4 REGISTER'),
      registers('987654321@192.0.2.10', 1, undefined, 'Expires: 3600', 60_000), challenge('987654321@192.0.2.10', 1, 'n4'), registers('987654321@192.0.2.10', 2, 'n4'), told(200, 'OK', '987654321@192.0.2.10', '2 REGISTER'),
      ours('MESSAGE', { call: 'again', body: `<Query><CmdType>Catalog</CmdType><SN>18</SN><DeviceID>${camera}</DeviceID></Query>` }), replies('200 OK', 'MESSAGE', { call: 'again', tag: '1' }),
      asks('MESSAGE', { call: 'again-answer', cseq: 20, xml: `<Response><CmdType>Catalog</CmdType><SN>18</SN><DeviceID>${camera}</DeviceID><SumNum>0</SumNum><DeviceList Num="0"></DeviceList></Response>` }), told(200, 'OK', 'again-answer', '20 MESSAGE'),
    ],
  },
  {
    name: 'camera-2019-outage', what: 'three keepalives whose answers are lost on the way, each sent again, then a REGISTER with a new Call-ID (Q10, Q35b)', deviceId: camera,
    said: [
      ...arrival('1284635407@192.0.2.10'),
      ...[1, 2, 3].flatMap((n) => {
        const one = keepalive(`1234567892${n}`, n)
        return [one, told(200, 'OK', `1234567892${n}`, '20 MESSAGE'), { ...one, afterMs: 500 }, told(200, 'OK', `1234567892${n}`, '20 MESSAGE')]
      }),
      registers('1284635408@192.0.2.10', 1, undefined, 'Expires: 3600', 5_000), challenge('1284635408@192.0.2.10', 1, 'n5'), registers('1284635408@192.0.2.10', 2, 'n5'), told(200, 'OK', '1284635408@192.0.2.10', '2 REGISTER'),
      ours('MESSAGE', { call: 'back', body: `<Query><CmdType>Catalog</CmdType><SN>19</SN><DeviceID>${camera}</DeviceID></Query>` }), replies('200 OK', 'MESSAGE', { call: 'back', tag: '1' }),
      asks('MESSAGE', { call: 'back-answer', cseq: 20, xml: `<Response><CmdType>Catalog</CmdType><SN>19</SN><DeviceID>${camera}</DeviceID><SumNum>0</SumNum></Response>` }), told(200, 'OK', 'back-answer', '20 MESSAGE'),
    ],
  },
]
