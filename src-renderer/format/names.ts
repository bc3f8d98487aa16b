/** What stands for a row without a domain or model. */
export const unnamedDomain = 'no domain'
export const unnamedModel = 'no model'

/** A domain as shown. Null, and '' in an address, are the rows without one. */
export function domainName(domain: string | null): string {
  return domain === null || domain === '' ? unnamedDomain : domain
}

/** What surrounds a model's own name: a cloud's prefix before `claude-`, and the release date. */
const modelId =
  /^(?<prefix>(?:[a-z-]+\.)*(?:anthropic[./])?)claude-(?<name>.+?)(?:[-@](?<date>20\d{6})(?:-v\d+(?::\d+)?)?)?$/

/** A model as shown: a cloud's prefix and the release date say little in a list; the exact id is in tooltips. */
export function modelName(model: string | null): string {
  if (model === null || model === '') return unnamedModel
  return model.match(modelId)?.groups?.name ?? model
}

/** Names of models side by side: what was left out comes back where two would be named alike. */
export function distinctModelNames(models: (string | null)[]): (model: string | null) => string {
  const uses = new Map<string, number>()
  for (const model of models) uses.set(modelName(model), (uses.get(modelName(model)) ?? 0) + 1)
  return (model) => {
    const name = modelName(model)
    if ((uses.get(name) ?? 0) < 2) return name
    const { prefix = '', date = '' } = model?.match(modelId)?.groups ?? {}
    const rest = [prefix.replace(/[./]$/, ''), date].filter(Boolean).join(' ')
    return rest === '' ? name : `${name} (${rest})`
  }
}
