// Snapshots of a simulated camera: drawn as JPEG and posted where SnapShotConfig says. GB/T 28181-2022 9.14, A.2.1.24, A.2.5.7.
import { request } from 'node:http'
import sharp from 'sharp'
import { drawScene, type SceneName } from '../picture/scene.ts'
import type { PictureKind } from '../types.ts'

const size = { width: 640, height: 360 } as const
const uploadMs = 5_000

/** The picture that a channel shows, as JPEG. */
export async function snapshotOf(kind: PictureKind): Promise<Buffer> {
  if (kind === 'black') return sharp({ create: { ...size, channels: 3, background: '#000' } }).jpeg().toBuffer()
  const scene: SceneName = kind === 'gate' || kind === 'square' ? kind : kind === 'frozen' ? 'gate' : kind === 'blurred' ? 'square' : 'street'
  const drawn = sharp(Buffer.from(drawScene(scene, size.width, size.height)))
  return (kind === 'blurred' ? drawn.blur(3) : drawn).jpeg().toBuffer()
}

/** The 41 characters of a snapshot: device, `02`, time to the millisecond, number. */
export const snapshotId = (deviceId: string, wallMs: number, n: number): string =>
  `${deviceId}02${new Date(wallMs + 8 * 3_600_000).toISOString().replace(/\D/g, '').slice(0, 17)}${String(n % 100).padStart(2, '0')}`

/** Posts one picture; true when it was taken (any 2xx). */
export function upload(url: string, name: string, jpeg: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    if (!URL.canParse(url) || new URL(url).protocol !== 'http:') return resolve(false)
    const call = request(url, { method: 'POST', timeout: uploadMs, headers: { 'Content-Type': 'image/jpeg', 'Content-Length': jpeg.length, 'Content-Disposition': `attachment; filename="${name}.jpg"` } }, (answer) => {
      answer.resume()
      resolve((answer.statusCode ?? 500) < 300)
    })
    call.on('timeout', () => call.destroy())
    call.on('error', () => resolve(false))
    call.end(jpeg)
  })
}
