// What a person chooses of a file: which column is which field, what values mean, and what only a person can know. As the API takes it.
import type { FieldName, ImportChoices } from '../../api/schema/index.ts'
import type { ImportPreview } from '../client/imports.ts'

type Need = ImportPreview['needs'][number]

/** The field of each column as the preview has it, with what was chosen since. */
export function fieldOfColumn(preview: ImportPreview, choices: ImportChoices, column: string): FieldName | '' {
  const chosen = Object.entries(choices.columns ?? {}).find(([, letters]) => letters === column)?.[0]
  if (chosen !== undefined) return chosen as FieldName
  const found = preview.columns.find((each) => each.column === column)?.field
  // Chosen to be elsewhere, or nowhere.
  return found === undefined || choices.columns?.[found] !== undefined ? '' : found
}

/** A column is given a field: the field leaves the column where it was. */
export function setColumn(preview: ImportPreview, choices: ImportChoices, column: string, field: FieldName | ''): ImportChoices {
  const before = fieldOfColumn(preview, choices, column)
  const columns: Partial<Record<FieldName, string>> = { ...choices.columns }
  if (before !== '') columns[before] = ''
  if (field !== '') columns[field] = column
  return { ...choices, columns }
}

/** `undefined`: as it is; '': nothing. */
export function setCode(choices: ImportChoices, field: FieldName, value: string, code: string | undefined): ImportChoices {
  const own = Object.fromEntries(Object.entries(choices.codes?.[field] ?? {}).filter(([each]) => each !== value))
  return { ...choices, codes: { ...choices.codes, [field]: code === undefined ? own : { ...own, [value]: code } } }
}

export function answerNeed(choices: ImportChoices, need: Need, value: string): ImportChoices {
  switch (need.choice) {
    case 'column':
      return need.field === undefined ? choices : { ...choices, columns: { ...choices.columns, [need.field]: value } }
    case 'sheet':
      return { ...choices, sheet: value }
    case 'networkingOne':
      return { ...choices, networkingOne: value as NonNullable<ImportChoices['networkingOne']> }
    case 'manufacturerTable':
      return { ...choices, manufacturerTable: value as NonNullable<ImportChoices['manufacturerTable']> }
  }
}

export function answerOf(choices: ImportChoices, need: Need): string | undefined {
  if (need.choice === 'column') return need.field === undefined ? undefined : choices.columns?.[need.field]
  return choices[need.choice]
}
