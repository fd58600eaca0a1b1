// Addresses of the console. Every state worth a link is one, so the back button does what people expect.
import { watch } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import { restoreSession } from './client/session.ts'
import { i18n } from './i18n/index.ts'

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (to, from, saved) => saved ?? (to.matched[0] === from.matched[0] ? false : { top: 0 }),
  routes: [
    { path: '/', redirect: { name: 'cameras' } },
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
    { path: '/live', name: 'streams', component: () => import('./live/StreamsPage.vue'), meta: { title: 'live.title' } },
    { path: '/live/:camera', name: 'live', component: () => import('./live/LivePage.vue'), props: true, meta: { title: 'live.title' } },
    { path: '/inspections', name: 'inspections', component: () => import('./inspections/InspectionsPage.vue'), meta: { title: 'inspections.title' } },
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
    { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./ui/NowherePage.vue') },
  ],
})

router.beforeEach(async (to) => {
  if (to.meta.isOpen === true) return true
  // A service that cannot be asked is the page's own to tell: it will fail to load, and say so.
  const isIn = await restoreSession().catch(() => true)
  return isIn ? true : { name: 'login', query: to.fullPath === '/cameras' ? {} : { next: to.fullPath } }
})

watch([router.currentRoute, i18n.global.locale], ([{ meta }]) => {
  const { t } = i18n.global
  document.title = `${typeof meta.title === 'string' ? `${t(meta.title)} · ` : ''}${t('app.name')}`
})
