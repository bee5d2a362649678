import type { Logger } from '../../shared/log.ts'
import type { MachineId, PlacementId } from '../../shared/model/ids.ts'
import type { Clock } from '../../shared/model/time.ts'
import { dayOf } from '../../shared/model/utc.ts'
import type { EnergyEntry } from '../core/inputs.ts'
import type { Loop } from '../loop.ts'
import type { EnergyMeter } from '../telemetry/energy.ts'

/** How often energy goes into the accounts: what a coordinator loses of it where it is killed. */
const EVERY_MS = 60_000

/** Carries what was metered into the tenants' accounts. */
export class EnergyAccounts {
  readonly #meter: EnergyMeter
  readonly #loop: Loop
  readonly #clock: Pick<Clock, 'now'>
  readonly #log: Logger
  readonly #timer: NodeJS.Timeout
  #waiting: readonly EnergyEntry[] = []

  constructor(meter: EnergyMeter, loop: Loop, clock: Pick<Clock, 'now'>, log: Logger) {
    this.#meter = meter
    this.#loop = loop
    this.#clock = clock
    this.#log = log
    this.#timer = setInterval(() => void this.flush(), EVERY_MS)
    this.#timer.unref()
  }

  async flush(): Promise<void> {
    const entries = merged([...this.#waiting, ...this.#entries()])
    this.#waiting = []
    if (entries.length === 0) return
    const written = await this.#loop.submit({ kind: 'energy_measured', entries })
    if (written.ok) return
    // It was not written, so it is tried again with what comes next.
    this.#waiting = merged([...this.#waiting, ...entries])
    this.#log.warn({ reason: written.error.message }, 'energy is not in the accounts yet')
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
  }

  #entries(): readonly EnergyEntry[] {
    const day = dayOf(this.#clock.now())
    return this.#meter.drain().flatMap(({ machine, holder, joules, seconds }) => {
      const held = this.#heldBy(machine, holder)
      return held === undefined ? [] : [{ ...held, day, joules, meteredSeconds: seconds }]
    })
  }

  #heldBy(machine: MachineId, holder: PlacementId): Pick<EnergyEntry, 'tenant' | 'hardwareClass'> | undefined {
    return this.#loop.read((view) => {
      const tenant = view.find('placements', holder)?.tenant
      const hardwareClass = view.find('machines', machine)?.hardwareClass
      return tenant === undefined || hardwareClass === undefined ? undefined : { tenant, hardwareClass }
    })
  }
}

/** One entry for each tenant, class and day. */
function merged(entries: readonly EnergyEntry[]): readonly EnergyEntry[] {
  const sums = new Map<string, EnergyEntry>()
  for (const entry of entries) {
    const key = `${entry.tenant}/${entry.day}/${entry.hardwareClass}`
    const before = sums.get(key)
    const joules = entry.joules + (before?.joules ?? 0)
    sums.set(key, { ...entry, joules, meteredSeconds: entry.meteredSeconds + (before?.meteredSeconds ?? 0) })
  }
  return [...sums.values()]
}
