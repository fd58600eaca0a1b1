// The Transport and Session headers: what we ask of a track's way, what the camera grants. RFC 2326 12.39, 12.37.

/** How media comes: on the connection itself between `$` headers, or in datagrams of its own. */
export type RtspWay = 'tcp' | 'udp'

/** What a camera granted for one track. */
export type Grant =
  | { readonly way: 'tcp'; readonly channel: number; readonly rtcpChannel: number }
  /** `host`: where media comes from, when it is not the camera we asked; `ports`: its own, RTP then RTCP. */
  | { readonly way: 'udp'; readonly host?: string; readonly ports?: readonly [number, number] }

/** `channel`: an even number; the odd one above is RTCP's. */
export const askInterleaved = (channel: number): string => `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`
/** `port`: ours, even; the odd one above is RTCP's. */
export const askDatagrams = (port: number): string => `RTP/AVP;unicast;client_port=${port}-${port + 1}`

/** What was asked, read back from a request of ours. */
export function askedPort(transport: string): number | undefined {
  const port = /;\s*client_port=(\d{1,5})/i.exec(transport)?.[1]
  return port === undefined ? undefined : Number(port)
}

/** `asked`: the channel of the request, taken where the answer names none. Undefined when it grants neither way. */
export function parseGrant(transport: string, asked: { readonly way: RtspWay; readonly channel: number }): Grant | undefined {
  // Several in one header: the first is what counts.
  const parts = (transport.split(',')[0] ?? '').split(';').map((part) => part.trim())
  const value = (name: string): string | undefined => parts.find((part) => part.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
  const way = /^RTP\/S?AVPF?\/TCP$/i.test(parts[0] ?? '') || value('interleaved') !== undefined ? 'tcp' : 'udp'
  // Interop: an answer without a Transport header, or an empty one, grants what was asked.
  if (transport.trim() !== '' && !/^RTP\//i.test(parts[0] ?? '')) return undefined
  if ((transport.trim() === '' ? asked.way : way) === 'tcp') {
    const [channel, rtcpChannel] = pair(value('interleaved'), 255) ?? [asked.channel, asked.channel + 1]
    return { way: 'tcp', channel, rtcpChannel }
  }
  const host = value('source')
  const ports = pair(value('server_port'), 65_535)
  return { way: 'udp', ...(host !== undefined && /^[\w.:-]{1,255}$/.test(host) && { host }), ...(ports && { ports }) }
}

/** Where the camera names none. RFC 2326 12.37. */
export const defaultTimeoutS = 60
const maxTimeoutS = 3600

/** Interop: spaces around the parameter; `timeout=0` and no number at all name none. */
export function parseSession(text: string): { readonly id: string; readonly timeoutS?: number } | undefined {
  const [id = '', ...parameters] = text.split(';').map((part) => part.trim())
  if (id === '' || !/^[\x21-\x7e]{1,256}$/.test(id)) return undefined
  const seconds = Number(parameters.map((each) => /^timeout\s*=\s*"?(\d{1,9})/i.exec(each)?.[1]).find((each) => each !== undefined) ?? 0)
  return { id, ...(seconds > 0 && { timeoutS: Math.min(seconds, maxTimeoutS) }) }
}

/** `a-b`, or `a` alone, which means the one above too. */
function pair(text: string | undefined, most: number): readonly [number, number] | undefined {
  const [, first, second] = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(text?.trim() ?? '') ?? []
  if (first === undefined) return undefined
  const [a, b] = [Number(first), second === undefined ? Number(first) + 1 : Number(second)]
  return a <= most && b <= most ? [a, b] : undefined
}
