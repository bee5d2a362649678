/**
 * A seeded generator with named children, so that one more draw in one
 * place does not change every other: tests and the simulator replay any seed with it. Never for secrets.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform over 0 .. bound-1. */
  below(bound: number): number
  bytes(length: number): Uint8Array
  child(name: string): Random
}

function hash(text: string, seed: number): number {
  let mixed = seed >>> 0
  for (let index = 0; index < text.length; index += 1) {
    mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193) >>> 0
  }
  return mixed
}

export function random(seed: number): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0
  // mulberry32: full period of 2^32, passes gjrand's tests at this size; enough for tests.
  const word = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    next: () => word() / 0x1_0000_0000,
    below: (bound) => Math.floor((word() / 0x1_0000_0000) * bound),
    bytes: (length) => Uint8Array.from({ length }, () => word() & 0xff),
    child: (name) => random(hash(name, seed)),
  }
}
