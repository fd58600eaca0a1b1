// Columns of a long table whose rows come and go with scrolling: as wide as they were when it was first drawn, so that nothing moves sideways.
import { nextTick, ref, watch, type Ref, type WatchSource } from 'vue'

export interface ColumnWidths {
  /** Of each column, as a share of the table; empty while the browser finds them. */
  readonly shares: Ref<readonly string[]>
  /** Of the whole table, px: more than its box where there are many columns. */
  readonly wholePx: Ref<number>
}

/** Found anew when `source` changes. */
export function useColumnWidths(table: Ref<HTMLTableElement | undefined>, isLong: () => boolean, source: WatchSource<unknown>): ColumnWidths {
  const shares = ref<readonly string[]>([])
  const wholePx = ref(0)
  watch([source, isLong, table], async () => {
    shares.value = []
    await nextTick()
    const heads = [...(table.value?.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.getBoundingClientRect().width)
    const whole = heads.reduce((sum, width) => sum + width, 0)
    if (!isLong() || whole === 0) return
    wholePx.value = Math.floor(whole)
    shares.value = heads.map((width) => `${((width / whole) * 100).toFixed(3)}%`)
  }, { immediate: true, flush: 'post' })
  return { shares, wholePx }
}
