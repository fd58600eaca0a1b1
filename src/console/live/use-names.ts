// Names of the cameras on a page, each asked for once; presence comes with them and grows old with them.
import { ref, watch, type Ref } from 'vue'
import { nameOf } from '../cameras/camera.ts'
import * as api from '../client/api.ts'

const atOnce = 4

/** By code; a code without a record, or outside one's area, stays itself. */
export function useNames(codes: () => readonly string[]): Ref<ReadonlyMap<string, string>> {
  const names = ref<ReadonlyMap<string, string>>(new Map())
  const asked = new Set<string>()
  const ask = async (code: string): Promise<void> => {
    try {
      const name = nameOf(await api.camera(code))
      if (name !== '') names.value = new Map(names.value).set(code, name)
    } catch {
      asked.delete(code)
    }
  }
  watch(codes, async (wanted) => {
    const missing = wanted.filter((code) => code !== '' && !asked.has(code))
    for (const code of missing) asked.add(code)
    for (let at = 0; at < missing.length; at += atOnce) await Promise.all(missing.slice(at, at + atOnce).map(ask))
  }, { immediate: true, deep: true })
  return names
}
