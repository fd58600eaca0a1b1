// Does the service answer? Said once for the whole page, and taken back when it answers again.
import { readonly, ref } from 'vue'

const lost = ref(false)
const back = ref(0)
export const isLost = readonly(lost)
/** Counts how often the service has come back, or the session was renewed: what failed is asked again then. */
export const returns = readonly(back)

const probeMs = 3_000
let timer: ReturnType<typeof setTimeout> | undefined

/** Told by every request. */
export function answered(): void {
  clearTimeout(timer)
  timer = undefined
  if (!lost.value) return
  lost.value = false
  comeBack()
}

export function unanswered(): void {
  lost.value = true
  // Nothing may be asked by the page itself meanwhile: it looks by itself until it is answered.
  timer ??= setTimeout(probe, probeMs)
}

export const comeBack = (): void => void (back.value += 1)

async function probe(): Promise<void> {
  timer = undefined
  try {
    await fetch('/healthz', { cache: 'no-store' })
    answered()
  } catch {
    unanswered()
  }
}
