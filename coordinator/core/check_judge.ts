import type { Check, CheckOutcome } from '../../shared/model/check.ts'
import { quantity } from '../../shared/model/quantity.ts'
import type { CheckPoint } from './check_record.ts'

/** Fewer other machines than these say nothing of what is usual. */
export const PEERS_LEAST = 4
/** A machine's own numbers of before, likewise. */
export const OWN_LEAST = 5
/** So many spreads from the median is still chance. */
const SPREADS = 5
/** The median of distances from the median is this part of a standard deviation. */
const PER_DEVIATION = 1.4826
/** How many of the machines of a product must have the same number of parts for it to be the right one. */
const AGREEING = 0.8
/** A finding goes only when the number is well within what is allowed. */
const BACK_WITHIN = 0.8

/** The median of numbers, and how far they lie from it. */
export type Range = { readonly median: number; readonly spread: number; readonly count: number }

export type Verdict = {
  readonly kind: 'well' | 'worse' | 'failed' | 'unknown'
  readonly sentence: string
  readonly peers: Range | null
  readonly own: Range | null
}

type Judged = {
  readonly check: Pick<Check, 'bad' | 'tolerance' | 'isCount'>
  /** What was measured, for people: "disk-write". */
  readonly name: string
  readonly first: readonly number[]
  /** Oldest first; the newest is what is judged. */
  readonly points: readonly CheckPoint[]
  readonly accepted: number | null
  /** The newest numbers of other machines of its like. */
  readonly peers: readonly number[]
  /** What the newest numbers of those are of what they had at first, each for itself; where that is known. */
  readonly moved: readonly number[]
  /** Whether it was found to be worse before. */
  readonly stands: boolean
}

export function rangeOf(values: readonly number[]): Range | null {
  if (values.length === 0) return null
  const median = medianOf(values)
  const spread = PER_DEVIATION * medianOf(values.map((value) => Math.abs(value - median)))
  return { median, spread, count: values.length }
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const half = sorted.length >> 1
  const upper = sorted[half] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2
}

/** What the newest measurement says of its machine. */
export function judge(judged: Judged): Verdict {
  const { points, peers, name } = judged
  const newest = points.at(-1)?.outcome
  const before = numbersOf(points.slice(0, -1))
  const ranges = { peers: rangeOf(peers), own: rangeOf(before) }
  switch (newest?.kind) {
    case undefined:
      return { kind: 'unknown', sentence: `${name} was never measured`, ...ranges }
    case 'skipped':
      return { kind: 'unknown', sentence: `${name} cannot be measured: ${newest.reason}`, ...ranges }
    case 'failed':
      return { kind: 'failed', sentence: `${name} failed: ${newest.reason}`, ...ranges }
    case 'passed':
      return { kind: 'well', sentence: `${name} passed`, ...ranges }
    case 'measured':
      return { ...compare(judged, newest, before), ...ranges }
  }
}

const numbersOf = (points: readonly CheckPoint[]): readonly number[] =>
  points.flatMap(({ outcome }) => (outcome.kind === 'measured' ? [outcome.value] : []))

type Measured = Extract<CheckOutcome, { readonly kind: 'measured' }>
type Comparison = Pick<Verdict, 'kind' | 'sentence'>

function compare(judged: Judged, { value, unit }: Measured, before: readonly number[]): Comparison {
  const { check, name, accepted, peers } = judged
  // While there are few, the newest is one of the first ones too.
  const first = before.length < judged.first.length ? judged.first.slice(0, -1) : judged.first
  const is = `${name} is ${quantity(value, unit)}`
  if (accepted !== null && isWithin(judged, value, { median: accepted, spread: 0, count: 1 })) {
    return { kind: 'well', sentence: `${is}; ${quantity(accepted, unit)} was accepted` }
  }
  const usual = check.isCount ? agreedOn(peers) : peers.length >= PEERS_LEAST ? rangeOf(peers) : null
  if (usual !== null && !isWithin(judged, value, usual)) {
    const others = check.isCount ? `that ${usual.count} of ${peers.length} machines of its product have` : null
    const like = others ?? `that ${usual.count} measurements on machines of its class have in the middle`
    return {
      kind: 'worse',
      sentence: `${is}, ${distance(value, usual.median)} the ${quantity(usual.median, unit)} ${like}`,
    }
  }
  const shift = shiftOf(judged)
  for (const [numbers, when] of [
    [first, 'it had at first'],
    [before, 'it had of late'],
  ] as const) {
    const own = numbers.length >= (check.isCount ? 1 : OWN_LEAST) ? rangeOf(numbers) : null
    if (own === null || isWithin(judged, value, { ...own, median: own.median * shift })) continue
    return {
      kind: 'worse',
      sentence: `${is}, ${distance(value, own.median)} the ${quantity(own.median, unit)} that ${when}`,
    }
  }
  const isKnown = usual !== null || first.length >= OWN_LEAST || (check.isCount && before.length > 0)
  if (!isKnown) return { kind: 'unknown', sentence: `${is}; too little was measured to compare it with` }
  return { kind: 'well', sentence: is }
}

/** What made all of its like worse, such as another kernel, is no fault of one. */
function shiftOf({ check, moved }: Judged): number {
  if (check.isCount || moved.length < PEERS_LEAST) return 1
  return check.bad === 'low' ? Math.min(1, medianOf(moved)) : Math.max(1, medianOf(moved))
}

/** A number of parts that nearly all have; null where they do not agree. */
function agreedOn(peers: readonly number[]): Range | null {
  const usual = rangeOf(peers)
  if (usual === null || peers.length < PEERS_LEAST) return null
  const agreeing = peers.filter((value) => value === usual.median).length
  return agreeing >= AGREEING * peers.length ? { ...usual, spread: 0, count: agreeing } : null
}

function isWithin({ check, stands }: Judged, value: number, { median, spread }: Range): boolean {
  const allowed = Math.max(check.tolerance * Math.abs(median), check.isCount ? 0 : SPREADS * spread)
  const worseBy = check.bad === 'low' ? median - value : value - median
  return worseBy <= allowed * (stands ? BACK_WITHIN : 1)
}

function distance(value: number, median: number): string {
  if (median === 0) return value < median ? 'below' : 'above'
  return `${Math.abs(Math.round((100 * (value - median)) / median))} % ${value < median ? 'below' : 'above'}`
}
