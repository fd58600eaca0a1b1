// Where a camera is pulled by RTSP instead of invited over GB/T 28181.

export interface CameraSource {
  /** `rtsp://host[:port]/path`, without user name and password. */
  readonly url: string
  readonly username?: string
  readonly password?: string
  /** Tried first. */
  readonly transport: 'udp' | 'tcp'
}

/** A source as it may be shown. */
export type ShownSource = Omit<CameraSource, 'password'> & { readonly hasPassword: boolean }

export interface SourceStore {
  readonly cameraSource: (cameraId: string) => Promise<CameraSource | undefined>
  /** Of a camera that has a record; undefined takes it away. */
  readonly saveCameraSource: (cameraId: string, source: CameraSource | undefined) => Promise<void>
}

export interface Sources {
  /** With its password: for who pulls the camera, and nobody else. */
  readonly sourceOf: (cameraId: string) => Promise<CameraSource | undefined>
  readonly shownSource: (cameraId: string) => Promise<ShownSource | undefined>
  /**
   * A password that is not given stays while address and user name name the same account of the same host; `null` takes it away. Throws AppError
   * `not-found` where the camera has no record.
   */
  readonly setSource: (cameraId: string, source: Omit<CameraSource, 'password'> & { readonly password?: string | null }) => Promise<ShownSource>
  readonly removeSource: (cameraId: string) => Promise<void>
}
