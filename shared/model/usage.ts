import type { TenantName } from './ids.ts'
import { type Result, ok, refuse } from './result.ts'
import type { Instant } from './time.ts'

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

const DAY_MS = 86_400_000

/** Days since 1970, in UTC. */
export const dayOf = (at: Instant): number => Math.floor(at / DAY_MS)

/** A span of time, cut at each midnight of UTC. */
export function byDay(from: Instant, to: Instant): readonly { readonly day: number; readonly seconds: number }[] {
  const parts: { readonly day: number; readonly seconds: number }[] = []
  for (let at: number = from; at < to; ) {
    const day = Math.floor(at / DAY_MS)
    const end = Math.min(to, (day + 1) * DAY_MS)
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

/** "2026-12-24" of a day since 1970, by the calendar that is in use. */
export function dayText(day: number): string {
  // The civil calendar from days, with years that begin in March (Howard Hinnant's method).
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const march = Math.floor((5 * ofYear + 2) / 153)
  const date = ofYear - Math.floor((153 * march + 2) / 5) + 1
  const month = march < 10 ? march + 3 : march - 9
  const civil = year + era * 400 + (month <= 2 ? 1 : 0)
  return [`${civil}`.padStart(4, '0'), `${month}`.padStart(2, '0'), `${date}`.padStart(2, '0')].join('-')
}

/** Reads "2026-12-24". */
export function parseDay(text: string): Result<number, string> {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []
  const [y, m, d] = [Number(year), Number(month), Number(date)]
  const shifted = y - (m <= 2 ? 1 : 0)
  const era = Math.floor(shifted / 400)
  const ofEra = shifted - era * 400
  const ofYear = Math.floor((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1
  const day = era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
  // What is no day of the calendar is written as another one.
  if (year !== undefined && day >= 0 && dayText(day) === text) return ok(day)
  return refuse(`expected a day such as 2026-12-24, got ${JSON.stringify(text.slice(0, 20))}`)
}
