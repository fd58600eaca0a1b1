// Holds a session to the source that spoke first. Interop: an SSRC of 0, a camera that restarts with another one (Q95).

export interface SourceLatch {
  /** same: the source we follow; changed: another one, followed from now on; stranger: not to be taken. */
  readonly admit: (ssrc: number, atUs: number) => 'same' | 'changed' | 'stranger'
}

/** Another source is followed when the known one was silent for so long. */
const silenceUs = 1_000_000

export function createSourceLatch(): SourceLatch {
  let known: number | undefined
  let lastUs = 0
  return {
    admit: (ssrc, atUs) => {
      const isChange = known !== undefined && known !== ssrc
      if (isChange && atUs - lastUs < silenceUs) return 'stranger'
      known = ssrc
      lastUs = atUs
      return isChange ? 'changed' : 'same'
    },
  }
}
