// A camera's record as an inspection freezes it: the fields that the checks and the draw need, and no personal data.
import type { PopulationMember } from '../inspect/index.ts'
import { isFieldName, personalFields, type Camera } from '../registry/index.ts'

const personal: ReadonlySet<string> = new Set(personalFields)
/** What a finding says of such a field may quote it. */
const unsaid = { zh: '涉及联系方式，见档案', en: 'about a contact: see the record' }

/** `fields`: further ones that a plan looks at; those of persons are never among them. */
export function freezeCamera(camera: Camera, fields: readonly string[] = []): PopulationMember {
  const { declared } = camera
  return {
    id: camera.id,
    name: declared.name ?? '',
    class: declared.class ?? '',
    area: declared.area ?? '',
    owner: declared.managementUnit ?? '',
    policeUnit: declared.policeUnit ?? '',
    networking: declared.networking ?? '',
    functionType: declared.functionType ?? '',
    longitude: declared.longitude ?? '',
    latitude: declared.latitude ?? '',
    builtBy: declared.builtBy ?? '',
    ...(declared.resolution !== undefined && declared.resolution !== '' && { resolution: declared.resolution }),
    ...(fields.length > 0 && { fields: Object.fromEntries(fields.map((field) => [field, isFieldName(field) && !personal.has(field) ? (declared[field] ?? '') : ''])) }),
    findings: camera.findings.map(({ field, rule, severity, message }) => ({ field, rule, severity, message: personal.has(field) ? unsaid : message })),
  }
}
