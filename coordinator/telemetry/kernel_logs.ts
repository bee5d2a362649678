import type { MachineId } from '../../shared/model/ids.ts'
import type { KernelEvent } from '../../shared/model/kernel_event.ts'

/** What the kernel of each machine told in its boot, in memory alone: an agent tells it whole in each session. */
export class KernelLogs {
  readonly #machines = new Map<MachineId, readonly KernelEvent[]>()

  kernelEvents(machine: MachineId, events: readonly KernelEvent[]): void {
    this.#machines.set(machine, events)
  }

  of(machine: MachineId): readonly KernelEvent[] {
    return this.#machines.get(machine) ?? []
  }

  /** A machine that left the fleet leaves nothing behind. */
  forget(machine: MachineId): void {
    this.#machines.delete(machine)
  }
}
