// Which checks may start now: so many at once in all, few per device, and no camera twice. Pure.

export interface Place {
  readonly camera: string
  /** The device that carries the camera. */
  readonly device: string
}

/**
 * The waiting that may start beside those that run, in their order; one that must wait for its device does not hold up the next.
 * `elsewhere`: what other inspections have running, which share the devices but not the total.
 */
export function mayStart<T extends Place>(waiting: readonly T[], running: readonly Place[], elsewhere: readonly Place[], limits: { readonly total: number; readonly perDevice: number }): readonly T[] {
  const started: T[] = []
  const busy: Place[] = [...running, ...elsewhere]
  for (const place of waiting) {
    if (running.length + started.length >= limits.total) break
    if (busy.some(({ camera }) => camera === place.camera)) continue
    if (busy.filter(({ device }) => device === place.device).length >= limits.perDevice) continue
    started.push(place)
    busy.push(place)
  }
  return started
}
