// Where a thing lies, for the walls between areas; and what is hidden from those who may not see persons' contacts.
import type { FastifyRequest } from 'fastify'
import { isWithin, type Action } from '../accounts/index.ts'
import { AppError } from '../base/index.ts'
import { fieldRow, personalFields, recordArea, type Camera, type CameraQuery, type Fields, type FieldChange, type Registry, type Values } from '../registry/index.ts'
import { mayThere, sessionOf } from './auth.ts'
import type { Camera as CameraView, CameraFilter } from './schema/index.ts'

/** The division of a record: declared, or as reported while nobody has declared it, or its code's. The store searches by the same. */
export const areaOf = ({ id, declared, reported, isDraft }: Camera): string => recordArea(declared.area ?? (isDraft ? reported?.fields.area : undefined), id)

/** The division of a code that may have a record. */
export async function areaOfCode(registry: Registry, code: string): Promise<string> {
  const camera = await registry.camera(code)
  return camera ? areaOf(camera) : recordArea(undefined, code)
}

/**
 * May the account write these fields as the record `code`? Both what the record is and what it would become must lie in the account's area.
 * The code is not tidied yet (wide digits, blanks), so its record is looked for by its digits; without 18 or 20 of them no record comes of it.
 */
export async function mayWrite(request: FastifyRequest, registry: Registry, code: string, fields: Fields): Promise<boolean> {
  if (sessionOf(request).account.area === '') return true
  const id = code.normalize('NFKC').replace(/\D/g, '')
  if (id.length !== 18 && id.length !== 20) return true
  const existing = await registry.camera(id)
  const before = existing ? areaOf(existing) : recordArea(undefined, id)
  const isNew = !existing || existing.isDraft || existing.isRetired
  const named = fields.area?.trim() ?? ''
  const after = named === '' && !isNew ? before : recordArea(named, id)
  return mayThere(request, 'cameras.change', after) && (!existing || mayThere(request, 'cameras.change', before))
}

/** The area a list is to be cut to: what was asked, and never more than the account's own. */
export function areaFor(request: FastifyRequest, asked: string | undefined): string {
  const own = sessionOf(request).account.area
  if (asked === undefined || isWithin(own, asked)) return own
  if (isWithin(asked, own)) return asked
  throw new AppError('area.outside', `"${asked}" is not within your area ${own}`)
}

/** The camera, if there is one and the account may do this to it; else the same 404 for both. */
export async function cameraFor(request: FastifyRequest, registry: Registry, action: Action, id: string): Promise<Camera> {
  const camera = await registry.camera(id)
  if (!camera || !mayThere(request, action, areaOf(camera))) throw new AppError('not-found', `there is no camera ${id}`)
  return camera
}

export function queryOf(request: FastifyRequest, filter: CameraFilter, limit: number, cursor?: string): CameraQuery {
  const { box, area: asked, ...plain } = filter
  const area = areaFor(request, asked)
  return { ...plain, ...(area === '' ? {} : { area }), ...(box === undefined ? {} : { box: boxOf(box) }), ...(cursor === undefined ? {} : { cursor }), limit }
}

export function boxOf(text: string): NonNullable<CameraQuery['box']> {
  const [west = NaN, south = NaN, east = NaN, north = NaN] = text.split(',').map(Number)
  if (!(west <= east && south <= north)) throw new AppError('request.invalid', 'box is west,south,east,north: west before east, south before north')
  return { west, south, east, north }
}

const mask = '***'
const personal = new Set<string>(personalFields)
const personalElements = new Set(personalFields.flatMap((name) => fieldRow(name).element?.toLowerCase() ?? []))
const hide = (fields: Readonly<Record<string, string>>, isHidden: (name: string) => boolean): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, isHidden(name) ? mask : value]))
const masked = (fields: Fields): Fields => hide(fields, (name) => personal.has(name))
/** Elements as the device sent them: in Info or at the top, in any case. */
const isPersonal = (name: string): boolean => personalElements.has(name.toLowerCase()) || personalElements.has(`info.${name.toLowerCase()}`)
/** A catalog of 2011 may tell the password of a device (`Password`): nobody is shown it. */
const isSecret = (name: string): boolean => /pass(word|wd)?$/i.test(name)
const maskedRaw = (raw: Readonly<Record<string, string>>): Readonly<Record<string, string>> => hide(raw, (name) => isSecret(name) || isPersonal(name))
const withoutSecrets = (raw: Readonly<Record<string, string>>): Readonly<Record<string, string>> => hide(raw, isSecret)

/** Channels as this reader may see them, each by where it lies. */
export const maskChannels = <T extends { readonly id: string; readonly raw: Readonly<Record<string, string>> }>(request: FastifyRequest, channels: readonly T[]): readonly T[] =>
  channels.map((channel) => ({ ...channel, raw: mayThere(request, 'contacts.see', channel.id) ? withoutSecrets(channel.raw) : maskedRaw(channel.raw) }))

const maskedVerified = (verified: NonNullable<Camera['verified']>): NonNullable<Camera['verified']> =>
  Object.fromEntries(Object.entries(verified).map(([name, seen]) => [name, personal.has(name) ? { ...seen, value: mask } : seen]))

/** The three values of a person's field, without them. */
export const maskValues = (field: string, values: Values): Values =>
  personal.has(field)
    ? {
        ...(values.declared ? { declared: { ...values.declared, value: mask } } : {}),
        ...(values.reported ? { reported: values.reported.map((each) => ({ ...each, value: mask })) } : {}),
        ...(values.verified ? { verified: { ...values.verified, value: mask } } : {}),
      }
    : values

/** The record as this reader may see it. */
export function maskCamera(request: FastifyRequest, camera: Camera, area = areaOf(camera)): Camera {
  const { reported, verified } = camera
  if (mayThere(request, 'contacts.see', area)) return reported ? { ...camera, reported: { ...reported, raw: withoutSecrets(reported.raw) } } : camera
  return { ...camera, declared: masked(camera.declared), ...(verified ? { verified: maskedVerified(verified) } : {}), ...(reported ? { reported: { ...reported, fields: masked(reported.fields), raw: maskedRaw(reported.raw) } } : {}) }
}

export function maskChanges(changes: readonly FieldChange[]): readonly FieldChange[] {
  return changes.map((change) => (personal.has(change.field) ? { ...change, ...(change.from === undefined ? {} : { from: mask }), ...(change.to === undefined ? {} : { to: mask }) } : change))
}

/** A list carries no raw catalog elements: a page of 500 would be a megabyte of them. */
export function listed(camera: Camera): CameraView {
  if (!camera.reported) return camera as Omit<Camera, 'reported'>
  const { fields, deviceId, atMs } = camera.reported
  return { ...camera, reported: { fields, deviceId, atMs } }
}
