import type { Instant } from '../../shared/model/time.ts'
import type { Ends } from './ends.ts'
import {
  type MachineId,
  type RegistrationName,
  type Revision,
  type TenantName,
  type WorkloadId,
  revision,
} from '../../shared/model/ids.ts'
import type { CheckRecord } from './check_record.ts'
import type { HardwareClaim, RegistrationRecord, TokenRecord } from './enrolment_records.ts'
import { Indexes } from './indexes.ts'
import type {
  CommandRecord,
  ClusterRecord,
  Find,
  MachineRecord,
  ReservationRecord,
  TableName,
  Tables,
  WorkloadRecord,
} from './records.ts'
import { Table, type TableView } from './table.ts'

/** The fleet as a reader sees it. */
export interface FleetView extends Find {
  readonly revision: Revision
  table<Table extends TableName>(table: Table): TableView<Tables[Table]>
  /** How many records each table has. */
  sizes(): Iterable<readonly [table: string, size: number]>
  cluster(): ClusterRecord
  /** Workloads that want machines, for all of their ranks or for some, in no stated order. */
  queued(): Iterable<WorkloadRecord>
  /** Machines in state `available`, in no stated order; whether one may be placed is for `placeable` to say. */
  available(): Iterable<MachineRecord>
  /** How many workloads of an array hold machines. */
  arrayCount(first: WorkloadId): number
  /** How many workloads of a tenant are queued. */
  waitingCount(tenant: TenantName): number
  /** Machines that a tenant holds, by hardware class. */
  held(tenant: TenantName): ReadonlyMap<string, number>
  /** Machines that are held back because they failed what was placed on them. */
  heldBack(): Iterable<MachineRecord>
  /** How runs of a tenant ended on other machines than this, of those placed since then. */
  endsElsewhere(tenant: TenantName, besides: MachineId, since: Instant, until: Instant): Ends
  /** Tenants that are guaranteed machines. */
  guaranteed(): ReadonlySet<TenantName>
  /** Workloads that wait for this one to end. */
  dependents(workload: WorkloadId): Iterable<WorkloadId>
  /** Reservations of a machine that are not over, in the order of their identifiers. */
  reservationsOn(machine: MachineId): readonly ReservationRecord[]
  /** What the checks of a machine found. */
  checksOf(machine: MachineId): readonly CheckRecord[]
  /** The same on machines of its group, it itself included. */
  checkPeers(record: CheckRecord): Iterable<CheckRecord>
  /** Commands that are not over on every machine. */
  activeCommands(): Iterable<CommandRecord>
  /** Registrations that have any identifier in common with this hardware. */
  registrationsOf(hardware: HardwareClaim): readonly RegistrationRecord[]
  /** The token whose secret has this hash. */
  tokenOf(hash: string): TokenRecord | undefined
  /** Tokens that were made for a registration, also those that ended. */
  tokensFor(registration: RegistrationName): Iterable<TokenRecord>
  /** The machine, not retired, that enrolled with any of these identifiers. */
  machineOf(hardware: HardwareClaim): MachineRecord | undefined
}

/** A record's new value; null removes it. */
export type StateWrite = {
  [Table in TableName]: { readonly table: Table; readonly key: string; readonly record: Tables[Table] | null }
}[TableName]

/** Which record changed. */
export type TableChange = { readonly table: TableName; readonly key: string }

/** A write that was made, with the record before it, so that a filter can tell what stopped matching. */
export type StateChange = {
  [Table in TableName]: {
    readonly table: Table
    readonly key: string
    readonly revision: Revision
    readonly record: Tables[Table] | null
    readonly before: Tables[Table] | null
  }
}[TableName]

type AllTables = { readonly [Name in TableName]: Table<Tables[Name]> }

/**
 * The fleet in memory. A batch of decisions is tried out on it by any number of `put`, and then either kept, once
 * it is durable, or taken back by `undo`.
 */
