// A patrol: the list that is gone through, and the turn it is at. It rests while the page is not looked at.
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { Problem } from '../../api/schema/index.ts'
import { asProblem } from '../client/http.ts'
import { camerasOfGroup, maxPatrol } from './tree.ts'
import type { Patrol } from './wall.ts'

export interface Patrolling {
  readonly list: ShallowRef<readonly string[] | undefined>
  readonly turn: Ref<number>
  readonly isPaused: Ref<boolean>
  readonly isCut: Ref<boolean>
  readonly problem: ShallowRef<Problem | undefined>
}

export function usePatrol(patrol: () => Patrol | undefined): Patrolling {
  const list = shallowRef<readonly string[]>()
  const turn = ref(0)
  const isPaused = ref(false)
  const isCut = ref(false)
  const problem = shallowRef<Problem>()
  let timer: ReturnType<typeof setInterval> | undefined
  let asked = 0

  watch(() => JSON.stringify(patrol()?.of), async () => {
    const own = ++asked
    list.value = problem.value = undefined
    turn.value = 0
    isCut.value = isPaused.value = false
    const of = patrol()?.of
    if (!of) return
    if ('list' in of) return void (list.value = of.list)
    try {
      const found = await camerasOfGroup(of.group)
      if (own !== asked) return
      list.value = found.list
      isCut.value = found.isCut
    } catch (error) {
      if (own === asked) problem.value = asProblem(error)
    }
  }, { immediate: true })
  watch(() => patrol()?.seconds, (seconds) => {
    clearInterval(timer)
    if (seconds === undefined) return
    timer = setInterval(() => {
      if (!isPaused.value && !document.hidden) turn.value++
    }, seconds * 1000)
  }, { immediate: true })
  onScopeDispose(() => clearInterval(timer))
  return { list, turn, isPaused, isCut, problem }
}
export { maxPatrol }
