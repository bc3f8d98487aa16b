import type { CompiledModel, CompiledRules } from './compile-rates'
import { generationOf, normaliseModelId, withDashes } from './normalise-model-id'
import type { PricedModel } from './pick-rates'

/** A row's model id among own prices and in the price list. */
export interface FoundModels {
  own: PricedModel[]
  listed: PricedModel | null
}

/** Model ids come out of rows: a limit keeps junk ids from filling the memory. */
const longestCache = 10_000
const nothing: FoundModels = { own: [], listed: null }

export function createModelFinder({ models, own }: CompiledRules): (id: string | null) => FoundModels {
  const cache = new Map<string, FoundModels>()
  return (id) => {
    if (id === null) return nothing
    const known = cache.get(id)
    if (known !== undefined) return known
    const found = find(id)
    if (cache.size >= longestCache) cache.clear()
    cache.set(id, found)
    return found
  }

  /** Old ids have dots, others spell the same version with dashes; own prices may also name the id as it stands. */
  function find(id: string): FoundModels {
    const normal = normaliseModelId(id)
    const spellings = [normal.id, withDashes(normal.id)]
    const matches = (texts: string[]) => (model: CompiledModel) => texts.some((text) => model.pattern.test(text))
    const { endpoint } = normal
    const listed = models.find(matches(spellings))
    return {
      own: own
        .filter(matches([id.trim().toLowerCase(), ...spellings]))
        .map((model) => ({ model: { ...model, ...premiumsOf(normal.id) }, endpoint, isOwn: true })),
      listed: listed ? { model: listed, endpoint, isOwn: false } : null,
    }
  }
}

/** A pattern has no generation; the id that it met has, where it is one of Anthropic's. */
function premiumsOf(id: string): Pick<CompiledModel, 'hasGeoPremium' | 'hasRegionalPremium'> {
  const generation = id.startsWith('claude-') ? generationOf(id) : 0
  return { hasGeoPremium: generation >= 406, hasRegionalPremium: generation >= 405 }
}
