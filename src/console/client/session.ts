// Who is logged in. Kept in memory only; the cookie itself is out of the page's reach.
import { computed, readonly, ref } from 'vue'
import type { Action, Session } from '../../api/schema/index.ts'
import * as api from './api.ts'
import { RequestProblem } from './http.ts'

const current = ref<Session>()
export const session = readonly(current)
export const account = computed(() => current.value?.account)

export const can = (action: Action): boolean => current.value?.can.includes(action) ?? false

/** Asks the server once, when the page was opened; false when nobody is logged in. Throws RequestProblem when it cannot be asked. */
export async function restoreSession(): Promise<boolean> {
  if (current.value) return true
  try {
    current.value = await api.session()
    return true
  } catch (error) {
    if (error instanceof RequestProblem && error.problem.status === 401) return false
    throw error
  }
}

export async function login(name: string, password: string): Promise<void> {
  current.value = await api.login({ name, password, want: 'cookie' })
}

export async function logout(): Promise<void> {
  await api.logout()
  current.value = undefined
}

export const forgetSession = (): void => void (current.value = undefined)
