/** One value that a tool was called with, as text. */
export interface ToolField {
  name: string
  text: string
  language: string
  /** Fits on the line of its name. */
  isShort: boolean
}

/** The values of a tool's input, in its own order; an input that is no object is one value. */
export function toolFields(input: unknown): ToolField[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return [toField('input', input)]
  return Object.entries(input).map(([name, value]) => toField(name, value))
}

function toField(name: string, value: unknown): ToolField {
  if (typeof value === 'string') {
    const isShort = value.length <= 120 && !value.includes('\n')
    return { name, text: value, language: name === 'command' ? 'bash' : '', isShort: isShort && name !== 'command' }
  }
  const text = JSON.stringify(value, null, 2) ?? String(value)
  return { name, text, language: 'json', isShort: text.length <= 120 && !text.includes('\n') }
}
