import { type Revision, revision } from '../../shared/model/ids.ts'
import type { ClusterRecord, TableName, Tables, Versioned } from './records.ts'

/** A table as a reader sees it. Keys are the records' identifiers. */
export interface TableView<Record> {
  get(key: string): Versioned<Record> | undefined
  readonly size: number
  /** In no stated order. */
  values(): Iterable<Versioned<Record>>
  /** In the order of keys, those after `after`, until `limit` records that `matches` accepts were found. */
  page(after: string, limit: number, matches: (record: Record) => boolean): readonly Versioned<Record>[]
}

/** The fleet as a reader sees it. */
export interface FleetView {
  readonly revision: Revision
  table<Table extends TableName>(table: Table): TableView<Tables[Table]>
  cluster(): ClusterRecord
}

/** A record's new value; null removes it. */
export type StateWrite = {
  [Table in TableName]: { readonly table: Table; readonly key: string; readonly record: Tables[Table] | null }
}[TableName]

class Table<Record> implements TableView<Record> {
  readonly #records = new Map<string, Versioned<Record>>()
  /** Sorted keys, made when a page is asked for and dropped when a key comes or goes. */
  #sorted: readonly string[] | undefined

  get size(): number {
    return this.#records.size
  }

  get(key: string): Versioned<Record> | undefined {
    return this.#records.get(key)
  }

  values(): Iterable<Versioned<Record>> {
    return this.#records.values()
  }

  page(after: string, limit: number, matches: (record: Record) => boolean): readonly Versioned<Record>[] {
    this.#sorted ??= [...this.#records.keys()].sort()
    const found: Versioned<Record>[] = []
    for (let index = firstAfter(this.#sorted, after); index < this.#sorted.length && found.length < limit; index += 1) {
      const versioned = this.#records.get(this.#sorted[index] ?? '')
      if (versioned !== undefined && matches(versioned.record)) found.push(versioned)
    }
    return found
  }

  put(key: string, versioned: Versioned<Record> | undefined): void {
    if (versioned === undefined) {
      if (this.#records.delete(key)) this.#sorted = undefined
      return
    }
    if (!this.#records.has(key)) this.#sorted = undefined
    this.#records.set(key, versioned)
  }
}

function firstAfter(sorted: readonly string[], after: string): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? '') <= after) low = middle + 1
    else high = middle
  }
  return low
}

type AllTables = { readonly [Name in TableName]: Table<Tables[Name]> }

/**
 * The fleet in memory. A batch of decisions is tried out on it and then either kept, once it is durable, or
 * taken back: `begin`, any number of `put`, then `keep` or `undo`. Nobody reads between `begin` and the end of
 * the batch but the core itself, so no reader sees what is not durable.
 */
export class FleetState implements FleetView {
  readonly #tables: AllTables = {
    machines: new Table(),
    workloads: new Table(),
    placements: new Table(),
    tenants: new Table(),
    tokens: new Table(),
    commands: new Table(),
    events: new Table(),
    requests: new Table(),
    cluster: new Table(),
  }
  #revision: Revision = revision(0)
  #writes: StateWrite[] = []
  #takeBack: (() => void)[] = []

  get revision(): Revision {
    return this.#revision
  }

  table<Name extends TableName>(name: Name): TableView<Tables[Name]> {
    return this.#tables[name]
  }

  cluster(): ClusterRecord {
    const versioned = this.#tables.cluster.get('cluster')
    if (versioned === undefined) throw new Error('the cluster record is missing: no term has begun')
    return versioned.record
  }

  /** Fills an empty state from what is stored. */
  load<Name extends TableName>(name: Name, key: string, record: Tables[Name], at: Revision): void {
    const table: Table<Tables[Name]> = this.#tables[name]
    table.put(key, { record, revision: at })
    if (at > this.#revision) this.#revision = at
  }

  loaded(at: Revision): void {
    this.#revision = at
  }

  /** What was written since the batch began, in order. */
  get writes(): readonly StateWrite[] {
    return this.#writes
  }

  /** Writes made since `mark` are visible at once, under the revision that they will have if nothing fails. */
  put(write: StateWrite): void {
    this.#apply(write, revision(this.#revision + this.#writes.length + 1))
    this.#writes.push(write)
  }

  /** The batch is durable: its last write has this revision. */
  keep(last: Revision): void {
    this.#revision = last
    this.#writes = []
    this.#takeBack = []
  }

  /** Takes back every write after the first `count` of the batch; none are kept by default. */
  undo(count = 0): void {
    while (this.#takeBack.length > count) this.#takeBack.pop()?.()
    this.#writes.length = count
  }

  #apply(write: StateWrite, at: Revision): void {
    switch (write.table) {
      case 'machines':
        return this.#set(this.#tables.machines, write.key, write.record, at)
      case 'workloads':
        return this.#set(this.#tables.workloads, write.key, write.record, at)
      case 'placements':
        return this.#set(this.#tables.placements, write.key, write.record, at)
      case 'tenants':
        return this.#set(this.#tables.tenants, write.key, write.record, at)
      case 'tokens':
        return this.#set(this.#tables.tokens, write.key, write.record, at)
      case 'commands':
        return this.#set(this.#tables.commands, write.key, write.record, at)
      case 'events':
        return this.#set(this.#tables.events, write.key, write.record, at)
      case 'requests':
        return this.#set(this.#tables.requests, write.key, write.record, at)
      case 'cluster':
        return this.#set(this.#tables.cluster, write.key, write.record, at)
    }
  }

  #set<Record>(table: Table<Record>, key: string, record: Record | null, at: Revision): void {
    const before = table.get(key)
    this.#takeBack.push(() => table.put(key, before))
    table.put(key, record === null ? undefined : { record, revision: at })
  }
}
