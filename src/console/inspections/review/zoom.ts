// Where a picture stands that is looked at closely. Both sides share it, so that the same place is seen in each.
export interface Zoom {
  readonly scale: number
  /** Of the picture's middle, in parts of the frame. */
  readonly x: number
  readonly y: number
}
export const wholePicture: Zoom = { scale: 1, x: 0, y: 0 }
const most = 8

/** Nothing is ever moved out of the frame. */
function within({ scale, x, y }: Zoom): Zoom {
  const kept = Math.min(most, Math.max(1, scale))
  const room = (kept - 1) / 2
  const clamp = (value: number): number => Math.min(room, Math.max(-room, value)) + 0
  return { scale: kept, x: clamp(x), y: clamp(y) }
}

/** `px`, `py`: what stays where it is, in parts of the frame from its middle (-0.5 to 0.5). */
export function zoomed(zoom: Zoom, factor: number, px = 0, py = 0): Zoom {
  const scale = Math.min(most, Math.max(1, zoom.scale * factor))
  const share = scale / zoom.scale
  return within({ scale, x: px - (px - zoom.x) * share, y: py - (py - zoom.y) * share })
}
export const moved = (zoom: Zoom, dx: number, dy: number): Zoom => within({ ...zoom, x: zoom.x + dx, y: zoom.y + dy })
