// One further check of a camera, under the limits of all that runs: it waits until its device has room beside inspections and other re-checks.
import { join } from 'node:path'
import type { Cancel, Clock, Log } from '../../base/index.ts'
import { runCheck, type CheckParts, type RunningCheck } from '../check.ts'
import { openEvidenceFolder } from '../io/evidence-folder.ts'
import { createQueue, type Place } from '../schedule.ts'
import type { Check } from '../types.ts'
import type { CheckAgain } from './needs.ts'

export interface CheckAgainDeps extends Omit<CheckParts, 'evidence'> {
  readonly clock: Clock
  readonly log: Log
  readonly evidenceDir: string
  /** False while the disk is too full to record. */
  readonly hasRoom?: () => boolean
  /** What inspections have running. */
  readonly elsewhere: () => readonly Place[]
  /** A device became free. */
  readonly onFree: () => void
}

/** How long until a busy device is looked at again. Ours: a check takes some ten seconds. */
const busyMs = 2_000

export function createCheckAgain(deps: CheckAgainDeps): { readonly checkAgain: CheckAgain; readonly places: () => readonly Place[] } {
  const { clock } = deps
  const running = new Set<Place>()

  const checkAgain: CheckAgain = ({ inspection, n, recheck, camera, kinds, rules }) => {
    let check: RunningCheck | undefined
    let isCancelled = false
    let cancelWait: Cancel = () => {}
    let wake = (): void => {}
    const pause = (): Promise<void> =>
      new Promise((resolve) => {
        wake = resolve
        cancelWait = clock.after(busyMs, resolve)
      })
    const run = async (): Promise<Check | undefined> => {
      const place: Place = { camera: camera.id, area: camera.area, carriers: await deps.tap.carriersOf(camera.id) }
      while (!isCancelled && createQueue([place]).take([...running], deps.elsewhere(), rules.concurrency).length === 0) await pause()
      if (isCancelled) return undefined
      running.add(place)
      try {
        const evidence = await openEvidenceFolder(join(deps.evidenceDir, inspection), deps.hasRoom)
        if (isCancelled) return undefined
        check = runCheck({ inspection, n, recheck, camera, rules, kinds }, { ...deps, evidence }, () => {})
        return await check.done
      } finally {
        running.delete(place)
        deps.onFree()
      }
    }
    return {
      done: run(),
      cancel: () => {
        isCancelled = true
        cancelWait()
        wake()
        check?.cancel()
      },
    }
  }
  return { checkAgain, places: () => [...running] }
}
