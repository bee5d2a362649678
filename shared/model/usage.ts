import type { TenantName } from './ids.ts'
import { type Instant, instant } from './time.ts'
import { DAY, dayOf } from './utc.ts'

/** What machines were held, for how long, and what energy they took meanwhile. */
export type UsageAmount = {
  readonly machineSeconds: number
  /** Machine-seconds, each as often as the machine has GPUs. */
  readonly gpuSeconds: number
  readonly joules: number
  /** Of the machine-seconds, those of which the energy is known. */
  readonly meteredSeconds: number
}

export const NO_USAGE: UsageAmount = { machineSeconds: 0, gpuSeconds: 0, joules: 0, meteredSeconds: 0 }

export const addedUsage = (one: UsageAmount, other: UsageAmount): UsageAmount => ({
  machineSeconds: one.machineSeconds + other.machineSeconds,
  gpuSeconds: one.gpuSeconds + other.gpuSeconds,
  joules: one.joules + other.joules,
  meteredSeconds: one.meteredSeconds + other.meteredSeconds,
})

/** What a tenant used of one hardware class in one day. */
export type DayUsage = UsageAmount & {
  readonly tenant: TenantName
  readonly hardwareClass: string
  readonly day: number
}

/** A span of time, cut at each midnight of UTC. */
export function byDay(from: Instant, to: Instant): readonly { readonly day: number; readonly seconds: number }[] {
  const parts: { readonly day: number; readonly seconds: number }[] = []
  for (let at: number = from; at < to; ) {
    const day = dayOf(instant(at))
    const end = Math.min(to, (day + 1) * DAY)
    parts.push({ day, seconds: (end - at) / 1000 })
    at = end
  }
  return parts
}

type Holdable = Pick<DayUsage, 'hardwareClass'> & {
  readonly state: string
  readonly stateAt: Instant
  readonly tenant: TenantName | null
  readonly inventory: { readonly gpus: readonly unknown[] } | null
}

/** What a machine's tenant holds it for that is not yet in the accounts, by day; nothing where nobody holds it. */
export function unaccounted(machine: Holdable, accountedUntil: Instant, until: Instant): readonly DayUsage[] {
  const { state, stateAt, tenant, hardwareClass, inventory } = machine
  if (state !== 'allocated' || tenant === null) return []
  const gpus = inventory?.gpus.length ?? 0
  const since = stateAt > accountedUntil ? stateAt : accountedUntil
  return byDay(since, until).map(({ day, seconds }) => {
    return { ...NO_USAGE, tenant, hardwareClass, day, machineSeconds: seconds, gpuSeconds: seconds * gpus }
  })
}
