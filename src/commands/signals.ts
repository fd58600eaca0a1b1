// Ctrl-C and SIGTERM, once: the first asks for an orderly end, a second one ends the process at once.

export interface StopSignal {
  /** Settles with the signal's name. */
  readonly stopped: Promise<NodeJS.Signals>
  readonly isStopped: () => boolean
  /** Gives the signals back to their defaults. */
  readonly release: () => void
}

export function onStopSignal(): StopSignal {
  let caught = false
  let settle: (signal: NodeJS.Signals) => void = () => {}
  const stopped = new Promise<NodeJS.Signals>((resolve) => (settle = resolve))
  const listener = (signal: NodeJS.Signals): void => {
    if (caught) process.exit(130)
    caught = true
    settle(signal)
  }
  process.on('SIGINT', listener)
  process.on('SIGTERM', listener)
  return {
    stopped,
    isStopped: () => caught,
    release: () => {
      process.off('SIGINT', listener)
      process.off('SIGTERM', listener)
    },
  }
}
