/** What stands for a row without a domain or model. */
export const unnamedDomain = 'no domain'
export const unnamedModel = 'no model'

/** A domain as shown. Null, and '' in an address, are the rows without one. */
export function domainName(domain: string | null): string {
  return domain === null || domain === '' ? unnamedDomain : domain
}

/** A model as shown: the vendor's prefix and the release date say nothing in a list; the exact id is in tooltips. */
export function modelName(model: string | null): string {
  if (model === null || model === '') return unnamedModel
  const short = model
    .replace(/^(?:[a-z-]+\.)*(?:anthropic[./])?claude-/, '')
    .replace(/[-@](?:20\d{6})(?:-v\d+(?::\d+)?)?$/, '')
  return short === '' ? model : short
}
