import { type BilletError, billetError } from '../../shared/model/errors.ts'
import type { IdSource, MachineId, PlacementId, UserName, WorkloadId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { Effect } from './inputs.ts'
import type {
  ClusterRecord,
  CommandRecord,
  MachineRecord,
  PlacementRecord,
  ReservationRecord,
  TableName,
  Tables,
  Versioned,
  WorkloadRecord,
} from './records.ts'
import type { FleetState, FleetView, StateWrite } from './state.ts'

export type About = {
  readonly machine?: MachineId
  readonly workload?: WorkloadId
  readonly user?: UserName
}

/**
 * One decision in the making: reads see what it wrote so far, and nothing reaches the state before `flush`.
 * Of a refused input nothing stays but its attempts.
 */
export class Draft {
  readonly now: Instant
  readonly ids: IdSource
  readonly #state: FleetState
  /** Last write per record, in the order of the first: one change per record and decision. */
  readonly #writes = new Map<string, StateWrite>()
  /** Kept even where the input is refused: what somebody tried, and must not have. */
  readonly #attempts: StateWrite[] = []
  readonly #effects: Effect[] = []

  constructor(state: FleetState, now: Instant, ids: IdSource) {
    this.#state = state
    this.now = now
    this.ids = ids
  }

  /** The state before this decision, with its indexes. */
  get before(): FleetView {
    return this.#state
  }

  find<Name extends TableName>(table: Name, key: string): Tables[Name] | undefined {
    const written = this.#writes.get(`${table}/${key}`)
    if (written !== undefined && isOf(written, table)) return written.record ?? undefined
    return this.#state.table(table).get(key)?.record
  }

  put(write: StateWrite): void {
    this.#writes.set(`${write.table}/${write.key}`, write)
  }

  effect(effect: Effect): void {
    this.#effects.push(effect)
  }

  event(reason: string, message: string, about: About): void {
    this.put(this.#eventWrite(reason, message, about))
  }

  /** An event, and what else is written, of an attempt that is refused: they stay though the decision is dropped. */
  attempt(reason: string, message: string, about: About, also: readonly StateWrite[] = []): void {
    this.#attempts.push(this.#eventWrite(reason, message, about), ...also)
  }

  #eventWrite(reason: string, message: string, about: About): StateWrite {
    const id = this.ids.event()
    const { machine = null, workload = null, user = null } = about
    return { table: 'events', key: id, record: { id, at: this.now, reason, message, machine, workload, user } }
  }

  /** The input is refused: only its attempts are written. */
  drop(): void {
    for (const write of this.#attempts) this.#state.put(write)
  }

  flush(): readonly Effect[] {
    for (const write of this.#writes.values()) this.#state.put(write)
    return this.#effects
  }

  /** A record as this decision left it; only after `flush`. */
  written<Name extends TableName>(table: Name, key: string): Versioned<Tables[Name]> {
    const versioned = this.#state.table(table).get(key)
    if (versioned === undefined) throw new Error(`no ${table} record ${key} after it was decided`)
    return versioned
  }

  cluster(): ClusterRecord {
    return this.find('cluster', 'cluster') ?? this.#state.cluster()
  }

  machine(id: MachineId): Result<MachineRecord, BilletError> {
    const machine = this.find('machines', id)
    return machine === undefined
      ? refuse(billetError('machine_not_found', `There is no machine ${id}.`, { machine: id }))
      : ok(machine)
  }

  workload(id: WorkloadId): Result<WorkloadRecord, BilletError> {
    const workload = this.find('workloads', id)
    return workload === undefined
      ? refuse(billetError('workload_not_found', `There is no workload ${id}.`, { workload: id }))
      : ok(workload)
  }

  placement(id: PlacementId): PlacementRecord {
    const placement = this.find('placements', id)
    if (placement === undefined) throw new Error(`placement ${id} is named by a record and missing`)
    return placement
  }

  putMachine(machine: MachineRecord): void {
    this.put({ table: 'machines', key: machine.id, record: machine })
  }

  putWorkload(workload: WorkloadRecord): void {
    this.put({ table: 'workloads', key: workload.id, record: workload })
  }

  putPlacement(placement: PlacementRecord): void {
    this.put({ table: 'placements', key: placement.id, record: placement })
  }

  putCommand(command: CommandRecord): void {
    this.put({ table: 'commands', key: command.id, record: command })
  }

  putReservation(reservation: ReservationRecord): void {
    this.put({ table: 'reservations', key: reservation.id, record: reservation })
  }
}

function isOf<Name extends TableName>(
  write: StateWrite,
  table: Name,
): write is StateWrite & { readonly table: Name; readonly record: Tables[Name] | null } {
  return write.table === table
}
