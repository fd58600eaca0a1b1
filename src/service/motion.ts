// A move as the API says it (signed speeds from -1 to 1) -> directions and speeds of PTZCmd. GB/T 28181-2022 A.3.2, A.3.3.
import type { PtzMove } from '../api/index.ts'
import type { PtzAction } from '../sip/index.ts'

type Motion = Extract<PtzAction, { readonly kind: 'move' | 'lens' }>

/** The slowest that still moves is 1: what is asked for is never nothing. */
const speed = (value: number, most: number): number => Math.max(1, Math.round(Math.abs(value) * most))

/** Undefined without a direction, and where both groups are named: one message carries one of them. */
export function motionOf({ pan = 0, tilt = 0, zoom = 0, focus = 0, iris = 0 }: PtzMove): Motion | undefined {
  const turns = pan !== 0 || tilt !== 0 || zoom !== 0
  const isLens = focus !== 0 || iris !== 0
  if (turns === isLens) return undefined
  if (turns) {
    return {
      kind: 'move',
      ...(pan === 0 ? {} : { pan: pan < 0 ? ('left' as const) : ('right' as const), panSpeed: speed(pan, 255) }),
      ...(tilt === 0 ? {} : { tilt: tilt < 0 ? ('down' as const) : ('up' as const), tiltSpeed: speed(tilt, 255) }),
      ...(zoom === 0 ? {} : { zoom: zoom < 0 ? ('out' as const) : ('in' as const), zoomSpeed: speed(zoom, 15) }),
    }
  }
  return {
    kind: 'lens',
    ...(focus === 0 ? {} : { focus: focus < 0 ? ('near' as const) : ('far' as const), focusSpeed: speed(focus, 255) }),
    ...(iris === 0 ? {} : { iris: iris < 0 ? ('close' as const) : ('open' as const), irisSpeed: speed(iris, 255) }),
  }
}
