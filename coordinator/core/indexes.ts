import { vacantRanks } from './restarts.ts'
import { hasEnded } from '../../shared/model/workload.ts'
import { commandIsOver } from '../../shared/model/command.ts'
import type { CommandId, MachineId, ReservationId, TenantName, WorkloadId } from '../../shared/model/ids.ts'
import { isGuaranteed } from '../../shared/model/tenant.ts'
import { CheckIndex } from './check_record.ts'
import { EndsIndex } from './ends.ts'
import type { HardwareClaim } from './enrolment_records.ts'
import type { CommandRecord, MachineRecord, ReservationRecord, TenantRecord, WorkloadRecord } from './records.ts'
import { RegistrationIndex } from './registration_index.ts'
import { TokenIndex } from './token_index.ts'

/** What would be slow to find by looking at every record; kept by the state at each write and take-back. */
export class Indexes {
  readonly queued = new Set<WorkloadId>()
  /** How many workloads of an array hold machines, by its first. */
  readonly arrays = new Map<WorkloadId, number>()
  /** How many of each tenant wait for machines, or for what must be before. */
  readonly waiting = new Map<TenantName, number>()
  /** By the workload that they wait for. */
  readonly dependents = new Map<WorkloadId, Set<WorkloadId>>()
  readonly available = new Set<MachineId>()
  /** Machines that tenants hold, by tenant and hardware class. */
  readonly held = new Map<TenantName, Map<string, number>>()
  readonly heldBack = new Set<MachineId>()
  /** How runs ended, by tenant. */
  readonly ends = new EndsIndex()
  /** What checks found. */
  readonly checks = new CheckIndex()
  /** Tenants that are guaranteed machines. */
  readonly guaranteed = new Set<TenantName>()
  readonly activeCommands = new Set<CommandId>()
  /** Those that are not over, by each of their machines, in the order of their identifiers. */
  readonly reservations = new Map<MachineId, readonly ReservationId[]>()
  readonly registrations = new RegistrationIndex()
  readonly tokens = new TokenIndex()
  readonly #hardware = new Map<string, MachineId>()

  readonly machineChanged = (before: MachineRecord | null, after: MachineRecord | null): void => {
    this.#holdingChanged(before, -1)
    this.#holdingChanged(after, 1)
    if (before !== null && before.trouble !== null) this.heldBack.delete(before.id)
    if (after !== null && isHeldBack(after)) this.heldBack.add(after.id)
    if (before !== null) this.available.delete(before.id)
    if (after !== null && after.state === 'available') this.available.add(after.id)
    const isRetired = after?.state === 'retired'
    if (before?.hardware === after?.hardware && (before?.state === 'retired') === isRetired) return
    if (before !== null) for (const key of hardwareKeys(before.hardware)) this.#forget(key, before.id)
    if (after !== null && after.state !== 'retired') {
      for (const key of hardwareKeys(after.hardware)) this.#hardware.set(key, after.id)
    }
  }

  #holdingChanged(machine: MachineRecord | null, by: 1 | -1): void {
    if (machine === null || machine.state !== 'allocated' || machine.tenant === null) return
    const { tenant, hardwareClass } = machine
    const held = this.held.get(tenant) ?? new Map<string, number>()
    const count = (held.get(hardwareClass) ?? 0) + by
    if (count === 0) held.delete(hardwareClass)
    else held.set(hardwareClass, count)
    if (held.size === 0) this.held.delete(tenant)
    else this.held.set(tenant, held)
  }

  readonly workloadChanged = (before: WorkloadRecord | null, after: WorkloadRecord | null): void => {
    this.#dependenciesChanged(before, after)
    if (before?.state === 'queued') tally(this.waiting, before.tenant, -1)
    if (after?.state === 'queued') tally(this.waiting, after.tenant, 1)
    if (before !== null && before.array !== null && holds(before)) tally(this.arrays, before.array.first, -1)
    if (after !== null && after.array !== null && holds(after)) tally(this.arrays, after.array.first, 1)
    if (after !== null && vacantRanks(after).length > 0) this.queued.add(after.id)
    else if (before !== null) this.queued.delete(before.id)
  }

  #dependenciesChanged(before: WorkloadRecord | null, after: WorkloadRecord | null): void {
    if (before?.waitsFor === after?.waitsFor) return
    for (const { workload } of before?.waitsFor ?? []) {
      const waiting = this.dependents.get(workload)
      if (before !== null) waiting?.delete(before.id)
      if (waiting?.size === 0) this.dependents.delete(workload)
    }
    for (const { workload } of after?.waitsFor ?? []) {
      if (after === null) continue
      const waiting = this.dependents.get(workload)
      if (waiting === undefined) this.dependents.set(workload, new Set([after.id]))
      else waiting.add(after.id)
    }
  }

  readonly tenantChanged = (before: TenantRecord | null, after: TenantRecord | null): void => {
    if (after !== null && isGuaranteed(after.quotas)) this.guaranteed.add(after.name)
    else if (before !== null) this.guaranteed.delete(before.name)
  }

  readonly commandChanged = (before: CommandRecord | null, after: CommandRecord | null): void => {
    if (after?.runs.some((run) => !commandIsOver(run.state))) this.activeCommands.add(after.id)
    else if (before !== null) this.activeCommands.delete(before.id)
  }

  readonly reservationChanged = (before: ReservationRecord | null, after: ReservationRecord | null): void => {
    const [left, taken] = [machinesOf(before), machinesOf(after)]
    if (left === taken) return
    for (const machine of left) {
      const others = (this.reservations.get(machine) ?? []).filter((id) => id !== before?.id)
      if (others.length === 0) this.reservations.delete(machine)
      else this.reservations.set(machine, others)
    }
    if (after === null) return
    for (const machine of taken) {
      this.reservations.set(machine, [...(this.reservations.get(machine) ?? []), after.id].toSorted())
    }
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

const isHeldBack = ({ trouble, state }: MachineRecord): boolean =>
  trouble !== null && trouble.heldBack !== null && state !== 'retired'

const NO_MACHINES: readonly MachineId[] = []

/** Machines that a reservation binds. */
const machinesOf = (reservation: ReservationRecord | null): readonly MachineId[] =>
  reservation === null || reservation.overAt !== null ? NO_MACHINES : reservation.machines

const holds = ({ state }: WorkloadRecord): boolean => state !== 'queued' && !hasEnded(state)

function tally<Key>(counts: Map<Key, number>, key: Key, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}
