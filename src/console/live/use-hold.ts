// Turning the chosen camera by keys or buttons: whatever takes the keys away (another window, another page, another camera) stops it.
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Problem } from '../../api/schema/index.ts'
import { asProblem } from '../client/http.ts'
import * as watching from '../client/watching.ts'
import { createHold, directionOf, type Direction, type Hold } from './hold.ts'

export interface Turning {
  readonly isTurning: Ref<boolean>
  readonly problem: ShallowRef<Problem | undefined>
  readonly press: (direction: Direction) => void
  readonly release: (direction: Direction) => void
  readonly releaseAll: () => void
}

/** Where keys mean something else. */
const takesKeys = (target: EventTarget | null): boolean => target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role=slider], .el-dialog, .el-message-box, .el-drawer') !== null

export function useHold(camera: () => string | undefined, speed: () => number, isOn: () => boolean): Turning {
  const isTurning = ref(false)
  const problem = shallowRef<Problem>()
  let hold: Hold | undefined

  watch(camera, (code) => {
    hold?.releaseAll()
    problem.value = undefined
    hold = code === undefined ? undefined : createHold({
      move: (move) => watching.turn(code, move),
      stop: () => watching.stopTurning(code),
      onTurning: (is) => void (isTurning.value = is),
      onFailed: (error) => void (problem.value = asProblem(error)),
    })
    hold?.setSpeed(speed())
  }, { immediate: true })
  watch(speed, (now) => hold?.setSpeed(now))

  const press = (direction: Direction): void => {
    if (!isOn()) return
    problem.value = undefined
    hold?.press(direction)
  }
  const release = (direction: Direction): void => hold?.release(direction)
  const releaseAll = (): void => hold?.releaseAll()

  const down = (event: KeyboardEvent): void => {
    const direction = directionOf(event.key)
    if (!direction || event.ctrlKey || event.metaKey || event.altKey || takesKeys(event.target) || camera() === undefined || !isOn()) return
    event.preventDefault()
    if (!event.repeat) press(direction)
  }
  const up = (event: KeyboardEvent): void => {
    const direction = directionOf(event.key)
    if (direction) release(direction)
  }
  const hidden = (): void => void (document.hidden && releaseAll())
  addEventListener('keydown', down)
  addEventListener('keyup', up)
  addEventListener('blur', releaseAll)
  addEventListener('pagehide', releaseAll)
  document.addEventListener('visibilitychange', hidden)
  onScopeDispose(() => {
    releaseAll()
    removeEventListener('keydown', down)
    removeEventListener('keyup', up)
    removeEventListener('blur', releaseAll)
    removeEventListener('pagehide', releaseAll)
    document.removeEventListener('visibilitychange', hidden)
  })
  return { isTurning, problem, press, release, releaseAll }
}
