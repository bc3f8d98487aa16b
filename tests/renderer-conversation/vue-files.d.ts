/** The compiler of the tests does not read Vue files; vue-tsc checks those. */
declare module '*.vue' {
  import type { Component } from 'vue'
  const component: Component
  export default component
}
