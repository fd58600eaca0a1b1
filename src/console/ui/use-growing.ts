// A long table that is drawn bit by bit: what is in sight at once, the rest while the page has nothing else to do. Five hundred rows of fifty nodes each would
// cost a second before the first can be read. Drawing only what is in sight was tried: it starts as fast, but each step of the scroll then costs 22 ms instead of 1.4.
import { computed, onScopeDispose, ref, watch, type ComputedRef, type Ref, type WatchSource } from 'vue'

/** Two screens of rows. Ours. */
const firstRows = 60
const rowsAtOnce = 110
/** A busy page draws on all the same. */
const mostWaitMs = 300

export interface GrowingRows {
  /** So many are drawn, from the first. */
  readonly to: Readonly<Ref<number>>
  /** What is still to come is this high, px: the bar at the side says the truth from the start. */
  readonly below: ComputedRef<number>
  /** Draws as far as this row at once. */
  readonly reveal: (index: number) => void
}

const whenIdle = (work: () => void): (() => void) => {
  if (typeof requestIdleCallback === 'function') {
    const id = requestIdleCallback(work, { timeout: mostWaitMs })
    return () => cancelIdleCallback(id)
  }
  const timer = setTimeout(work, mostWaitMs / 3)
  return () => clearTimeout(timer)
}

/** `rowPx`: every row is as high. It begins anew when `source` changes. */
export function useGrowing(box: Ref<HTMLElement | undefined>, count: () => number, rowPx: number, source: WatchSource<unknown>): GrowingRows {
  const drawn = ref(Math.min(count(), firstRows))
  const to = computed(() => Math.min(count(), drawn.value))
  let cancel = (): void => {}

  const grow = (): void => {
    cancel()
    if (drawn.value < count()) {
      cancel = whenIdle(() => {
        drawn.value = Math.min(count(), drawn.value + rowsAtOnce)
        grow()
      })
    }
  }
  const reveal = (index: number): void => void (index >= drawn.value && (drawn.value = Math.min(count(), index + rowsAtOnce)))
  const look = (): void => void (box.value && reveal(Math.ceil((box.value.scrollTop + box.value.clientHeight) / rowPx)))
  watch(source, () => void (drawn.value = Math.min(count(), firstRows)))
  watch([source, count], grow, { immediate: true, flush: 'post' })
  watch(box, (now, before) => {
    before?.removeEventListener('scroll', look)
    now?.addEventListener('scroll', look, { passive: true })
  }, { immediate: true, flush: 'post' })
  onScopeDispose(() => cancel())
  return { to, below: computed(() => Math.max(0, count() - to.value) * rowPx), reveal }
}
