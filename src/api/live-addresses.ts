// Under which addresses a stream is watched: paths for our own pages, signed ones for players outside.
import type { FastifyRequest } from 'fastify'
import type { ApiDeps } from './deps.ts'
import type { LiveAddresses } from './schema/index.ts'

type Ways = ReturnType<NonNullable<ApiDeps['ways']>>
export type Addresses = Pick<LiveAddresses, 'flv' | 'ws' | 'jpg' | 'external' | 'h264'>

/** `path` is the stream's, without a suffix; `name` what players of other protocols know it by; `query` what is asked of it beside the token. */
export function addressesOf(request: FastifyRequest, stream: { readonly path: string; readonly name: string; readonly query: Readonly<Record<string, string>>; readonly token: string }, ways: Ways): Addresses {
  const { path, name, query, token } = stream
  const h264 = { ...query, codec: 'h264' }
  const inside = (suffix: string, asked: Record<string, string>): string => `${path}.${suffix}${queryOf(asked)}`
  const outside = (asked: Record<string, string>) => {
    const signed = queryOf({ ...asked, token })
    const { protocol, host, hostname } = request
    return {
      flv: `${protocol}://${host}${path}.flv${signed}`,
      ws: `${protocol === 'https' ? 'wss' : 'ws'}://${host}${path}.flv${signed}`,
      ...(ways.rtspPort !== undefined && { rtsp: `rtsp://${hostname}${ways.rtspPort === 554 ? '' : `:${ways.rtspPort}`}/live/${name}${signed}` }),
      ...(ways.rtmpPort !== undefined && { rtmp: `rtmp://${hostname}${ways.rtmpPort === 1935 ? '' : `:${ways.rtmpPort}`}/live/${name}${signed}` }),
    }
  }
  const { protocol, host } = request
  return {
    flv: inside('flv', query),
    ws: inside('flv', query),
    jpg: inside('jpg', query),
    external: { ...outside(query), jpg: `${protocol}://${host}${path}.jpg${queryOf({ ...query, token })}` },
    h264: { flv: inside('flv', h264), ws: inside('flv', h264), external: outside(h264) },
  }
}

function queryOf(query: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(query).toString()
  return text === '' ? '' : `?${text}`
}
