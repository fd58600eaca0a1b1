// Streams of one camera by name: the main one under the camera's record code, the sub stream under `code/1`.
import type { StreamKey, StreamName } from './types.ts'

/** What a device is asked for, by number: 0 main, 1 sub. */
const sub = '/1'

export const streamKey = (camera: string, stream: StreamName = 'main'): StreamKey => (stream === 'sub' ? `${camera}${sub}` : camera)

export function parseStreamKey(key: StreamKey): { readonly camera: string; readonly stream: StreamName } {
  return key.endsWith(sub) ? { camera: key.slice(0, -sub.length), stream: 'sub' } : { camera: key, stream: 'main' }
}
