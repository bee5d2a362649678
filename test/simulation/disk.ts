import type { StateWrite } from '../../coordinator/core/state.ts'
import type { FleetChange } from '../../coordinator/ports.ts'
import { type Revision, revision } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'

/** Whoever hears of what becomes durable. */
export type OnDurable = {
  /** What follows was decided as of this time. */
  readonly decided?: (now: Instant) => void
  readonly written: (write: StateWrite, at: Revision) => void
  /** All that was decided together is written. */
  readonly committed?: () => void
  /** A coordinator has read it, and begins. */
  readonly started: () => void
  /** An older backup is in its place, with these records, oldest first. */
  readonly restored: (at: Revision, writes: Iterable<readonly [StateWrite, Revision]>) => void
}

type Stored = {
  readonly records: ReadonlyMap<string, { readonly write: StateWrite; readonly at: Revision }>
  readonly revision: Revision
  readonly history: readonly FleetChange[]
}

/** What a store keeps: the newest write of every key, in the order of the first, and the newest of its changes. */
export class Disk {
  readonly onDurable: OnDurable[] = []
  records = new Map<string, { readonly write: StateWrite; readonly at: Revision }>()
  revision: Revision = revision(0)
  readonly #kept: number
  #history: FleetChange[] = []
  #backup: Stored | null = null

  constructor(kept: number) {
    this.#kept = kept
  }

  backUp(): void {
    this.#backup = { records: new Map(this.records), revision: this.revision, history: [...this.#history] }
  }

  /** False where there is no backup. */
  restore(): boolean {
    if (this.#backup === null) return false
    this.records = new Map(this.#backup.records)
    this.revision = this.#backup.revision
    this.#history = [...this.#backup.history]
    const writes = [...this.records.values()].map(({ write, at }) => [write, at] as const)
    for (const { restored } of this.onDurable) restored(this.revision, writes)
    return true
  }

  /** The newest changes, as a start reads them: what each record was before is not kept. */
  recent(): readonly FleetChange[] {
    return this.#history.slice(-this.#kept)
  }

  commit(writes: readonly StateWrite[], now: Instant): Revision {
    for (const { decided } of this.onDurable) decided?.(now)
    for (const write of writes) {
      this.revision = revision(this.revision + 1)
      const key = `${write.table}/${write.key}`
      if (write.record === null) this.records.delete(key)
      else this.records.set(key, { write, at: this.revision })
      this.#history.push({ ...write, revision: this.revision, before: null, isPast: true })
      for (const { written } of this.onDurable) written(write, this.revision)
    }
    for (const { committed } of this.onDurable) committed?.()
    if (this.#history.length > this.#kept * 4) this.#history = this.#history.slice(-this.#kept)
    return this.revision
  }
}
