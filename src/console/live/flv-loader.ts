// Brings the FLV stream to mpegts.js by our own fetch, so that a refusal keeps its problem details: the library's own loader drops them.
import mpegts from 'mpegts.js'
import type { Problem } from '../../api/schema/index.ts'
import { asProblem, RequestProblem, send } from '../client/http.ts'

export interface LoaderEvents {
  readonly onRefused: (problem: Problem) => void
  readonly onBytes: (count: number) => void
}

/** A loader class for one player: mpegts.js makes the object itself and knows only these methods. */
export function loaderFor(path: string, events: LoaderEvents): new () => mpegts.BaseLoader {
  return class FlvLoader extends mpegts.BaseLoader {
    readonly #abort = new AbortController()

    constructor() {
      super('yiji-flv-loader')
      this._needStash = true
    }

    override open(): void {
      this._status = mpegts.LoaderStatus.kConnecting
      void this.#run().catch((error: unknown) => {
        if (this.#abort.signal.aborted) return
        this._status = mpegts.LoaderStatus.kError
        if (error instanceof RequestProblem) events.onRefused(error.problem)
        else this.onComplete(0, 0)
      })
    }

    override abort(): void {
      this._status = mpegts.LoaderStatus.kComplete
      this.#abort.abort()
    }

    override destroy(): void {
      this.abort()
      super.destroy()
    }

    async #run(): Promise<void> {
      const response = await send('GET', path, { signal: this.#abort.signal })
      const reader = response.body?.getReader()
      if (!reader) throw new RequestProblem(asProblem(new Error('no body')))
      let received = 0
      this._status = mpegts.LoaderStatus.kBuffering
      for (;;) {
        const { done, value } = await reader.read()
        if (this.#abort.signal.aborted) return
        if (done) break
        const start = received
        received += value.byteLength
        events.onBytes(value.byteLength)
        this.onDataArrival(value.buffer, start, received)
      }
      this._status = mpegts.LoaderStatus.kComplete
      this.onComplete(0, received)
    }
  }
}
