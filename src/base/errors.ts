// The two errors that bad input from outside may raise. Anything else that is thrown is a bug.

/** Bytes or text that cannot be what they claim to be. Codecs throw this and nothing else. */
export class ParseError extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'ParseError'
    this.code = code
  }
}

/** The closed list of codes that leave the house: API problem details, command line errors, logs. */
export type ErrorCode =
  | 'config.invalid' // a key's value does not fit; the message names the key
  | 'usage.invalid' // wrong use of a command
  | 'data.locked' // another process holds the data directory
  | 'data.unwritable'
  | 'disk.full'
  | 'backup.invalid' // damaged, no backup, or of a newer version
  | 'port.taken'
  | 'ports.too-few'
  | 'auth.required'
  | 'auth.refused'
  | 'auth.limited'
  | 'auth.change-password' // the password was given by somebody else: another comes first
  | 'area.outside'
  | 'request.invalid'
  | 'not-found'
  | 'conflict'
  | 'camera.invalid'
  | 'camera.unreachable' // not registered, offline, refused, silent: the detail says which
  | 'device.error' // it took the command and answered ERROR
  | 'import.unreadable'
  | 'import.choice-needed' // what the file leaves open must be chosen by a person first
  | 'draw.invalid' // a seed or population that cannot be drawn from
  | 'draw.reason-needed' // another set of that area on that day: drawing again is explained
  | 'inspection.busy'
  | 'scenario.invalid'
  | 'recording.invalid'
  | 'busy'

/** An expected refusal with a stable code; edges map it to an HTTP status or an exit code and print the message alone. */
export class AppError extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string) {
    super(message)
    this.name = 'AppError'
    this.code = code
  }
}
