import { Type } from 'typebox'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { CameraPage } from '../src/api/schema/index.ts'
import { currentRoutes, routesPath, typeOf } from './make-console-routes.ts'

t.test('the console knows the routes as the API has them', async (t) => {
  t.equal(readFileSync(routesPath, 'utf8'), await currentRoutes(), 'run: node scripts/make-console-routes.ts')
})

t.test('schemas by name, and written out where they have none', async (t) => {
  t.equal(typeOf(CameraPage), 'Static<typeof api.CameraPage>')
  t.equal(typeOf(Type.Object({ items: Type.Array(CameraPage), n: Type.Optional(Type.Integer()) })), '{ readonly items: readonly (Static<typeof api.CameraPage>)[]; readonly n?: number }')
  t.equal(typeOf(Type.Union([Type.Literal('a'), Type.Null()])), '"a" | null')
})
