// Bodies that are bytes: described as such in OpenAPI, sent as they are.
import type { Readable } from 'node:stream'
import { Type } from 'typebox'

export const Binary = Type.Unsafe<Buffer | Readable>({ type: 'string', format: 'binary' })
