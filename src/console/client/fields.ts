// The field table as the service has it: names, codes and order of a record's fields. Asked for once; the page knows no field by itself.
import { computed, shallowRef } from 'vue'
import type { FieldDescription, FieldName, FieldTable } from '../../api/schema/index.ts'
import { lang } from '../i18n/index.ts'
import * as api from './api.ts'

const table = shallowRef<FieldTable>()
let asked: Promise<void> | undefined

/** Asks unless it is known. Throws as a request does; the next call asks again. */
export function loadFields(): Promise<void> {
  asked ??= api.fields().then(
    (loaded) => void (table.value = loaded),
    (error: unknown) => {
      asked = undefined
      throw error
    },
  )
  return asked
}

const byName = computed(() => new Map<string, FieldDescription>(table.value?.items.map((field) => [field.name, field])))

export interface FieldWords {
  /** Field by field in the order that a record is read: group by group. Empty until the table is there. */
  readonly inOrder: () => readonly FieldDescription[]
  readonly table: () => FieldTable | undefined
  readonly field: (name: string) => FieldDescription | undefined
  /** The name in the language of the page. */
  readonly nameOf: (name: string) => string
  /** A value for a reader: codes with their words (`5 普通监控`), several joined by "/". */
  readonly textOf: (name: FieldName, value: string) => string
}

const wordOf = (code: string, word: string | undefined): string => (word === undefined ? code : /^\d+$/.test(code) ? `${code} ${word}` : word)

export function useFields(): FieldWords {
  // Where the table cannot be had, names are shown as they are; the page's own requests say what is wrong.
  void loadFields().catch(() => {})
  return {
    table: () => table.value,
    inOrder: () => table.value?.groups.flatMap(({ name }) => table.value?.items.filter(({ group }) => group === name) ?? []) ?? [],
    field: (name) => byName.value.get(name),
    nameOf: (name) => byName.value.get(name)?.[lang()] ?? name,
    textOf: (name, value) => {
      const codes = byName.value.get(name)?.codes ?? []
      return codes.length === 0 ? value : value.split('/').map((code) => wordOf(code, codes.find((each) => each.code === code)?.[lang()])).join(' / ')
    },
  }
}
