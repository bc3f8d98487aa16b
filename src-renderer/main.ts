import { PiniaColada } from '@pinia/colada'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import { forgetGivenUpQuestions } from './state/given-up-questions'
import './theme.css'

const app = createApp(App)
  .use(createPinia())
  .use(PiniaColada, {
    queryOptions: { staleTime: 10_000, refetchOnWindowFocus: true },
    plugins: [forgetGivenUpQuestions],
  })
  .use(router)
const mount = () => app.mount('#app')

// The first address is read before anything is drawn: a link drawn earlier would lose the filters that the address holds.
router.isReady().then(mount, mount)
