import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    /** Whether the top bar's domain and window filters mean something on this screen. */
    hasScope?: boolean
  }
}

// List and reader are one component, so that the list keeps its place while requests are read beside or over it.
const Conversations = () => import('./screens/Conversations.vue')

const routes: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'overview',
    component: () => import('./screens/Overview.vue'),
    meta: { title: 'Overview', hasScope: true },
  },
  {
    path: '/conversations',
    name: 'conversations',
    component: Conversations,
    meta: { title: 'Conversations', hasScope: true },
  },
  {
    path: '/conversation/:id',
    name: 'conversation',
    component: Conversations,
    meta: { title: 'Conversations', hasScope: true },
  },
  {
    path: '/costs',
    name: 'costs',
    component: () => import('./screens/Costs.vue'),
    meta: { title: 'Costs', hasScope: true },
  },
  {
    path: '/trends',
    name: 'trends',
    component: () => import('./screens/Trends.vue'),
    meta: { title: 'Trends', hasScope: true },
  },
  {
    path: '/costs/budgets',
    name: 'budgets',
    component: () => import('./screens/Budgets.vue'),
    meta: { title: 'Budgets' },
  },
  { path: '/costs/teams', name: 'teams', component: () => import('./screens/Teams.vue'), meta: { title: 'Teams' } },
  {
    path: '/costs/reconcile',
    name: 'reconciliation',
    component: () => import('./screens/Reconciliation.vue'),
    meta: { title: 'Reconcile' },
  },
  {
    path: '/costs/reports',
    name: 'reports',
    component: () => import('./screens/Reports.vue'),
    meta: { title: 'Reports' },
  },
  { path: '/alerts', name: 'alerts', component: () => import('./screens/Alerts.vue'), meta: { title: 'Alerts' } },
  { path: '/prices', name: 'prices', component: () => import('./screens/Prices.vue'), meta: { title: 'Prices' } },
  { path: '/connect', name: 'connect', component: () => import('./screens/Connect.vue'), meta: { title: 'Connect' } },
  {
    path: '/settings',
    name: 'settings',
    component: () => import('./screens/Settings.vue'),
    meta: { title: 'Settings' },
  },
  {
    path: '/diagnostics',
    name: 'diagnostics',
    component: () => import('./screens/Diagnostics.vue'),
    meta: { title: 'Diagnostics' },
  },
  {
    path: '/asked',
    name: 'asked',
    component: () => import('./screens/Asked.vue'),
    meta: { title: 'What we asked your database' },
  },
  { path: '/:rest(.*)*', redirect: '/' },
]

/** Both hosts serve the page below `/dashboard/`. */
export const router = createRouter({ history: createWebHistory('/dashboard/'), routes })
