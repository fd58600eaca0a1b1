// A request as it may be recorded: credentials overwritten, every byte else in its place.

const secret = /^(?:proxy-)?authorization[ \t]*:[ \t]*(.*)$/gim

/** The same bytes where the message holds no credentials; else a copy of equal length with `x` for them. A replay needs them not. */
export function redacted(message: Buffer): Buffer {
  const text = message.toString('latin1')
  const hidden = text.replace(secret, (line, value: string) => line.slice(0, line.length - value.length) + value.replace(/[^\r]/g, 'x'))
  return hidden === text ? message : Buffer.from(hidden, 'latin1')
}
