// What is dragged onto a view: a camera from a list or the map, or another view.

const type = 'application/x-yiji-view'
export type Dragged = { readonly camera: string } | { readonly from: number }

export function drag(event: DragEvent, what: Dragged): void {
  event.dataTransfer?.setData(type, JSON.stringify(what))
  if ('camera' in what) event.dataTransfer?.setData('text/plain', what.camera)
  if (event.dataTransfer) event.dataTransfer.effectAllowed = 'copyMove'
}

export const isDragged = (event: DragEvent): boolean => event.dataTransfer?.types.includes(type) ?? false

export function dropped(event: DragEvent): Dragged | undefined {
  try {
    const value: unknown = JSON.parse(event.dataTransfer?.getData(type) ?? '')
    if (typeof value !== 'object' || value === null) return undefined
    if ('camera' in value && typeof value.camera === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value.camera)) return { camera: value.camera }
    return 'from' in value && Number.isInteger(value.from) ? { from: Number(value.from) } : undefined
  } catch {
    return undefined
  }
}
