// Brings the FLV stream to mpegts.js over a WebSocket: where something on the way holds back long answers of HTTP, or all of the browser's
// connections to this host are taken by other pictures.
import mpegts from 'mpegts.js'
import type { Problem } from '../../api/schema/index.ts'
import { apiPrefix, asProblem, send } from '../client/http.ts'
import type { LoaderEvents } from './flv-loader.ts'

/** Codes of refusals: 4000 and the status that HTTP would have had; the reason begins with the code of the problem. */
const privateCodes = 4000

/** As `loaderFor`; `path` is that of the stream. */
export function socketLoaderFor(path: string, events: LoaderEvents): new () => mpegts.BaseLoader {
  return class SocketLoader extends mpegts.BaseLoader {
    #socket: WebSocket | undefined

    constructor() {
      super('yiji-socket-loader')
      this._needStash = true
    }

    override open(): void {
      this._status = mpegts.LoaderStatus.kConnecting
      const url = new URL(apiPrefix + path, location.href)
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
      const socket = new WebSocket(url)
      this.#socket = socket
      socket.binaryType = 'arraybuffer'
      let received = 0
      let isOpen = false
      socket.onopen = () => (isOpen = true)
      socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
        this._status = mpegts.LoaderStatus.kBuffering
        const start = received
        received += data.byteLength
        events.onBytes(data.byteLength)
        this.onDataArrival(data, start, received)
      }
      socket.onclose = ({ code, reason }) => {
        if (this.#socket !== socket) return
        if (code > privateCodes) return this.#refuse(problemFrom(code, reason))
        if (isOpen) {
          this._status = mpegts.LoaderStatus.kComplete
          return this.onComplete(0, received)
        }
        // Of a handshake that was refused a browser tells nothing; the addresses of the same camera are refused alike.
        void send('GET', path.replace(/\.flv.*$/, '')).then(
          () => this.#refuse({ type: 'about:blank', title: 'No WebSocket', status: 0, code: 'network' }),
          (error: unknown) => this.#refuse(asProblem(error)),
        )
      }
    }

    override abort(): void {
      this._status = mpegts.LoaderStatus.kComplete
      const socket = this.#socket
      this.#socket = undefined
      socket?.close()
    }

    override destroy(): void {
      this.abort()
      super.destroy()
    }

    #refuse(problem: Problem): void {
      if (!this.#socket) return
      this._status = mpegts.LoaderStatus.kError
      events.onRefused(problem)
    }
  }
}

/** `camera.unreachable refused 486: Busy Here` */
function problemFrom(closeCode: number, text: string): Problem {
  const [, code = 'internal', reason, sipStatus, detail] = /^(\S+?)(?: ([a-z-]+))?(?: (\d{3}))?(?:: (.*))?$/s.exec(text) ?? []
  return { type: 'about:blank', title: 'No stream', status: closeCode - privateCodes, code, ...(reason !== undefined && { reason }), ...(sipStatus !== undefined && { sipStatus: Number(sipStatus) }), ...(detail !== undefined && { detail }) }
}
