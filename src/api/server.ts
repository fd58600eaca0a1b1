// Gives the application a port.
import type { AddressInfo } from 'node:net'
import { AppError } from '../base/index.ts'
import { buildApi } from './app.ts'
import type { ApiDeps } from './deps.ts'

export interface RunningApi {
  readonly url: string
  readonly port: number
  /** Ends what still streams; calling it twice is nothing. */
  readonly close: () => Promise<void>
}

export async function startApi(deps: ApiDeps): Promise<RunningApi> {
  const app = await buildApi(deps)
  try {
    await app.listen({ host: deps.host, port: deps.port })
  } catch (error) {
    await app.close()
    throw listenError(error, deps)
  }
  const { address, family, port } = app.server.address() as AddressInfo
  const isAny = address === '0.0.0.0' || address === '::'
  const host = isAny ? '127.0.0.1' : family === 'IPv6' ? `[${address}]` : address
  let closing: Promise<void> | undefined
  return {
    url: `http://${host}:${port}`,
    port,
    close: () => (closing ??= app.close()),
  }
}

function listenError(error: unknown, { host, port }: ApiDeps): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new AppError('port.taken', `the HTTP port ${port} on ${host} is taken: stop what uses it or set http.port (YIJI_HTTP_PORT)`)
    case 'EACCES':
      return new AppError('port.taken', `the HTTP port ${port} on ${host} may not be opened by this user: set http.port (YIJI_HTTP_PORT) to 1024 or more`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new AppError('config.invalid', `http.host (YIJI_HTTP_HOST) is "${host}", which is no address of this machine`)
    default:
      return error
  }
}
