/** A module hook: `electron` is the stand-in, every other module is what it is. */
let standIn

export function initialize(data) {
  standIn = data.standIn
}

export function resolve(specifier, context, nextResolve) {
  if (specifier === 'electron') return { url: standIn, format: 'commonjs', shortCircuit: true }
  return nextResolve(specifier, context)
}
