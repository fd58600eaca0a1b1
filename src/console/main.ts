// The console: one page that the service hands out, talking to the API it came from.
import { createApp } from 'vue'
import type { RouteComponent } from 'vue-router'
import App from './App.vue'
import { whenExpired } from './client/http.ts'
import { account, forgetSession, sessionExpired } from './client/session.ts'
import { i18n, lang, setLang } from './i18n/index.ts'
import { router } from './router.ts'
import { followColours } from './ui/colours.ts'
import './ui/elements.ts'

followColours()
setLang(lang())
whenExpired(() => {
  // Somebody is at work: the password is asked for over the page, and nothing on it is lost.
  if (account.value) return sessionExpired()
  forgetSession()
  const { name, fullPath } = router.currentRoute.value
  if (name !== 'login') void router.replace({ name: 'login', query: { next: fullPath, expired: 'yes' } })
})
// The page's own part is fetched while the session is asked for, not after it. The router gets the very promise: asked a second time, a part would come before its styles.
for (const { components } of router.resolve(location.pathname + location.search).matched) {
  for (const [name, load] of Object.entries(components ?? {})) {
    if (!components || typeof load !== 'function') continue
    const loading = (load as () => Promise<RouteComponent>)()
    loading.catch(() => void (components[name] = load))
    components[name] = () => loading
  }
}
createApp(App).use(i18n).use(router).mount('#app')
