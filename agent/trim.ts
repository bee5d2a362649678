/** By then the session stands and the first samples are out. */
const FIRST_MS = 15_000
/** What tenants' runs and operators' commands left behind. */
const EVERY_MS = 60 * 60_000

/**
 * Gives back what starting took, and later what work left behind. A program this quiet makes too little garbage for
 * the engine to look for it by itself, and would keep some megabytes of a tenant's memory for weeks. Takes some 20 ms.
 *
 * @returns what ends it.
 */
export function keepTrimmed(): () => void {
  const trim = (): void => {
    collect()
    timer = setTimeout(trim, EVERY_MS)
  }
  let timer = setTimeout(trim, FIRST_MS)
  return () => clearTimeout(timer)
}

/** The engine offers it where it was started with --expose-gc, as the executable is. */
function collect(): void {
  const gc: unknown = Reflect.get(globalThis, 'gc')
  if (typeof gc === 'function') Reflect.apply(gc, undefined, [LAST_RESORT])
}

const LAST_RESORT = { type: 'major', execution: 'sync', flavor: 'last-resort' }
