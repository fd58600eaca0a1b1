// The real writer behind base's Log: pino, one JSON line per entry on stderr, credentials never among the fields.
import { pino } from 'pino'
import { AppError, type Log } from '../base/index.ts'

export function openLog(level: 'debug' | 'info' | 'warn' | 'error' | 'silent'): Log {
  const writer = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: plainly } }, pino.destination({ dest: 2, sync: true }))
  return {
    debug: (fields, message) => writer.debug(fields, message),
    info: (fields, message) => writer.info(fields, message),
    warn: (fields, message) => writer.warn(fields, message),
    error: (fields, message) => writer.error(fields, message),
  }
}

/** An expected refusal needs no stack: its code and sentence say all. */
const plainly = (error: unknown): unknown => (error instanceof AppError ? { code: error.code, message: error.message } : error instanceof Error ? pino.stdSerializers.err(error) : error)
