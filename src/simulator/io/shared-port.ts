// Sockets that many simulated devices share: ten thousand of them need no ten thousand sockets. What arrives goes to the device that it names.
import { header, parseNameAddr, parseUri, type SipRequest, type TransactionUser } from '../../sip/index.ts'
import { attempt } from '../recording/attempt.ts'
import { openPort, type Port, type PortOptions } from './port.ts'

/** Ours: one socket's receive buffer holds the answers to this many keepalives at once. Measured with 5,000 devices: sockets of their own cost 70 MB and half as much time again. */
const devicesPerSocket = 1_000
const receiveBufferBytes = 4 * 1024 * 1024

export interface SharedPorts {
  /** A place on a socket; `ids` are the device's own and its channels'. */
  readonly join: (ids: readonly string[], user: TransactionUser) => Promise<Port>
  readonly close: () => Promise<void>
}

interface Shared {
  readonly port: Port
  readonly users: Map<string, TransactionUser>
  devices: number
}

export function createSharedPorts(options: Omit<PortOptions, 'transport' | 'habits' | 'user' | 'receiveBufferBytes'>): SharedPorts {
  const opened: Shared[] = []

  const open = async (): Promise<Shared> => {
    const users = new Map<string, TransactionUser>()
    const userOf = (request: SipRequest): TransactionUser | undefined => {
      const uri = attempt(() => parseUri(request.uri).user) ?? ''
      return users.get(uri) ?? users.get(attempt(() => parseUri(parseNameAddr(header(request, 'To') ?? '').uri).user) ?? '')
    }
    const user: TransactionUser = {
      onRequest: (transaction) => {
        const found = userOf(transaction.request)
        if (found) found.onRequest(transaction)
        else transaction.respond({ status: 404 })
      },
      onAck: (ack, source) => userOf(ack)?.onAck(ack, source),
      onConnectionLost: () => {},
    }
    const port = await openPort({ ...options, transport: 'udp', habits: new Set(), user, receiveBufferBytes })
    const made: Shared = { port, users, devices: 0 }
    opened.push(made)
    return made
  }
  return {
    join: async (ids, user) => {
      const last = opened.at(-1)
      const shared = last && last.devices < devicesPerSocket ? last : await open()
      shared.devices++
      for (const id of ids) shared.users.set(id, user)
      return {
        ...shared.port,
        close: async () => {
          for (const id of ids) shared.users.delete(id)
        },
      }
    },
    close: async () => {
      await Promise.all(opened.map(({ port }) => port.close()))
    },
  }
}
