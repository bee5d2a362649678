import { vacantRanks } from './restarts.ts'
import { commandIsOver } from '../../shared/model/command.ts'
import type { CommandId, MachineId, WorkloadId } from '../../shared/model/ids.ts'
import type { CommandRecord, HardwareClaim, MachineRecord, WorkloadRecord } from './records.ts'

/** What would be slow to find by looking at every record; kept by the state at each write and take-back. */
export class Indexes {
  readonly queued = new Set<WorkloadId>()
  readonly available = new Set<MachineId>()
  readonly activeCommands = new Set<CommandId>()
  readonly #hardware = new Map<string, MachineId>()

  readonly machineChanged = (before: MachineRecord | null, after: MachineRecord | null): void => {
    if (before !== null) this.available.delete(before.id)
    if (after !== null && after.state === 'available') this.available.add(after.id)
    if (before?.hardware === after?.hardware && before?.state === after?.state) return
    if (before !== null) for (const key of hardwareKeys(before.hardware)) this.#forget(key, before.id)
    if (after !== null && after.state !== 'retired') {
      for (const key of hardwareKeys(after.hardware)) this.#hardware.set(key, after.id)
    }
  }

  readonly workloadChanged = (before: WorkloadRecord | null, after: WorkloadRecord | null): void => {
    if (after !== null && vacantRanks(after).length > 0) this.queued.add(after.id)
    else if (before !== null) this.queued.delete(before.id)
  }

  readonly commandChanged = (before: CommandRecord | null, after: CommandRecord | null): void => {
    if (after?.runs.some((run) => !commandIsOver(run.state))) this.activeCommands.add(after.id)
    else if (before !== null) this.activeCommands.delete(before.id)
  }

  machineOf(hardware: HardwareClaim): MachineId | undefined {
    for (const key of hardwareKeys(hardware)) {
      const id = this.#hardware.get(key)
      if (id !== undefined) return id
    }
    return undefined
  }

  #forget(key: string, id: MachineId): void {
    if (this.#hardware.get(key) === id) this.#hardware.delete(key)
  }
}

/**
 * What recognises the same hardware: the SMBIOS UUID or the serial number where there is one, else the network
 * addresses. Addresses do not count beside the others: cards move between machines.
 */
function hardwareKeys(hardware: HardwareClaim): readonly string[] {
  const firm = [
    ...(hardware.uuid === '' ? [] : [`uuid ${hardware.uuid}`]),
    ...(hardware.serial === '' ? [] : [`serial ${hardware.serial}`]),
  ]
  return firm.length > 0 ? firm : hardware.macAddresses.map((address) => `mac ${address}`)
}
