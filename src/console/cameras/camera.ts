// Reading a camera's record: what the owner declared, else what its device reported.
import type { Camera, FieldName, Finding } from '../../api/schema/index.ts'

export const valueOf = ({ declared, reported }: Camera, field: FieldName): string => declared[field] ?? reported?.fields[field] ?? ''
export const nameOf = (camera: Camera): string => valueOf(camera, 'name')
export const classOf = (camera: Camera): string => valueOf(camera, 'class')

const count = (camera: Camera, severity: Finding['severity']): number => camera.findings.filter((finding) => finding.severity === severity).length
export const errorsOf = (camera: Camera): number => count(camera, 'error')
export const warningsOf = (camera: Camera): number => count(camera, 'warning')

export interface Side {
  readonly field: FieldName
  readonly declared: string | undefined
  readonly reported: string | undefined
  readonly differs: boolean
}

/** The two columns of a record, in the order of `fields`; those that neither side knows are left out. */
export const sidesOf = ({ declared, reported }: Camera, fields: readonly { readonly name: FieldName }[]): readonly Side[] =>
  fields.flatMap(({ name: field }) => {
    const [own, device] = [declared[field], reported?.fields[field]]
    return own === undefined && device === undefined ? [] : [{ field, declared: own, reported: device, differs: own !== undefined && device !== undefined && own !== device }]
  })
