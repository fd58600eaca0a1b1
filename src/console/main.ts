// The console: one page that the service hands out, talking to the API it came from.
import { createApp } from 'vue'
import App from './App.vue'
import { whenExpired } from './client/http.ts'
import { forgetSession } from './client/session.ts'
import { i18n, lang, setLang } from './i18n/index.ts'
import { router } from './router.ts'
import { followColourScheme } from './ui/elements.ts'

followColourScheme()
setLang(lang())
whenExpired(() => {
  forgetSession()
  const { name, fullPath } = router.currentRoute.value
  if (name !== 'login') void router.replace({ name: 'login', query: { next: fullPath, expired: 'yes' } })
})
createApp(App).use(i18n).use(router).mount('#app')
