import { PiniaColada } from '@pinia/colada'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import './theme.css'

createApp(App)
  .use(createPinia())
  .use(PiniaColada, { queryOptions: { staleTime: 10_000, refetchOnWindowFocus: true } })
  .use(router)
  .mount('#app')