export class FleetState implements FleetView {
  readonly #tables: AllTables = {
    machines: new Table(),
    workloads: new Table(),
    placements: new Table(),
    tenants: new Table(),
    tokens: new Table(),
    registrations: new Table(),
    commands: new Table(),
    events: new Table(),
    requests: new Table(),
    certificates: new Table(),
    rollouts: new Table(),
    usages: new Table(),
    reservations: new Table(),
    checks: new Table(),
    bmcs: new Table(),
    cluster: new Table(),
  }
  readonly #indexes = new Indexes()
  #revision: Revision = revision(0)
  #writes: StateWrite[] = []
  #takeBack: (() => void)[] = []
  /** What is written now is durable already. */
  #isDurable = false
  readonly #observers: ((change: TableChange) => void)[] = []

  /** Called at every change of a record, and again where it is taken back. */
  observe(observer: (change: TableChange) => void): void {
    this.#observers.push(observer)
  }

  get revision(): Revision {
    return this.#revision
  }

  table<Name extends TableName>(name: Name): TableView<Tables[Name]> {
    return this.#tables[name]
  }

  find<Name extends TableName>(name: Name, key: string): Tables[Name] | undefined {
    return this.table(name).get(key)?.record
  }

  sizes(): Iterable<readonly [table: string, size: number]> {
    return Object.entries(this.#tables).map(([table, { size }]) => [table, size] as const)
  }

  cluster(): ClusterRecord {
    const versioned = this.#tables.cluster.get('cluster')
    if (versioned === undefined) throw new Error('the cluster record is missing: no term has begun')
    return versioned.record
  }

  *queued(): Iterable<WorkloadRecord> {
    yield* this.#records(this.#tables.workloads, this.#indexes.queued)
  }

  *available(): Iterable<MachineRecord> {
    yield* this.#records(this.#tables.machines, this.#indexes.available)
  }

  arrayCount(first: WorkloadId): number {
    return this.#indexes.arrays.get(first) ?? 0
  }

  waitingCount(tenant: TenantName): number {
    return this.#indexes.waiting.get(tenant) ?? 0
  }

  held(tenant: TenantName): ReadonlyMap<string, number> {
    return this.#indexes.held.get(tenant) ?? NOTHING_HELD
  }

  *heldBack(): Iterable<MachineRecord> {
    yield* this.#records(this.#tables.machines, this.#indexes.heldBack)
  }

  endsElsewhere(tenant: TenantName, besides: MachineId, since: Instant, until: Instant): Ends {
    return this.#indexes.ends.elsewhere(tenant, besides, since, until)
  }

  guaranteed(): ReadonlySet<TenantName> {
    return this.#indexes.guaranteed
  }

  dependents(workload: WorkloadId): Iterable<WorkloadId> {
    return this.#indexes.dependents.get(workload) ?? []
  }

  reservationsOn(machine: MachineId): readonly ReservationRecord[] {
    const ids = this.#indexes.reservations.get(machine)
    return ids === undefined ? NOT_RESERVED : [...this.#records(this.#tables.reservations, ids)]
  }

  checksOf(machine: MachineId): readonly CheckRecord[] {
    return this.#indexes.checks.of(machine)
  }

  checkPeers(record: CheckRecord): Iterable<CheckRecord> {
    return this.#indexes.checks.peersOf(record)
  }

  *activeCommands(): Iterable<CommandRecord> {
    yield* this.#records(this.#tables.commands, this.#indexes.activeCommands)
  }

  machineOf(hardware: HardwareClaim): MachineRecord | undefined {
    const id = this.#indexes.machineOf(hardware)
    return id === undefined ? undefined : this.#tables.machines.get(id)?.record
  }

  registrationsOf(hardware: HardwareClaim): readonly RegistrationRecord[] {
    return [...this.#records(this.#tables.registrations, this.#indexes.registrations.of(hardware))]
  }

  tokenOf(hash: string): TokenRecord | undefined {
    return this.#tables.tokens.get(this.#indexes.tokens.of(hash) ?? '')?.record
  }

  tokensFor(registration: RegistrationName): Iterable<TokenRecord> {
    return this.#records(this.#tables.tokens, this.#indexes.tokens.for(registration))
  }

  *#records<Record>(table: Table<Record>, keys: Iterable<string>): Iterable<Record> {
    for (const key of keys) {
      const versioned = table.get(key)
      if (versioned !== undefined) yield versioned.record
    }
  }

  /** Fills an empty state from what is stored; `at` is the revision of the whole, once all is loaded. */
  load(write: StateWrite, at: Revision): void {
    this.#apply(write, at)
    this.#takeBack = []
    this.#tell(write)
  }

  loaded(at: Revision): void {
    this.#revision = at
  }

  /** What was written since the batch began, in order. */
  get writes(): readonly StateWrite[] {
    return this.#writes
  }

  /** Visible at once, under the revision that the write will have if nothing fails. */
  put(write: StateWrite): StateChange {
    this.#writes.push(write)
    const change = this.#apply(write, revision(this.#revision + this.#writes.length))
    this.#tell(write)
    return change
  }

  /** The batch is durable: its last write has this revision. */
  keep(last: Revision): void {
    this.#revision = last
    this.#writes = []
    this.#takeBack = []
  }

  /** Makes writes that are durable: there is nothing to take back of them. */
  keepAll(writes: readonly StateWrite[], last: Revision): readonly StateChange[] {
    const first = this.#revision + 1
    this.#isDurable = true
    const changes = writes.map((write, index) => {
      const change = this.#apply(write, revision(first + index))
      this.#tell(write)
      return change
    })
    this.#isDurable = false
    this.keep(last)
    return changes
  }

  /** Takes back every write of the batch after the first `count`. */
  undo(count = 0): void {
    while (this.#takeBack.length > count) {
      this.#takeBack.pop()?.()
      const write = this.#writes[this.#takeBack.length]
      if (write !== undefined) this.#tell(write)
    }
    this.#writes.length = count
  }

  #tell({ table, key }: StateWrite): void {
    for (const observer of this.#observers) observer({ table, key })
  }

  #apply(write: StateWrite, at: Revision): StateChange {
    const { key } = write
    const [all, indexes] = [this.#tables, this.#indexes]
    switch (write.table) {
      case 'machines':
        return {
          ...write,
          revision: at,
          before: this.#set(all.machines, key, write.record, at, indexes.machineChanged),
        }
      case 'workloads':
        return {
          ...write,
          revision: at,
          before: this.#set(all.workloads, key, write.record, at, indexes.workloadChanged),
        }
      case 'placements':
        return {
          ...write,
          revision: at,
          before: this.#set(all.placements, key, write.record, at, indexes.ends.placementChanged),
        }
      case 'tenants':
        return { ...write, revision: at, before: this.#set(all.tenants, key, write.record, at, indexes.tenantChanged) }
      case 'tokens':
        return { ...write, revision: at, before: this.#set(all.tokens, key, write.record, at, indexes.tokens.changed) }
      case 'registrations': {
        const before = this.#set(all.registrations, key, write.record, at, indexes.registrations.changed)
        return { ...write, revision: at, before }
      }
      case 'commands':
        return {
          ...write,
          revision: at,
          before: this.#set(all.commands, key, write.record, at, indexes.commandChanged),
        }
      case 'events':
        return { ...write, revision: at, before: this.#set(all.events, key, write.record, at) }
      case 'requests':
        return { ...write, revision: at, before: this.#set(all.requests, key, write.record, at) }
      case 'certificates':
        return { ...write, revision: at, before: this.#set(all.certificates, key, write.record, at) }
      case 'rollouts':
        return { ...write, revision: at, before: this.#set(all.rollouts, key, write.record, at) }
      case 'usages':
        return { ...write, revision: at, before: this.#set(all.usages, key, write.record, at) }
      case 'reservations':
        return {
          ...write,
          revision: at,
          before: this.#set(all.reservations, key, write.record, at, indexes.reservationChanged),
        }
      case 'checks':
        return { ...write, revision: at, before: this.#set(all.checks, key, write.record, at, indexes.checks.changed) }
      case 'bmcs':
        return { ...write, revision: at, before: this.#set(all.bmcs, key, write.record, at) }
      case 'cluster':
        return { ...write, revision: at, before: this.#set(all.cluster, key, write.record, at) }
    }
  }

  #set<Record>(
    table: Table<Record>,
    key: string,
    record: Record | null,
    at: Revision,
    changed: Changed<Record> = () => {},
  ): Record | null {
    const before = table.get(key)
    if (!this.#isDurable) {
      this.#takeBack.push(() => {
        table.put(key, before)
        changed(record, before?.record ?? null)
      })
    }
    table.put(key, record === null ? undefined : { record, revision: at })
    changed(before?.record ?? null, record)
    return before?.record ?? null
  }
}

const NOT_RESERVED: readonly ReservationRecord[] = []
const NOTHING_HELD: ReadonlyMap<string, number> = new Map()

type Changed<Record> = (before: Record | null, after: Record | null) => void
