import type { StateWrite } from '../../coordinator/core/state.ts'
import { LawBroken } from './law.ts'
import type { Ledger } from './ledger.ts'
import { BROKEN } from './machine.ts'

const LEFT_ALONE_MS = 300_000
/** Workloads that a broken machine may fail in a row. */
const MOST = 2

type Row = { readonly workloads: Set<string>; leftAloneUntil: number }

/** Watches broken machines: what is placed there fails at once, and so they would draw one workload after the other. */
export class FailureObserver {
  readonly #ledger: Ledger
  readonly #rows = new Map<string, Row>()

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  forget(): void {
    this.#rows.clear()
  }

  /** Before the ledger has it; by the clock of who decided. */
  written(write: StateWrite, now: number): void {
    // What is over by a clock that went too fast is over.
    for (const row of this.#rows.values()) if (row.leftAloneUntil <= now) row.leftAloneUntil = 0
    if (write.table === 'machines') {
      // Someone had it checked anew; each placement brings a check of its own along.
      const before = this.#ledger.machines.get(write.key)
      const isChecked = before?.validation !== write.record?.validation
      if (isChecked && write.record?.state !== 'allocated') this.#rows.delete(write.key)
      return
    }
    if (write.table !== 'placements' || write.record === null) return
    const { machine, phase, phaseReason, workload } = write.record
    const before = this.#ledger.placements.get(write.key)
    if (before === undefined || before.phase === phase) return
    if (phase === 'exited' || phase === 'timed_out') this.#rows.delete(machine)
    if (phase !== 'failed' || phaseReason !== BROKEN || before.phase === 'stopping') return
    const row = this.#rows.get(machine) ?? { workloads: new Set<string>(), leftAloneUntil: 0 }
    this.#rows.set(machine, row)
    row.workloads.add(workload)
    // Where others are held back already, the fault may be of what they are given.
    const isAlone = [...this.#ledger.machines.values()].every(({ id, trouble }) => id === machine || !trouble?.heldBack)
    if (row.workloads.size >= MOST && isAlone) row.leftAloneUntil = now + LEFT_ALONE_MS
  }

  placed(machine: string, now: number): void {
    const until = this.#rows.get(machine)?.leftAloneUntil ?? 0
    if (now < until)
      throw new LawBroken('who fails what is placed there is left alone', `${machine}: ${until - now} ms`)
  }
}
