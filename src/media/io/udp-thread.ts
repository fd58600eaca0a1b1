// A thread that receives UDP: opens sockets as it is told, stamps each datagram with its arrival and writes it to the ring. It does nothing else, so that
// nothing that the main loop is busy with delays a time stamp or lets the kernel's buffer run over.
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { createRingWriter, type RingWriter } from './datagram-ring.ts'
import { aheadOfSystem } from './monotonic.ts'
import { socketNumber, type ThreadStart, type UdpNews, type UdpOrder } from './udp-orders.ts'
import { udpPairsHere, type UdpListener, type UdpPair } from './udp-pair.ts'

/** A full ring: the main loop stands still. So long the thread does too, and the kernel keeps what comes; then datagrams are dropped and counted. */
const maxWaitMs = 1_000
const waitStepMs = 10
const tellDroppedMs = 1_000
/** A turn of the loop reads up to 32 datagrams of every socket: of 400 that is a tenth of a second. */
const longTurnUs = 500

interface Pair {
  readonly sockets: UdpPair
  dropped: number
}

/** IPv4, as a number of 32 bits. */
const addressNumber = (text: string): number => text.split('.').reduce((number, part) => (number << 8) | Number(part), 0)

function serve(start: ThreadStart, tell: (news: UdpNews) => void, onOrder: (take: (order: UdpOrder) => void) => void): void {
  const ring: RingWriter = createRingWriter(start.memory)
  const ownUs = (): number => Math.round(performance.now() * 1000)
  const aheadUs = aheadOfSystem(ownUs)
  const nowUs = (): number => ownUs() - aheadUs
  const open = udpPairsHere(nowUs)
  const pairs = new Map<number, Pair>()
  let wakesUs: number | undefined
  let isTelling = false
  /** The ring stayed full for as long as is waited: until there is room again nothing waits. */
  let isHopeless = false

  const wake = (): void => {
    wakesUs = undefined
    if (ring.wakes()) tell({ type: 'wake' })
  }
  /** At the end of this turn of the loop, when all sockets have been read, or before it where that takes long. */
  const wakeSoon = (nowUs: number): void => {
    if (wakesUs === undefined) setImmediate(wake)
    wakesUs ??= nowUs + longTurnUs
    if (nowUs >= wakesUs) wake()
  }
  const wait = (write: () => boolean): boolean => {
    // Who sleeps would never make room.
    if (ring.wakes()) tell({ type: 'wake' })
    for (let waited = 0; !isHopeless && waited < maxWaitMs; waited += waitStepMs) {
      ring.waitForRoom(waitStepMs)
      if (write()) return true
    }
    isHopeless = true
    return false
  }
  const tellDropped = (): void => {
    isTelling = false
    for (const [id, pair] of pairs) {
      if (pair.dropped === 0) continue
      tell({ type: 'dropped', id, datagrams: pair.dropped })
      pair.dropped = 0
    }
  }
  const drop = (id: number): void => {
    const pair = pairs.get(id)
    if (pair) pair.dropped++
    if (!isTelling) setTimeout(tellDropped, tellDroppedMs)
    isTelling = true
  }
  const listen = (id: number): UdpListener => {
    /** Of the last sender: there is mostly one. */
    let [host, address] = ['', 0]
    return {
      onDatagram: (bytes, atUs, from, port, end) => {
        if (from !== host) [host, address] = [from, addressNumber(from)]
        const write = (): boolean => ring.write(socketNumber(id, end === 'control'), atUs, address, port, bytes)
        if (write()) isHopeless = false
        else if (!wait(write)) drop(id)
        if (ring.isAsleep()) wakeSoon(atUs)
        return false
      },
      onError: (error) => tell({ type: 'error', id, message: error.message }),
    }
  }
  const openPair = async (id: number, port: number, host: string): Promise<void> => {
    try {
      const sockets = await open(port, host, listen(id))
      pairs.set(id, { sockets, dropped: 0 })
      tell({ type: 'opened', id, port: sockets.port, hasControl: sockets.hasControl })
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      tell({ type: 'refused', id, code, message: error instanceof Error ? error.message : String(error) })
    }
  }
  onOrder((order) => {
    const pair = pairs.get(order.id)
    switch (order.type) {
      case 'open':
        return void openPair(order.id, order.port, order.host)
      case 'send':
        return pair?.sockets.send(order.isControl ? 'control' : 'media', Buffer.from(order.bytes), order.port, order.host)
      case 'close-control':
        return void pair?.sockets.closeControl().then(() => tell({ type: 'control-closed', id: order.id }))
      case 'close':
        pairs.delete(order.id)
        return void pair?.sockets.close().then(() => tell({ type: 'closed', id: order.id }))
    }
  })
}

if (!isMainThread && parentPort) {
  const port = parentPort
  serve(workerData as ThreadStart, (news) => port.postMessage(news), (take) => port.on('message', take))
}
