/** One choice of a Select, Combobox or Segmented. Values may be '' or null: '' is a domain's own value here. */
export interface Option<V = string> {
  value: V
  label: string
  /** Quiet text at the end of the line, as a count. */
  detail?: string
  /** Further words that a search finds it by. */
  keywords?: string
}
