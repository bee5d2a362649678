import { type Instant, type Milliseconds, hours } from './time.ts'

/** How many machines of one hardware class, or of all, a tenant may hold at once. */
export type Quota = {
  /** Empty: of all classes together. */
  readonly hardwareClass: string
  readonly limit: number
}

/** Machine-hours, weighted by class, that fade with time. */
export type Usage = { readonly amount: number; readonly at: Instant }

/** How the fleet is shared between tenants that wait. */
export type Sharing = {
  /** What an hour of one machine of a class counts; 1 where a class is not named. */
  readonly classWeights: Readonly<Record<string, number>>
  /** After this time, use of before counts half. */
  readonly halfLife: Milliseconds
  /** How many workloads of one tenant may wait. */
  readonly waitingMost: number
}

export const SHARING: Sharing = { classWeights: {}, halfLife: hours(24 * 7), waitingMost: 50_000 }

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
    if (of !== '' && of !== hardwareClass) continue
    left = Math.min(left, limit - heldOf(held, of))
  }
  return Math.max(0, left)
}

/** Machines held of a class; of all where it is empty. */
export function heldOf(held: ReadonlyMap<string, number>, hardwareClass: string): number {
  if (hardwareClass !== '') return held.get(hardwareClass) ?? 0
  let all = 0
  for (const count of held.values()) all += count
  return all
}
