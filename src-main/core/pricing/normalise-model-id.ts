/** Where a model id says that the call went, as far as it changes the price. */
export type Endpoint = 'list' | 'regional' | 'vertex'

export interface NormalModelId {
  /** The id without reseller, region and version marks; dots kept, as some old ids have them. */
  id: string
  endpoint: Endpoint
}

/**
 * Anthropic's own id inside the spellings of Bedrock, Vertex and gateways. A suffix such as `-thinking` is no mark of
 * theirs and stays, so that such an id finds no price.
 */
export function normaliseModelId(model: string): NormalModelId {
  const withoutVendor = model
    .trim()
    .toLowerCase()
    .replace(/^(anthropic|vertex_ai)\//, '')
  const region = /^(us|eu|apac|au|jp|global)\./.exec(withoutVendor)?.[1]
  const withoutRegion = region === undefined ? withoutVendor : withoutVendor.slice(region.length + 1)
  const id = withoutRegion
    .replace(/^anthropic\./, '')
    .replace('[1m]', '')
    .replace(/@(\d{8}|default|latest)$/, '')
    .replace(/(-v1|-v1:0|-v2:0)$/, '')
  return { id, endpoint: toEndpoint(model, region) }
}

/** The same id in the spelling with dashes, as `claude-3-5-sonnet` for `claude-3.5-sonnet`. */
export function withDashes(id: string): string {
  return id.replace(/(\d)\.(?=\d)/g, '$1-')
}

/** Regional Bedrock profiles cost a tenth more; Vertex ids do not tell a region from the global endpoint. */
function toEndpoint(model: string, region: string | undefined): Endpoint {
  if (region !== undefined && /^(us|eu|au|jp)$/.test(region)) return 'regional'
  return /^vertex_ai\/|@/i.test(model) ? 'vertex' : 'list'
}

/**
 * Major times 100 plus minor of a canonical id: 406 for `claude-opus-4-6`, 305 for `claude-3-5-sonnet`. The Mythos
 * preview bears no number; it came after 4.6 and before 5.
 */
export function generationOf(id: string): number {
  if (id === 'claude-mythos-preview') return 499
  const version = /-(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(id)
  return version ? Number(version[1]) * 100 + Number(version[2] ?? 0) : 0
}
