// Is what the office keeps in a catalog, and is what is in a catalog meant to be there? 有档无点, and what the networking field says of it.
import type { Camera } from '../types.ts'
import { finding, isKept, isThere, type Platform, type ReconcileContext, type ReconcileRule, type Standing } from './types.ts'

/** The division that a platform's code names: the first eight digits without the pairs of zeros at their end. GB/T 28181-2022 Annex E. */
export const areaOfPlatform = (id: string): string => id.slice(0, 8).replace(/(00)+$/, '')

/** Signalling servers, gateways and the other platforms: 200-209 and 211 of Annex E. A recorder lists its own cameras and is expected to list no others. */
export const isPlatform = (id: string): boolean => /^\d{10}2(0\d|11)/.test(id)

const divisionOf = ({ id, declared }: Camera): string => declared.area ?? id.slice(0, 6)

/** Platforms that should list a camera of this division, the nearest first. */
export const expectedOf = (division: string, platforms: readonly Platform[]): readonly Platform[] =>
  platforms.filter(({ area }) => area !== '' && division.startsWith(area)).sort((a, b) => b.area.length - a.area.length || (a.id < b.id ? -1 : 1))

/** The device that should list the camera and does not. */
function lackedBy(camera: Camera, { listings }: Standing, { platforms }: ReconcileContext): { readonly id: string; readonly how: 'no-longer' | 'never' } | undefined {
  if (listings.some(({ missingSinceMs }) => missingSinceMs === undefined)) return undefined
  const [missing] = listings
  if (missing) return { id: missing.deviceId, how: 'no-longer' }
  if (camera.reported) return { id: camera.reported.deviceId, how: 'no-longer' }
  const [platform] = expectedOf(divisionOf(camera), platforms)
  return platform && { id: platform.id, how: 'never' }
}

/** Only where a complete catalog says so, and which: an incomplete one lacks whatever did not arrive. Not of what is removed, not connected, or reached otherwise. */
export const checkAbsent: ReconcileRule = (camera, standing, context) => {
  const { status, networking } = camera.declared
  if (!isKept(camera) || standing.isDevice || standing.isPulled || status === '3' || networking === 'not-networked') return []
  const lacking = lackedBy(camera, standing, context)
  if (!lacking) return []
  const [zh, en] =
    lacking.how === 'never'
      ? [`有档无点：平台${lacking.id}的完整目录中没有该设备`, `the complete catalog of platform ${lacking.id} does not have it`]
      : [`有档无点：${lacking.id}的目录中曾有该设备，现已没有`, `the catalog of ${lacking.id} had it and has it no longer`]
  return [finding('record', 'catalog.absent', 'warning', zh, en, { device: lacking.id })]
}

/** 联网属性 has no element in a catalog; being listed and there is what shows it. */
export const checkNetworking: ReconcileRule = (camera, { listings }) => {
  if (!isKept(camera) || camera.declared.networking !== 'not-networked' || !isThere(camera)) return []
  const listing = listings.find(({ missingSinceMs }) => missingSinceMs === undefined)
  if (!listing) return []
  return [finding('networking', 'catalog.networked', 'warning', `登记为未联网，但${listing.deviceId}的目录中有该设备且在线`, `declared as not networked, but the catalog of ${listing.deviceId} has it, online`, { device: listing.deviceId })]
}
