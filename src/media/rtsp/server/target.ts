// What a player's request is about: which stream by its address, and how it wants to have it. RFC 2326 3.2, 12.39; RFC 7826 18.54.

export interface Target {
  readonly camera: string
  readonly stream: 'main' | 'sub'
  /** An H.264 version of the stream, whatever the camera sends. */
  readonly codec?: 'h264'
}

export interface Address extends Target {
  readonly token?: string
  /** The number of `trackID=`, where the address is of one track. */
  readonly track?: number
  /** The address without the track: what relative ones stand behind. */
  readonly base: string
}

/** Ours, as for the addresses of cameras. */
const maxLength = 2048

/**
 * `rtsp://host[:port]/live/CAMERA[?stream=sub][&codec=h264][&token=…]`, and the same with `/trackID=N` at its end or, as some players put it together,
 * before the query. Undefined for any other. The host is not looked at: proxies and NAT change it.
 */
export function parseAddress(uri: string): Address | undefined {
  if (uri.length > maxLength) return undefined
  const [, origin = '', written = ''] = /^(rtsps?:\/\/[^/?#]+)?(\/[^#]*)$/i.exec(uri) ?? []
  const [, before = '', number, after = ''] = /^(.*?)\/trackID=(\d{1,3})\/?(\?.*)?$/i.exec(written) ?? [undefined, written]
  const whole = `${before}${after}`.replace(/\/$/, '')
  const [, camera, query = ''] = /^\/live\/([\w.-]{1,64})\/?(?:\?(.*))?$/.exec(whole) ?? []
  if (camera === undefined) return undefined
  const values = new URLSearchParams(query)
  const [stream, codec, token] = [values.get('stream') ?? 'main', values.get('codec') ?? undefined, values.get('token') ?? undefined]
  if ((stream !== 'main' && stream !== 'sub') || (codec !== undefined && codec !== 'h264')) return undefined
  return { camera, stream, ...(codec && { codec }), ...(token !== undefined && { token }), ...(number !== undefined && { track: Number(number) }), base: `${origin}${whole}` }
}

export const targetOf = ({ camera, stream, codec }: Target): Target => ({ camera, stream, ...(codec && { codec }) })
export const isSameTarget = (one: Target, other: Target): boolean => one.camera === other.camera && one.stream === other.stream && one.codec === other.codec

/** How a player wants one track. */
export type Wanted =
  | { readonly way: 'tcp'; readonly channels: readonly [number, number] }
  | { readonly way: 'udp'; readonly ports: readonly [number, number] }

/**
 * The first of the ways offered that can be had: interleaved, or datagrams to the player's own address (a `destination` is not looked at: nobody has
 * us send to others). `taken`: channels of the other tracks. Undefined: none of them.
 */
export function chooseWay(transport: string, taken: readonly number[]): Wanted | undefined {
  for (const spec of transport.split(',', 16)) {
    const [protocol = '', ...parameters] = spec.split(';').map((part) => part.trim())
    const value = (name: string): string | undefined => parameters.find((each) => each.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
    const mode = value('mode')?.replaceAll('"', '').toUpperCase() ?? 'PLAY'
    if (!/^RTP\/AVP(?:\/(?:TCP|UDP))?$/i.test(protocol) || mode !== 'PLAY' || parameters.some((each) => each.toLowerCase() === 'multicast')) continue
    if (/\/TCP$/i.test(protocol)) return { way: 'tcp', channels: freeChannels(pair(value('interleaved'), 255), taken) }
    const ports = pair(value('client_port'), 65_535)
    if (ports && ports[0] > 0) return { way: 'udp', ports }
  }
  return undefined
}

/** As asked, unless it names none or another track's. RFC 2326 12.39: the server chooses. */
function freeChannels(asked: readonly [number, number] | undefined, taken: readonly number[]): readonly [number, number] {
  if (asked && asked[0] !== asked[1] && !asked.some((channel) => taken.includes(channel))) return asked
  let free = 0
  while (taken.includes(free) || taken.includes(free + 1)) free += 2
  return [free, free + 1]
}

/** `a-b`, or `a` alone, which means the one above too. */
function pair(text: string | undefined, most: number): readonly [number, number] | undefined {
  const [, first, second] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? '') ?? []
  if (first === undefined) return undefined
  const [a, b] = [Number(first), second === undefined ? Number(first) + 1 : Number(second)]
  return a <= most && b <= most ? [a, b] : undefined
}
