// Addresses of the console. Every state worth a link is one, so the back button does what people expect.
import { watch } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import { returns, unanswered } from './client/connection.ts'
import { account, restoreSession } from './client/session.ts'
import { i18n } from './i18n/index.ts'

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (to, from, saved) => saved ?? (to.matched[0] === from.matched[0] ? false : { top: 0 }),
  routes: [
    { path: '/', name: 'home', component: () => import('./home/HomePage.vue'), meta: { title: 'nav.home' } },
    { path: '/login', name: 'login', component: () => import('./login/LoginPage.vue'), meta: { title: 'login.title', isOpen: true } },
    {
      path: '/cameras',
      name: 'cameras',
      component: () => import('./cameras/CamerasPage.vue'),
      meta: { title: 'cameras.title' },
      children: [
        { path: 'new', name: 'camera-new', component: () => import('./cameras/RecordPanel.vue') },
        { path: ':id', name: 'camera', component: () => import('./cameras/CameraPanel.vue'), props: true },
        { path: ':id/edit', name: 'camera-edit', component: () => import('./cameras/RecordPanel.vue'), props: true },
      ],
    },
    { path: '/imports', name: 'imports', component: () => import('./imports/ImportsPage.vue'), meta: { title: 'imports.title' } },
    { path: '/imports/:id', name: 'import', component: () => import('./imports/ImportPage.vue'), props: true, meta: { title: 'imports.title' } },
    {
      path: '/findings',
      name: 'findings',
      component: () => import('./findings/FindingsPage.vue'),
      meta: { title: 'findings.title' },
      children: [{ path: ':n(\\d+)', name: 'finding', component: () => import('./findings/FindingPanel.vue'), props: true }],
    },
    { path: '/map', name: 'map', component: () => import('./map/MapPage.vue'), meta: { title: 'map.title' } },
    { path: '/live', name: 'wall', component: () => import('./live/WallPage.vue'), meta: { title: 'wall.title' } },
    { path: '/live/streams', name: 'streams', component: () => import('./live/StreamsPage.vue'), meta: { title: 'live.streams' } },
    { path: '/playback/:camera', name: 'playback', component: () => import('./playback/PlaybackPage.vue'), props: true, meta: { title: 'playback.title' } },
    { path: '/live/:camera', name: 'live', component: () => import('./live/LivePage.vue'), props: true, meta: { title: 'live.title' } },
    { path: '/inspections', name: 'inspections', component: () => import('./inspections/InspectionsPage.vue'), meta: { title: 'inspections.title' } },
    { path: '/inspections/draws/:id', name: 'draw', component: () => import('./inspections/making/DrawPage.vue'), props: true, meta: { title: 'draws.title' } },
    { path: '/inspections/:id/review', name: 'review', component: () => import('./inspections/review/ReviewPage.vue'), props: true, meta: { title: 'look.bench' } },
    { path: '/inspections/:id/after', name: 'after', component: () => import('./inspections/after/AfterPage.vue'), props: true, meta: { title: 'after.title' } },
    { path: '/reports/district', name: 'district', component: () => import('./inspections/after/DistrictPage.vue'), meta: { title: 'after.district' } },
    {
      path: '/inspections/:id',
      name: 'inspection',
      component: () => import('./inspections/InspectionPage.vue'),
      props: true,
      meta: { title: 'inspections.title' },
      children: [{ path: 'checks/:n(\\d+)', name: 'check', component: () => import('./inspections/CheckPanel.vue') }],
    },
    {
      path: '/devices',
      name: 'devices',
      component: () => import('./devices/DevicesPage.vue'),
      meta: { title: 'devices.title' },
      children: [{ path: ':id', name: 'device', component: () => import('./devices/DevicePanel.vue'), props: true }],
    },
    {
      path: '/admin',
      name: 'admin',
      component: () => import('./admin/AdminPage.vue'),
      meta: { title: 'admin.title' },
      children: [
        { path: 'accounts', name: 'accounts', component: () => import('./admin/AccountsPage.vue'), meta: { title: 'admin.accounts' } },
        { path: 'exemptions', name: 'exemptions', component: () => import('./admin/ExemptionsPage.vue'), meta: { title: 'exemptions.title' } },
        { path: 'rules', name: 'rules', component: () => import('./rules/RulesPage.vue'), meta: { title: 'rules.title' } },
        { path: 'rules/new', name: 'rule-set-new', component: () => import('./rules/RuleEditor.vue'), props: ({ query }) => ({ of: String(query['of'] ?? 'default') }), meta: { title: 'rules.create' } },
        { path: 'rules/:name', name: 'rule-set-newest', component: () => import('./rules/RuleSetPage.vue'), props: true, meta: { title: 'rules.title' } },
        { path: 'rules/:name/:version(\\d+)', name: 'rule-set', component: () => import('./rules/RuleSetPage.vue'), props: true, meta: { title: 'rules.title' } },
        { path: 'rules/:name/:version(\\d+)/edit', name: 'rule-set-edit', component: () => import('./rules/RuleEditor.vue'), props: true, meta: { title: 'rules.title' } },
        { path: 'keeping', name: 'keeping', component: () => import('./admin/KeepingPage.vue'), meta: { title: 'keeping.title' } },
        { path: 'audit', name: 'audit', component: () => import('./admin/AuditPage.vue'), meta: { title: 'admin.audit' } },
        { path: 'system', name: 'system', component: () => import('./admin/SystemPage.vue'), meta: { title: 'admin.system' } },
      ],
    },
    { path: '/account', name: 'account', component: () => import('./account/AccountPage.vue'), meta: { title: 'own.title' } },
    { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./ui/NowherePage.vue') },
  ],
})

router.beforeEach(async (to) => {
  if (to.meta.isOpen === true) return true
  // A service that cannot be asked is the page's own to tell: it will fail to load, and say so.
  const isIn = await restoreSession().catch(() => true)
  if (!isIn) return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  return account.value?.mustChangePassword === true && to.name !== 'account' ? { name: 'account' } : true
})

/** A page's own part could not be fetched: no network, or a new version has other parts. Once the service answers, the page is loaded anew, as it is there. */
const retriedAt = 'yiji.loaded-again'
const leastMs = 10_000
router.onError((error: unknown, to) => {
  if (!(error instanceof Error) || !/import|preload|module script/i.test(error.message)) return
  unanswered()
  const stop = watch(returns, () => {
    stop()
    const now = Date.now()
    if (now - Number(sessionStorage.getItem(retriedAt) ?? 0) < leastMs) return
    sessionStorage.setItem(retriedAt, String(now))
    location.assign(to.fullPath)
  })
})

watch([router.currentRoute, i18n.global.locale], ([{ meta }]) => {
  const { t } = i18n.global
  document.title = `${typeof meta.title === 'string' ? `${t(meta.title)} · ` : ''}${t('app.name')}`
})
