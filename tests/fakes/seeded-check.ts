import { configureGlobal } from 'fast-check'

/*
 * fast-check with a seed that stands still: whoever changes nothing finds nothing new. NEXUS_TEST_SEED=random looks
 * for more, and a number is what a failure names.
 */
const seed = process.env['NEXUS_TEST_SEED'] ?? '1'
configureGlobal({ seed: seed === 'random' ? Date.now() : Number(seed) })

export * from 'fast-check'
