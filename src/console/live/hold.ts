// Turning a camera for as long as something is held: one request at a time, renewed before the service's lease ends, and a stop after the last of them
// whatever happens. Where the service cannot be reached the lease ends by itself, and the camera stops.
import type { PtzMove } from '../../api/schema/index.ts'

/** The camera moves this long unless asked again; and it is asked again this often. */
export const leaseMs = 1_500
const renewMs = 500

export type Direction = 'up' | 'down' | 'left' | 'right' | 'in' | 'out' | 'near' | 'far' | 'open' | 'close'

const axes: Readonly<Record<Direction, { readonly axis: 'pan' | 'tilt' | 'zoom' | 'focus' | 'iris'; readonly sign: 1 | -1 }>> = {
  up: { axis: 'tilt', sign: 1 }, down: { axis: 'tilt', sign: -1 }, left: { axis: 'pan', sign: -1 }, right: { axis: 'pan', sign: 1 }, in: { axis: 'zoom', sign: 1 }, out: { axis: 'zoom', sign: -1 },
  near: { axis: 'focus', sign: -1 }, far: { axis: 'focus', sign: 1 }, open: { axis: 'iris', sign: 1 }, close: { axis: 'iris', sign: -1 },
}
const keys: Readonly<Record<string, Direction>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right', '+': 'in', '=': 'in', '-': 'out', _: 'out', Add: 'in', Subtract: 'out' }
export const directionOf = (key: string): Direction | undefined => keys[key]

/** What is held together as one move; opposite ones undo each other, and then nothing is left. Focus and iris do not go with turning. */
export function moveOf(held: ReadonlySet<Direction>, speed: number): PtzMove | undefined {
  const sums: Partial<Record<'pan' | 'tilt' | 'zoom' | 'focus' | 'iris', number>> = {}
  for (const direction of held) {
    const { axis, sign } = axes[direction]
    sums[axis] = (sums[axis] ?? 0) + sign
  }
  const isLens = [...held].some((each) => axes[each].axis === 'focus' || axes[each].axis === 'iris')
  const entries = Object.entries(sums).filter(([axis, sum]) => sum !== 0 && (axis === 'focus' || axis === 'iris') === isLens)
  return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([axis, sum]) => [axis, Math.sign(sum) * speed]))
}

export interface HoldOptions {
  readonly move: (move: PtzMove) => Promise<unknown>
  readonly stop: () => Promise<unknown>
  readonly onTurning: (isTurning: boolean) => void
  readonly onFailed: (error: unknown) => void
  /** Resolves after so long; injected for tests alone. */
  readonly pause?: (ms: number) => Promise<void>
}

export interface Hold {
  readonly press: (direction: Direction) => void
  readonly release: (direction: Direction) => void
  /** Nothing is held any more: the window lost the keys, or the page is left. */
  readonly releaseAll: () => void
  readonly setSpeed: (speed: number) => void
}

export function createHold({ move, stop, onTurning, onFailed, pause = (ms) => new Promise((done) => setTimeout(done, ms)) }: HoldOptions): Hold {
  const held = new Set<Direction>()
  let speed = 0.5
  let isRunning = false
  let wake = (): void => {}

  const run = async (): Promise<void> => {
    if (isRunning) return
    isRunning = true
    onTurning(true)
    let wasAsked = false
    try {
      for (let next = moveOf(held, speed); next; next = moveOf(held, speed)) {
        wasAsked = true
        const woken = new Promise<void>((resolve) => (wake = resolve))
        await move({ ...next, holdMs: leaseMs })
        if (isSame(next, moveOf(held, speed))) await Promise.race([pause(renewMs), woken])
      }
      wasAsked = false
      await stop()
    } catch (error) {
      held.clear()
      onFailed(error)
      // A move may have arrived although its answer was lost.
      if (wasAsked) await stop().catch(() => {})
    } finally {
      isRunning = false
      onTurning(false)
      if (held.size > 0) void run()
    }
  }
  const changed = (): void => {
    wake()
    if (held.size > 0) void run()
  }
  return {
    press: (direction) => {
      if (held.has(direction)) return
      held.add(direction)
      changed()
    },
    release: (direction) => {
      if (held.delete(direction)) changed()
    },
    releaseAll: () => {
      if (held.size === 0) return
      held.clear()
      changed()
    },
    setSpeed: (next) => {
      speed = next
      if (held.size > 0) wake()
    },
  }
}

const isSame = (a: PtzMove, b: PtzMove | undefined): boolean => b !== undefined && JSON.stringify(a) === JSON.stringify(b)
