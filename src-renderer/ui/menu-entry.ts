import type { Component } from 'vue'

export type MenuEntry =
  | { kind: 'separator' }
  | { kind: 'label'; label: string }
  | {
      kind: 'item'
      label: string
      run: () => void
      icon?: Component
      /** Class of a coloured dot before the label. */
      mark?: string
      detail?: string
      disabled?: boolean
      isDangerous?: boolean
    }
