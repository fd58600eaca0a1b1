// Reading a camera's record: what the owner declared, else what its device reported.
import type { Camera, FieldName, Finding } from '../../api/schema/index.ts'
import type { FieldValues } from '../client/records.ts'

export const valueOf = ({ declared, reported }: Camera, field: FieldName): string => declared[field] ?? reported?.fields[field] ?? ''
export const nameOf = (camera: Camera): string => valueOf(camera, 'name')
export const classOf = (camera: Camera): string => valueOf(camera, 'class')

const count = (camera: Camera, severity: Finding['severity']): number => camera.findings.filter((finding) => finding.severity === severity).length
export const errorsOf = (camera: Camera): number => count(camera, 'error')
export const warningsOf = (camera: Camera): number => count(camera, 'warning')

const weight: Readonly<Record<Finding['severity'], number>> = { error: 2, warning: 1, info: 0 }
/** The gravest finding at a field. */
export const worstAt = ({ findings }: Camera, field: string): Finding | undefined => findings.filter((finding) => finding.field === field).toSorted((a, b) => weight[b.severity] - weight[a.severity])[0]

export interface Side {
  readonly field: FieldName
  readonly values: FieldValues
  /** Two of the three that are there say something else. */
  readonly differs: boolean
}

/** The three columns of a record, in the order of `fields`; fields that nobody knows are left out. */
export const sidesOf = (all: readonly FieldValues[], fields: readonly { readonly name: FieldName }[]): readonly Side[] =>
  fields.flatMap(({ name: field }) => {
    const values = all.find((each) => each.field === field)
    if (!values || (!values.declared && !values.verified && (values.reported ?? []).length === 0)) return []
    const said = new Set([values.declared?.value, values.verified?.value, ...(values.reported ?? []).map(({ value }) => value)].filter((value) => value !== undefined))
    return [{ field, values, differs: said.size > 1 }]
  })
