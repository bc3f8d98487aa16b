import { defineStore } from 'pinia'
import { ref } from 'vue'
import { read, write } from './remembered'

const key = 'nexus.columns'

/** The columns of the list that this browser keeps, as the address would hold them; '' for those of the app. */
export const useKeptColumns = defineStore('kept-columns', () => {
  const text = ref(read(key) ?? '')
  function keep(columns: string): void {
    text.value = columns
    write(key, columns)
  }
  return { text, keep }
})
