// One call of the API by its route. What it takes and answers is typed by the API's own schemas (routes.ts is made from them).
import { request, type Query } from './http.ts'
import type { Routes } from './routes.ts'

/** `:id` and the like in a path. */
type Names<Path> = Path extends `${string}:${infer Rest}` ? (Rest extends `${infer Name}/${infer More}` ? Name | Names<More> : Rest) : never
type Part<Key extends string, T> = T extends undefined ? object : { readonly [K in Key]: T }
type Params<Route> = [Names<Route>] extends [never] ? object : { readonly params: Readonly<Record<Names<Route> & string, string | number>> }
/** Everything in a query may be left out; '' is as good as that. */
type Queried<T> = T extends undefined ? object : { readonly query?: { readonly [K in keyof T]?: T[K] | '' | undefined } }

export type Asked<Route extends keyof Routes> = Params<Route> & Part<'body', Routes[Route]['body']> & Queried<Routes[Route]['query']> & { readonly signal?: AbortSignal | undefined }
export type Answer<Route extends keyof Routes> = Routes[Route]['answer']
export type QueryOf<Route extends keyof Routes> = NonNullable<Routes[Route]['query']>

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
interface Loose {
  readonly params?: Readonly<Record<string, string | number>>
  readonly query?: Query
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** Throws RequestProblem, or the abort of `signal`. */
export function call<Route extends keyof Routes>(route: Route, asked: Asked<Route>): Promise<Answer<Route>> {
  const { params, query, body, signal } = asked as Loose
  const [method, pattern = ''] = route.split(' ')
  const path = pattern.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(String(params?.[name] ?? '')))
  return request(method as Method, path, { ...(query ? { query } : {}), ...(body === undefined ? {} : { body }), ...(signal ? { signal } : {}) })
}
