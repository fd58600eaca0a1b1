// What machines ask outside /api/v1: is it alive, and its few counters. Open to all, so they name parts and numbers, never cameras.
import { Type } from 'typebox'
import type { App } from './app.ts'
import type { ApiDeps } from './deps.ts'
import { AppError } from '../base/index.ts'
import { mayThere } from './auth.ts'
import { Health, SystemState } from './schema/index.ts'

/** For those who manage everything: paths and sizes of the machine are nobody's else. */
export function systemStateRoutes(app: App, { system }: ApiDeps): void {
  app.get(
    '/system',
    { schema: { tags: ['system'], summary: 'The process and its machine: lag, memory, disk, ports, versions', response: { 200: SystemState } }, config: { allow: 'users.manage' } },
    async (request) => {
      if (!mayThere(request, 'users.manage', '')) throw new AppError('area.outside', 'the state of the service is for admins of everywhere')
      return system()
    },
  )
}

export function systemRoutes(app: App, { clock, health, relays, signalling, version }: ApiDeps): void {
  const startedUs = clock.nowUs()
  const uptimeMs = (): number => Math.round((clock.nowUs() - startedUs) / 1000)
  const answers = new Map<string, number>()
  app.addHook('onResponse', async (request, reply) => {
    const key = `method="${request.method}",status="${Math.floor(reply.statusCode / 100)}xx"`
    answers.set(key, (answers.get(key) ?? 0) + 1)
  })

  app.get(
    '/healthz',
    { schema: { tags: ['system'], summary: 'Does every part do its work?', security: [], response: { 200: Health, 503: Health } }, config: { allow: 'anyone' } },
    async (_request, reply) => {
      const parts = await health()
      const ok = Object.values(parts).every(Boolean)
      return reply.code(ok ? 200 : 503).header('cache-control', 'no-store').send({ ok, version, uptimeMs: uptimeMs(), parts })
    },
  )

  app.get(
    '/metrics',
    {
      schema: { tags: ['system'], summary: 'Counters in Prometheus text', security: [], response: { 200: { description: 'text', content: { 'text/plain': { schema: Type.String() } } } } },
      config: { allow: 'anyone' },
    },
    async (_request, reply) => {
      const streams = relays.list()
      const viewers = streams.reduce((sum, stream) => sum + stream.viewers, 0)
      const lines = [
        '# TYPE yiji_uptime_seconds gauge',
        `yiji_uptime_seconds ${uptimeMs() / 1000}`,
        '# TYPE yiji_streams gauge',
        `yiji_streams ${streams.length}`,
        '# TYPE yiji_viewers gauge',
        `yiji_viewers ${viewers}`,
        ...signalling().flatMap(({ name, isCounter, value }) => [`# TYPE yiji_${name} ${isCounter ? 'counter' : 'gauge'}`, `yiji_${name} ${value}`]),
        '# TYPE yiji_http_answers_total counter',
        ...[...answers].map(([labels, count]) => `yiji_http_answers_total{${labels}} ${count}`),
      ]
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(`${lines.join('\n')}\n`)
    },
  )
}
