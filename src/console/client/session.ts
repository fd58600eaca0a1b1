// Who is logged in. Kept in memory only; the cookie itself is out of the page's reach.
import { computed, readonly, ref } from 'vue'
import type { Action, Session } from '../../api/schema/index.ts'
import * as api from './api.ts'
import { comeBack } from './connection.ts'
import { RequestProblem } from './http.ts'

const current = ref<Session>()
export const session = readonly(current)
export const account = computed(() => current.value?.account)

/** The session has ended while somebody is at work: the page stays as it is, and asks for the password over it. */
const expired = ref(false)
export const isExpired = readonly(expired)
export const sessionExpired = (): void => void (expired.value = true)

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
  expired.value = false
  comeBack()
}

/** After one's own password was changed: what the session may do has changed with it. */
export async function refreshSession(): Promise<void> {
  current.value = await api.session()
}

export async function logout(): Promise<void> {
  await api.logout()
  current.value = undefined
}

export function forgetSession(): void {
  current.value = undefined
  expired.value = false
}
