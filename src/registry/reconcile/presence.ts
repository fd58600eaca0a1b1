// Is it there although it should be gone, or gone although it should be there?
import { beijingDay, finding, isKept, isThere, type ReconcileRule } from './types.ts'

const dayMs = 86_400_000

/** 设备状态 3 is 拆除. Retired records are looked at too: that a retired camera sends pictures is the point. */
export const checkRemoved: ReconcileRule = (camera) => {
  const isRemoved = camera.declared.status === '3'
  if (camera.isDraft || !isThere(camera) || !(camera.isRetired || isRemoved)) return []
  const [zh, en] = camera.isRetired ? ['档案已注销', 'the record is retired'] : ['设备状态登记为拆除', 'declared as removed']
  return [finding('status', 'presence.removed-online', 'warning', `${zh}，但设备在线`, `${en}, but the camera is online`)]
}

/** 设备状态 1 is 在用. Only of what some catalog lists or what registers itself: of the others it is not known whether they are there. */
export const checkOffline: ReconcileRule = (camera, { listings, isDevice, isPulled, goneSinceMs }, { nowMs, offlineDays }) => {
  if (!isKept(camera) || camera.declared.status !== '1' || isThere(camera) || isPulled || goneSinceMs === undefined) return []
  const isHeard = isDevice || listings.some(({ missingSinceMs }) => missingSinceMs === undefined)
  if (!isHeard || nowMs - goneSinceMs < offlineDays * dayMs) return []
  const since = beijingDay(goneSinceMs)
  return [finding('status', 'presence.offline', 'warning', `登记为在用，自${since}起不在线，已超过${offlineDays}天`, `declared as in use, not online since ${since}: more than ${offlineDays} days`)]
}
