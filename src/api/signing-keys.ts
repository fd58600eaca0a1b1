// The operator's list of keys that other installations sign with. It decides nothing: an opinion signed by a key that is not on it says so.
import type { App } from './app.ts'
import { insistOnArea, sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { Items, SigningKey, SigningKeyBody, SigningKeyParams, SigningKeyRevokeBody } from './schema/index.ts'

export function signingKeyRoutes(app: App, { packages: { keys } }: ApiDeps): void {
  app.get(
    '/signing-keys',
    { schema: { tags: ['reviews'], summary: 'Keys of other installations that the operator has compared, oldest first, with those that were revoked', response: { 200: Items(SigningKey) } }, config: { allow: 'inspections.see' } },
    async () => ({ items: [...(await keys.list())] }),
  )

  app.post(
    '/signing-keys',
    { schema: { tags: ['reviews'], summary: 'Put a key on the list that you have compared with its owner', body: SigningKeyBody, response: { 201: SigningKey } }, config: { allow: 'users.manage', audit: 'key.add' } },
    async (request, reply) => {
      insistOnArea(request, 'users.manage', '')
      const added = await keys.add({ ...request.body, by: sessionOf(request).account.name })
      request.audited = { subject: added.name, detail: `key ${added.id}, ${added.fingerprint}: ${added.note}` }
      return reply.code(201).send(added)
    },
  )

  app.post(
    '/signing-keys/:key/revoke',
    { schema: { tags: ['reviews'], summary: 'It is trusted no longer, with a reason; what it signed says so from now on', params: SigningKeyParams, body: SigningKeyRevokeBody, response: { 200: SigningKey } }, config: { allow: 'users.manage', audit: 'key.revoke' } },
    async (request) => {
      insistOnArea(request, 'users.manage', '')
      const revoked = await keys.revoke({ id: request.params.key, by: sessionOf(request).account.name, reason: request.body.reason })
      request.audited = { subject: revoked.name, detail: `key ${revoked.id}, ${revoked.fingerprint}: ${request.body.reason}` }
      return revoked
    },
  )
}
