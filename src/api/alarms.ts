// Alarms as devices sent them, cut to what the account may see.
import type { App } from './app.ts'
import { areaFor } from './areas.ts'
import type { ApiDeps } from './deps.ts'
import { AlarmListQuery, AlarmPage } from './schema/index.ts'

export function alarmRoutes(app: App, { registry }: ApiDeps): void {
  app.get(
    '/alarms',
    { schema: { tags: ['alarms'], summary: 'Alarms, newest first', querystring: AlarmListQuery, response: { 200: AlarmPage } }, config: { allow: 'alarms.see' } },
    async (request) => {
      const { area, device, channel, from, to, method, type, priority, cursor, limit = 100 } = request.query
      const { items, next } = await registry.alarms({
        area: areaFor(request, area),
        ...(device === undefined ? {} : { deviceId: device }),
        ...(channel === undefined ? {} : { channelId: channel }),
        ...(from === undefined ? {} : { fromMs: from }),
        ...(to === undefined ? {} : { toMs: to }),
        ...(method === undefined ? {} : { method }),
        ...(type === undefined ? {} : { alarmType: type }),
        ...(priority === undefined ? {} : { priority }),
        ...(cursor === undefined ? {} : { before: Number(cursor) }),
        limit,
      })
      return { items, ...(next === undefined ? {} : { next: String(next) }) }
    },
  )
}
