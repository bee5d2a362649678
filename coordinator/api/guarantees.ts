import { type Quota, guaranteedBy } from '../../shared/model/tenant.ts'
import type { FleetView } from '../core/state.ts'

/** Machines guaranteed to all tenants together, and how many there are: by hardware class; of all where it is empty. */
export class Guarantees {
  readonly #promised = new Map<string, number>()
  readonly #there = new Map<string, number>()

  constructor(view: FleetView) {
    for (const tenant of view.guaranteed()) {
      const quotas = view.find('tenants', tenant)?.quotas ?? []
      add(this.#promised, '', guaranteedBy(quotas))
      for (const { hardwareClass, guaranteed } of quotas) {
        if (hardwareClass !== '' && guaranteed > 0) add(this.#promised, hardwareClass, guaranteed)
      }
    }
    if (this.#promised.size === 0) return
    for (const { record } of view.table('machines').values()) {
      if (record.state === 'pending' || record.state === 'retired') continue
      add(this.#there, '', 1)
      add(this.#there, record.hardwareClass, 1)
    }
  }

  /** What is amiss with the guarantees of one tenant: sentences. */
  warnings(quotas: readonly Quota[]): string[] {
    const own = quotas.flatMap(({ hardwareClass, guaranteed }) => (guaranteed > 0 ? [hardwareClass] : []))
    const looked = own.length === 0 ? [] : [...new Set([...own, ''])]
    return looked.flatMap((hardwareClass) => {
      const [promised, there] = [this.#promised.get(hardwareClass) ?? 0, this.#there.get(hardwareClass) ?? 0]
      if (promised <= there) return []
      const of = hardwareClass === '' ? 'the fleet' : `class ${hardwareClass}`
      return [`${promised} machines of ${of} are guaranteed to all tenants together, and it has ${there}.`]
    })
  }
}

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}
