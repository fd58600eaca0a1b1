// Sources of cameras: kept with their passwords, shown without.
import { AppError } from '../base/index.ts'
import type { CameraSource, ShownSource, Sources, SourceStore } from './source-types.ts'
import type { RegistryStore } from './types.ts'

export function createSources(store: SourceStore & Pick<RegistryStore, 'camera'>, gear: <T>(task: () => Promise<T>) => Promise<T>): Sources {
  const known = async (cameraId: string): Promise<void> => {
    if (!(await store.camera(cameraId))) throw new AppError('not-found', `there is no record of camera ${cameraId}`)
  }
  return {
    sourceOf: store.cameraSource,
    shownSource: async (cameraId) => {
      const source = await store.cameraSource(cameraId)
      return source && shown(source)
    },
    setSource: (cameraId, { password, ...rest }) =>
      gear(async () => {
        await known(cameraId)
        const before = await store.cameraSource(cameraId)
        // A password is never sent to a host that it was not given for.
        const kept = password === undefined && before && isSameAccount(before, rest) ? before.password : (password ?? undefined)
        const source: CameraSource = { ...rest, ...(kept !== undefined && { password: kept }) }
        await store.saveCameraSource(cameraId, source)
        return shown(source)
      }),
    removeSource: (cameraId) =>
      gear(async () => {
        await known(cameraId)
        await store.saveCameraSource(cameraId, undefined)
      }),
  }
}

const shown = ({ password, ...rest }: CameraSource): ShownSource => ({ ...rest, hasPassword: password !== undefined })

const hostOf = (url: string): string => /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? ''
const isSameAccount = (one: CameraSource, other: Omit<CameraSource, 'password'>): boolean => one.username === other.username && hostOf(one.url) === hostOf(other.url)
