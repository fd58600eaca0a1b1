// A device's end of the wire: transactions over sockets of its own, so that it may send what a strict library would not. One port can carry many devices.
import type { Log, RandomBytes } from '../../base/index.ts'
import { createTransactionLayer, headers, parseMessage, parseVia, withHeader, writeMessage, type Address, type SipMessage, type TransactionUser, type WirelessLayer, type Wire } from '../../sip/index.ts'
import { branchAsSent, roughMessage } from '../device/rough.ts'
import { attempt } from '../recording/attempt.ts'
import { openTcpSocket, openUdpSockets, type SocketOptions } from './port-sockets.ts'

export interface Port {
  readonly layer: Pick<WirelessLayer, 'request' | 'send'>
  readonly local: () => Address
  /** Straight onto the wire, past every transaction. */
  readonly raw: (bytes: Buffer) => void
  /** From a fresh socket, whose answers are heard too: the port moves there when `isLasting`. UDP only. */
  readonly moved: (isLasting: boolean) => Promise<void>
  /** Responses of this status no longer leave. */
  readonly muteStatus: (status: number) => void
  readonly close: () => Promise<void>
}

export interface PortOptions extends SocketOptions {
  readonly transport: 'udp' | 'tcp'
  readonly random: RandomBytes
  readonly log: Log
  readonly user: TransactionUser
}

export async function openPort(options: PortOptions): Promise<Port> {
  const { transport, registrar, habits, clock, random, log } = options
  const target: Address = { transport, ...registrar }
  const muted = new Set<number>(habits.has('no-trying') ? [100] : [])
  /** Branches as they are on the wire without cookie, back to what the layer knows. */
  const sentBranches = new Map<string, string>()
  let isClosed = false
  /** A first connection may fail before there is anybody to tell. */
  let isReady = false

  const receive = (bytes: Buffer): void => {
    if (isClosed || !isReady) return
    layer.receive(habits.has('via-without-cookie') ? withKnownBranch(bytes, sentBranches) : bytes, target, line.local(), clock.nowUs())
  }
  const line = await (transport === 'udp' ? openUdpSockets(options, receive) : openTcpSocket(options, receive, () => isReady && layer.connectionLost(target)))
  const wire: Wire = {
    send: (bytes, remote, _mayOpen, failed) => {
      const message = habits.size === 0 ? undefined : attempt(() => parseMessage(bytes))
      if (message?.kind === 'response' && muted.has(message.status)) return
      if (message && habits.has('via-without-cookie')) remember(message, sentBranches)
      const rough = roughMessage(bytes, habits, transport)
      line.send(rough, remote, failed)
      if (message?.kind === 'request' && habits.has('sends-twice')) clock.after(5, () => line.send(rough, remote, failed))
    },
    localOf: () => line.local(),
    localAddress: () => line.local(),
    isConnected: () => transport === 'tcp' && line.isOpen(),
  }
  const layer = createTransactionLayer({ wire, clock, random, log, user: options.user })
  isReady = true
  return {
    layer,
    local: line.local,
    raw: (bytes) => line.send(bytes, target, () => {}),
    moved: line.moved,
    muteStatus: (status) => void muted.add(status),
    close: async () => {
      if (isClosed) return
      isClosed = true
      layer.close()
      await line.close()
    },
  }
}

function remember(message: SipMessage, sent: Map<string, string>): void {
  const branch = message.kind === 'request' ? parseVia(headers(message, 'Via')[0] ?? '').branch : undefined
  if (branch !== undefined) sent.set(branchAsSent(branch), branch)
  const [oldest] = sent.keys()
  if (sent.size > 1000 && oldest !== undefined) sent.delete(oldest)
}

function withKnownBranch(bytes: Buffer, sent: ReadonlyMap<string, string>): Buffer {
  const message = attempt(() => parseMessage(bytes))
  if (message?.kind !== 'response') return bytes
  const [via = ''] = headers(message, 'Via')
  const known = sent.get(/branch=([^;,\s]+)/i.exec(via)?.[1] ?? '')
  return known === undefined ? bytes : writeMessage(withHeader(message, 'Via', via.replace(/branch=[^;,\s]+/i, `branch=${known}`)))
}
