import { type Instant, type Milliseconds, hours } from './time.ts'

/** How many machines of one hardware class, or of all, a tenant may hold at once, and how many are its own. */
export type Quota = {
  /** Empty: of all classes together. */
  readonly hardwareClass: string
  /** Null: as many as there are. */
  readonly limit: number | null
  /** Machines that it has before all others whenever it asks; 0: none. What it holds beyond these it has borrowed. */
  readonly guaranteed: number
}

/** Machine-hours, weighted by class, that fade with time. */
export type Usage = { readonly amount: number; readonly at: Instant }

/**
 * For whom of those that must wait machines are kept: for the first of those that could use the same ones, or for
 * each, after what those before it are promised.
 */
export const backfills = ['easy', 'conservative'] as const
export type Backfill = (typeof backfills)[number]

/** How the fleet is shared between tenants that wait. */
export type Sharing = {
  /** What an hour of one machine of a class counts; 1 where a class is not named. */
  readonly classWeights: Readonly<Record<string, number>>
  /** After this time, use of before counts half. */
  readonly halfLife: Milliseconds
  /** How many workloads of one tenant may wait. */
  readonly waitingMost: number
  readonly backfill: Backfill
}

export const SHARING: Sharing = { classWeights: {}, halfLife: hours(24 * 7), waitingMost: 50_000, backfill: 'easy' }

const weightOf = ({ classWeights }: Sharing, hardwareClass: string): number => classWeights[hardwareClass] ?? 1

/** Machines held, each counting as its class does. */
export function weighted(held: ReadonlyMap<string, number>, sharing: Sharing): number {
  let sum = 0
  const isPlain = Object.keys(sharing.classWeights).length === 0
  for (const [hardwareClass, count] of held) sum += isPlain ? count : count * weightOf(sharing, hardwareClass)
  return sum
}

/** What is left of a use at a later time. */
export const faded = ({ amount, at }: Usage, now: Instant, { halfLife }: Sharing): number =>
  amount * 2 ** (-Math.max(0, now - at) / halfLife)

/** How many more machines of a class a tenant may have; Infinity: as many as there are. */
export function quotaLeft(quotas: readonly Quota[], held: ReadonlyMap<string, number>, hardwareClass: string): number {
  let left = Infinity
  for (const { hardwareClass: of, limit } of quotas) {
    if (limit === null || (of !== '' && of !== hardwareClass)) continue
    left = Math.min(left, limit - heldOf(held, of))
  }
  return Math.max(0, left)
}

export const isGuaranteed = (quotas: readonly Quota[]): boolean => quotas.some(({ guaranteed }) => guaranteed > 0)

const guaranteeOf = (quotas: readonly Quota[], hardwareClass: string): number =>
  quotas.find((quota) => quota.hardwareClass === hardwareClass)?.guaranteed ?? 0

/**
 * How many of the machines held are its own. A guarantee of a class bounds what counts of that class, one of all
 * classes together bounds the sum; without one of all, machines of a class that has none do not count.
 */
export function ownOf(quotas: readonly Quota[], held: ReadonlyMap<string, number>): number {
  const all = guaranteeOf(quotas, '')
  let own = 0
  for (const [hardwareClass, count] of held) {
    const guaranteed = guaranteeOf(quotas, hardwareClass)
    if (guaranteed > 0) own += Math.min(count, guaranteed)
    else if (all > 0) own += count
  }
  return all > 0 ? Math.min(own, all) : own
}

/** How many machines are guaranteed in all. */
export const guaranteedBy = (quotas: readonly Quota[]): number =>
  guaranteeOf(quotas, '') || quotas.reduce((sum, { guaranteed }) => sum + guaranteed, 0)

/** How many of the machines held are borrowed. */
export const borrowedOf = (quotas: readonly Quota[], held: ReadonlyMap<string, number>): number =>
  heldOf(held, '') - ownOf(quotas, held)

/**
 * How many more machines of a class would be its own. Of all classes together, where the class is empty: Infinity where
 * each class has a bound of its own.
 */
export function ownLeft(quotas: readonly Quota[], held: ReadonlyMap<string, number>, hardwareClass: string): number {
  const all = guaranteeOf(quotas, '')
  const leftOfAll = all > 0 ? all - ownOf(quotas, held) : Infinity
  if (hardwareClass === '') return isGuaranteed(quotas) ? leftOfAll : 0
  const guaranteed = guaranteeOf(quotas, hardwareClass)
  if (guaranteed === 0) return all > 0 ? leftOfAll : 0
  return Math.max(0, Math.min(leftOfAll, guaranteed - heldOf(held, hardwareClass)))
}

/** Machines held of a class; of all where it is empty. */
export function heldOf(held: ReadonlyMap<string, number>, hardwareClass: string): number {
  if (hardwareClass !== '') return held.get(hardwareClass) ?? 0
  let all = 0
  for (const count of held.values()) all += count
  return all
}
