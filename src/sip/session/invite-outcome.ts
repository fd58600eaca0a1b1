// How an INVITE of ours was answered, and how a session came to its end.
export type InviteOutcome =
  | {
      readonly ok: true
      /** What the camera's RTP should carry. */
      readonly ssrc: number
      /** Where it says it sends from; over `tcp-active` where we are to connect. */
      readonly remote?: { readonly host: string; readonly port: number }
      /** Who answered: its User-Agent or Server header, else its address. */
      readonly hop: string
      /** By its rtpmap: PS, H264, … `isPrivate`: a vendor's own stream, which we cannot read. */
      readonly encoding?: string
      readonly isPrivate?: boolean
      /** Bytes of a download, where the answer says so. */
      readonly fileSize?: number
      /** The `f=` line as written. */
      readonly f?: string
      /** What is odd about the answer, in words. */
      readonly notes: readonly string[]
    }
  | {
      readonly ok: false
      readonly reason: 'not-registered' | 'offline' | 'refused' | 'no-answer' | 'stopped'
      readonly sipStatus?: number
      /** Who refused: its User-Agent or Server header, else its address. */
      readonly hop?: string
      readonly detail: string
    }

/**
 * How a confirmed session came to its end without us: the camera sent BYE, the recording is over, its media stopped, the camera no
 * longer knew the session, or a newer session of ours took its place.
 */
export type InviteEnd = 'hung-up' | 'finished' | 'media-lost' | 'forgotten' | 'replaced'
export interface End {
  readonly how: InviteEnd
  readonly reason: string
}
