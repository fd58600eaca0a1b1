// The main loop's side of two sockets that live in a thread: what is asked of them goes as an order, what they tell comes as news.
import type { DatagramHead } from './datagram-ring.ts'
import type { UdpNews, UdpOrder } from './udp-orders.ts'
import type { UdpListener, UdpPair } from './udp-pair.ts'

export interface ThreadPair {
  readonly id: number
  readonly host: string
  /** As it is bound; as it was asked for before. */
  readonly port: () => number
  readonly receive: (head: DatagramHead, bytes: Buffer, isControl: boolean, atUs: number) => void
  readonly hear: (news: Exclude<UdpNews, { readonly type: 'wake' }>) => void
  /** Wanted no more, or only for who still sends. */
  readonly isClosing: () => boolean
  /** Somebody waits for what it brings, or for its end. */
  readonly isHolding: () => boolean
  /** Resolves with the sockets when they are bound. */
  readonly opened: (thread: { readonly order: (what: UdpOrder) => void; readonly onHold: () => void }) => Promise<UdpPair>
}

export interface ThreadPairOptions {
  readonly id: number
  readonly port: number
  readonly host: string
  readonly listener: UdpListener
}

const addressText = (address: number): string => `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`

export function createThreadPair({ id, port: wanted, host, listener }: ThreadPairOptions): ThreadPair {
  const first = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<void>()
  const controlClosed = Promise.withResolvers<void>()
  let port = wanted
  let hasControl = false
  let isOpen = false
  let [isHolding, isControlClosing, isControlClosed, isClosing] = [true, false, false, false]
  /** Of the last sender, as a number and as text: there is mostly one. */
  let [address, from] = [0, '0.0.0.0']

  const refused = (code: string, message: string): void => {
    isHolding = false
    if (isOpen) listener.onLost?.(message)
    else first.reject(Object.assign(new Error(message), { code }))
  }
  const endControl = (): void => {
    isControlClosed = true
    controlClosed.resolve()
  }
  const over = (): void => {
    isHolding = false
    endControl()
    closed.resolve()
  }
  return {
    id,
    host,
    port: () => port,
    receive: (head, bytes, isControl, atUs) => {
      if (head.address !== address) [address, from] = [head.address, addressText(head.address)]
      const isKept = listener.isKeeping?.() ?? true
      listener.onDatagram(isKept ? Buffer.from(bytes) : bytes, atUs, from, head.port, isControl ? 'control' : 'media')
    },
    hear: (news) => {
      switch (news.type) {
        case 'opened':
          port = news.port
          hasControl = news.hasControl
          isOpen = true
          return first.resolve()
        case 'refused':
          over()
          return refused(news.code, news.message)
        case 'control-closed':
          return endControl()
        case 'closed':
          return over()
        case 'error':
          return listener.onError(new Error(news.message))
        case 'dropped':
          return listener.onDropped?.(news.datagrams)
      }
    },
    isClosing: () => isClosing || isControlClosing,
    isHolding: () => isHolding || (isControlClosing && hasControl && !isControlClosed),
    opened: async ({ order, onHold }) => {
      await first.promise
      return {
        port,
        get hasControl() {
          return hasControl
        },
        send: (end, bytes, to, at) => order({ type: 'send', id, isControl: end === 'control', bytes, port: to, host: at }),
        closeControl: () => {
          if (!isControlClosing) order({ type: 'close-control', id })
          isControlClosing = true
          return hasControl ? controlClosed.promise : Promise.resolve()
        },
        close: () => {
          if (!isClosing) order({ type: 'close', id })
          isClosing = true
          return closed.promise
        },
        unref: () => {
          isHolding = false
          onHold()
        },
      }
    },
  }
}
