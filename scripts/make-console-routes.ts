// The routes of the API as types for the console: what each takes and answers, by the names of the schemas that the API itself validates with.
// Writes src/console/client/routes.ts; a test fails when it is older than the API.
import type { RouteOptions } from 'fastify'
import { writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import * as schemas from '../src/api/schema/index.ts'
import { house, v1 } from '../src/api/test/house.ts'

type Schema = Readonly<Record<string, unknown>>

/** A schema is known by what it says: the framework hands out copies. One without a name is written out. */
const textOf = (schema: unknown): string => JSON.stringify(schema)
const names = new Map(Object.entries(schemas).filter(([, value]) => typeof value === 'object').toReversed().map(([name, value]) => [textOf(value), name]))

export function typeOf(schema: unknown): string {
  const name = names.get(textOf(schema))
  if (name !== undefined) return `Static<typeof api.${name}>`
  if (typeof schema !== 'object' || schema === null) return 'unknown'
  const { type, properties, required = [], items, anyOf, enum: values, const: only } = schema as { type?: string; properties?: Schema; required?: readonly string[]; items?: unknown; anyOf?: readonly unknown[]; enum?: readonly unknown[]; const?: unknown }
  if (only !== undefined) return JSON.stringify(only)
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ')
  if (anyOf) return anyOf.map(typeOf).join(' | ')
  if (type === 'array') return `readonly (${typeOf(items)})[]`
  if (properties) return `{ ${Object.entries(properties).map(([key, value]) => `readonly ${key}${required.includes(key) ? '' : '?'}: ${typeOf(value)}`).join('; ')} }`
  return { string: 'string', integer: 'number', number: 'number', boolean: 'boolean', null: 'null' }[type ?? ''] ?? 'unknown'
}

/** Files, pictures and streams are no JSON: the browser fetches them by address. */
const isJson = (schema: unknown): boolean => typeof schema === 'object' && schema !== null && !('content' in schema)

export function routesFile(routes: readonly RouteOptions[]): string {
  const lines = routes.flatMap(({ method, url, schema }) => {
    if (schema === undefined || schema.hide === true) return []
    const answers = Object.entries(schema.response as Schema).filter(([status]) => status.startsWith('2'))
    if (answers.length === 0 || !answers.every(([, answer]) => isJson(answer)) || (schema.consumes as readonly string[] | undefined)?.includes('multipart/form-data')) return []
    const answer = [...new Set(answers.map(([status, each]) => (status === '204' ? 'undefined' : typeOf(each))))].join(' | ')
    const part = (key: 'querystring' | 'body') => (schema[key] === undefined ? 'undefined' : typeOf(schema[key]))
    return [`  '${String(method)} ${url.replace(v1, '')}': { readonly query: ${part('querystring')}; readonly body: ${part('body')}; readonly answer: ${answer} }`]
  })
  return `// Made by scripts/make-console-routes.ts from the routes of the API: what each takes and answers. Not to be edited.
import type { Static } from 'typebox'
import type * as api from '../../api/schema/index.ts'

export interface Routes {
${lines.sort().join('\n')}
}
`
}

export const routesPath = new URL('../src/console/client/routes.ts', import.meta.url)

export async function currentRoutes(): Promise<string> {
  const ends: (() => unknown)[] = []
  // The house of the API's tests: every route over a real store.
  const { app } = await house({ teardown: (end: () => unknown) => void ends.push(end) } as Pick<Test, 'teardown'> as Test)
  await app.ready()
  const text = routesFile(app.routesWithRights.filter(({ url }) => url.startsWith(v1)))
  for (const end of ends.reverse()) await end()
  return text
}

if (import.meta.main) writeFileSync(routesPath, await currentRoutes())
