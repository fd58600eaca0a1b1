// What somebody set up for themselves in the console: saved filters, columns, layouts of the wall. Kept by the account, so that it is there on another machine too.
import type { Setting as KeptSetting } from '../accounts/index.ts'
import type { App } from './app.ts'
import { sessionOf } from './auth.ts'
import type { ApiDeps } from './deps.ts'
import { Setting, SettingChange, SettingList, SettingParams } from './schema/index.ts'

/** Only what `SettingChange` let in was ever written. */
const view = (setting: KeptSetting): Setting => setting as Setting

export function settingRoutes(app: App, { accounts }: ApiDeps): void {
  app.get(
    '/session/settings',
    { schema: { tags: ['session'], summary: 'What one set up for oneself in the console', response: { 200: SettingList } }, config: { allow: 'session' } },
    async (request) => ({ items: (await accounts.settings.list(sessionOf(request).account.name)).map(view) }),
  )

  app.put(
    '/session/settings/:key',
    { schema: { tags: ['session'], summary: 'Keep saved filters, columns, or layouts of the wall', params: SettingParams, body: SettingChange, response: { 200: Setting } }, config: { allow: 'session', audit: 'session.setting' } },
    async (request) => {
      const { account } = sessionOf(request)
      const { value, version } = request.body
      request.audited = { subject: account.name, detail: request.params.key }
      return view(await accounts.settings.save(account.name, request.params.key, value, version))
    },
  )
}
