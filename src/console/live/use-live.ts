// One live picture as a component sees it: the player, snapshots where the browser cannot play, and what is asked of the service.
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Problem } from '../../api/schema/index.ts'
import * as api from '../client/api.ts'
import { beijing } from '../ui/format.ts'
import { canPlayLive, openPlayer, type Player, type PlayerState, type Way } from './player.ts'
import { saveBlob, stillOf } from './still.ts'
import { useSnapshots } from './use-snapshots.ts'

export interface LiveWish {
  /** '' is none. */
  readonly camera: string
  readonly stream: 'main' | 'sub'
  readonly codec: 'h264' | undefined
  readonly withSound: boolean
  readonly way: Way
}

export interface LivePicture {
  readonly state: ShallowRef<PlayerState>
  readonly canPlay: boolean
  readonly isSnapshots: ComputedRef<boolean>
  readonly snapshot: { readonly url: Ref<string>; readonly atMs: Ref<number>; readonly problem: Ref<Problem | undefined> }
  readonly hasPicture: ComputedRef<boolean>
  readonly hasSound: Ref<boolean | undefined>
  /** The codec that the browser cannot decode, in words; '' where it can. */
  readonly foreignCodec: ComputedRef<string>
  /** Why there is no picture now, if that is known. */
  readonly problem: ComputedRef<Problem | undefined>
  /** The camera gave no sub stream: its main one is shown instead. */
  readonly isWithoutSub: Ref<boolean>
  readonly retry: () => void
  readonly behind: () => number | undefined
  readonly isCatchingUp: () => boolean
  /** Saves what is shown now; false where there is nothing. */
  readonly save: () => Promise<boolean>
}

/** A camera may have no second stream, and says so in one of these ways. */
const noSub: ReadonlySet<string> = new Set(['refused', 'no-media', 'no-answer', 'no-keyframe'])

export function useLive(video: () => HTMLVideoElement | null, wish: () => LiveWish): LivePicture {
  const canPlay = canPlayLive()
  const state = shallowRef<PlayerState>({ name: 'connecting' })
  const hasSound = ref<boolean>()
  const isWithoutSub = ref(false)
  let player: Player | undefined

  const isSnapshots = computed(() => !canPlay || state.value.name === 'undecodable')
  const snapshot = useSnapshots(() => wish().camera, () => isSnapshots.value && wish().camera !== '')
  const hasPicture = computed(() => (isSnapshots.value ? snapshot.url.value !== '' : state.value.name === 'playing' || state.value.name === 'silent'))
  const problem = computed(() => (isSnapshots.value ? snapshot.problem.value : 'problem' in state.value ? state.value.problem : undefined))
  const foreignCodec = computed(() => (state.value.name !== 'undecodable' ? '' : /^h(ev|vc)1/.test(state.value.codec) ? 'H.265' : state.value.codec))

  const close = (): void => {
    player?.close()
    player = undefined
  }
  const open = (because?: Problem): void => {
    close()
    const element = video()
    const { camera, stream, codec, withSound, way } = wish()
    state.value = { name: 'connecting' }
    hasSound.value = undefined
    if (!element || camera === '' || !canPlay) return
    element.muted = !withSound
    const isSub = stream === 'sub' && !isWithoutSub.value
    player = openPlayer({
      video: element,
      path: api.livePath(camera, { codec, stream: isSub ? 'sub' : 'main', withSound }),
      way,
      because,
      onState: (next) => {
        if (isSub && next.name === 'waiting' && next.problem?.code === 'camera.unreachable' && noSub.has(next.problem.reason ?? '')) {
          isWithoutSub.value = true
          return queueMicrotask(() => open(next.problem))
        }
        state.value = next
      },
      onTracks: (tracks) => void (hasSound.value = tracks.hasSound),
    })
  }
  watch([() => wish().camera, () => wish().stream], () => void (isWithoutSub.value = false), { flush: 'sync' })
  watch([video, () => JSON.stringify(wish())], () => open(), { immediate: true, flush: 'post' })
  onScopeDispose(close)

  return {
    state, canPlay, isSnapshots, snapshot, hasPicture, hasSound, foreignCodec, problem, isWithoutSub,
    retry: () => player?.retryNow(),
    behind: () => (isSnapshots.value ? undefined : player?.behind()),
    isCatchingUp: () => player?.isCatchingUp() ?? false,
    save: async () => {
      const element = video()
      const blob = isSnapshots.value ? snapshot.url.value !== '' && (await fetch(snapshot.url.value).then((response) => response.blob())) : element && (await stillOf(element))
      if (!blob) return false
      saveBlob(blob, `${wish().camera}_${beijing(Date.now()).replace(/\D/g, '')}.jpg`)
      return true
    },
  }
}
