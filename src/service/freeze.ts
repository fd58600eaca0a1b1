// A camera's record as an inspection freezes it: the fields that the checks and the draw need, and no personal data.
import type { PopulationMember } from '../inspect/index.ts'
import type { Camera } from '../registry/index.ts'

export function freezeCamera(camera: Camera): PopulationMember {
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
    findings: camera.findings.map(({ field, rule, severity, message }) => ({ field, rule, severity, message })),
  }
}
