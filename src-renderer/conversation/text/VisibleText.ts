import { h, type FunctionalComponent, type VNodeArrayChildren } from 'vue'
import { isPlainText, splitHiddenCharacters } from './hidden-characters'

/** The children that show a text from outside: characters that act or hide stand as small labels. */
export function visibleText(text: string): VNodeArrayChildren {
  if (isPlainText(text)) return [text]
  return splitHiddenCharacters(text).map((part) =>
    part.kind === 'text' ? part.text : h('span', { class: 'hidden-character', title: part.name }, part.label),
  )
}

/** Text from outside, with its hidden characters made visible. */
export const VisibleText: FunctionalComponent<{ text: string }> = (props) => visibleText(props.text)
VisibleText.props = ['text']
