// What carries a camera: the device that registers, and the recorder or platform that its catalog hangs the camera under. Told by the type in an
// id, digits 11 to 13. GB/T 28181-2022 Annex E.1 (table E.3).
import type { Carrier } from '../inspect/index.ts'
import type { Registry } from '../registry/index.ts'

/** 111 DVR, 112 video server, 113 encoder, 118 NVR, 130 HVR. */
const recorders: ReadonlySet<string> = new Set(['111', '112', '113', '118', '130'])
const kindById = (id: string): Carrier['kind'] => {
  const type = id.slice(10, 13)
  if (recorders.has(type)) return 'recorder'
  return /^2\d\d$/.test(type) ? 'platform' : 'device'
}
/** Interop: recorders register under the type of a camera, too: what lists several cameras is no camera. */
const fewCameras = 1

export function carriersOver(registry: Pick<Registry, 'deviceOfChannel' | 'device' | 'camera'>): (camera: string) => Promise<readonly Carrier[]> {
  return async (camera) => {
    const id = await registry.deviceOfChannel(camera)
    if (id === undefined) return []
    const byId = kindById(id)
    const kind = byId === 'device' && ((await registry.device(id))?.channelCount ?? 0) > fewCameras ? 'recorder' : byId
    const parent = kind === 'platform' ? parentOf((await registry.camera(camera))?.reported?.raw['ParentID']) : undefined
    const behind: readonly Carrier[] = parent !== undefined && parent !== id && kindById(parent) !== 'device' ? [{ id: parent, kind: kindById(parent) }] : []
    return [{ id, kind }, ...behind]
  }
}

/** Several parents are joined by `/` (Q45); the last is the nearest. A group (215, 216) carries nothing. */
function parentOf(text: string | undefined): string | undefined {
  return text?.split('/').findLast((id) => /^\d{20}$/.test(id) && !/^21[56]$/.test(id.slice(10, 13)))
}
