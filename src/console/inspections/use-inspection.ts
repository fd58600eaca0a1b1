// One inspection, kept up to date by its event stream while it runs.
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { InspectionDetail, InspectionEvent } from '../../api/schema/index.ts'
import * as api from '../client/api.ts'
import { useInterval, useLoaded, type Loaded } from '../client/use-loaded.ts'
import { applyEvent, progressOf, rejoin, type Progress } from './progress.ts'

export interface LiveInspection extends Pick<Loaded<InspectionDetail>, 'problem' | 'isLoading' | 'reload'> {
  readonly detail: Loaded<InspectionDetail>['value']
  readonly progress: ShallowRef<Progress | undefined>
  /** Running or paused: its report is not there yet, and it can be stopped. */
  readonly isUnderWay: ComputedRef<boolean>
  /** The event stream is broken; the browser is making it again. */
  readonly isLost: Ref<boolean>
}

const countEveryMs = 3_000
const types: readonly InspectionEvent['type'][] = ['started', 'check-started', 'attempt', 'check-done', 'progress', 'finished']

export function useInspection(id: () => string): LiveInspection {
  const { value: detail, problem, isLoading, reload } = useLoaded((signal) => api.inspectionHead(id(), signal), id)
  // The counts of one that is read by page are the service's.
  useInterval(() => detail.value?.isPaged === true && isUnderWay.value && !isLoading.value && void reload(), countEveryMs)
  const progress = shallowRef<Progress>()
  const isLost = ref(false)
  const isUnderWay = computed(() => progress.value?.state === 'running' || progress.value?.state === 'paused')
  let source: EventSource | undefined
  let heard = ''

  const hush = (): void => {
    source?.close()
    source = undefined
    isLost.value = false
  }
  const hear = (): void => {
    source = new EventSource(api.eventsUrl(id()))
    source.onopen = () => {
      // Of a large inspection the stream does not tell again what was missed meanwhile.
      if (isLost.value) void reload()
      isLost.value = false
    }
    source.onerror = () => {
      isLost.value = true
      // The browser gives up on a refusal; asking for the page's data says why.
      if (source?.readyState === EventSource.CLOSED) void reload()
    }
    for (const type of types) source.addEventListener(type, (message: MessageEvent<string>) => take(JSON.parse(message.data) as InspectionEvent))
  }
  const take = (event: InspectionEvent): void => {
    if (!progress.value) return
    progress.value = applyEvent(progress.value, event)
    if (event.type !== 'finished') return
    hush()
    void reload()
  }

  watch(detail, (read) => {
    if (!read) return
    const fresh = progressOf(read)
    progress.value = progress.value && heard === read.id ? rejoin(progress.value, fresh) : fresh
    if (heard !== read.id) hush()
    heard = read.id
    if ((read.state === 'running' || read.state === 'paused') && (!source || source.readyState === EventSource.CLOSED)) hear()
  })
  onScopeDispose(hush)
  return { detail, problem, isLoading, reload, progress, isUnderWay, isLost }
}
