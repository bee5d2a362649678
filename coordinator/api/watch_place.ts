import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { type Revision, revision } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { TableName, Tables, Versioned } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { FleetChange } from '../ports.ts'

/** What a watcher is told: an item, the mark that all that existed was sent, or that there is nothing new. */
export type WatchItem<Item> =
  | { readonly event: 'item'; readonly item: Versioned<Item>; readonly revision: Revision }
  | { readonly event: 'synced' | 'progress'; readonly revision: Revision }

export type Watched<Name extends TableName> = {
  readonly table: Name
  readonly matches: (record: Tables[Name]) => boolean
  /** Whether a record can have matched at another time; where not given, each can. */
  readonly canMatch?: ((record: Tables[Name]) => boolean) | undefined
}

type Told<Name extends TableName> = Result<WatchItem<Tables[Name]>, BilletError>

/**
 * One watcher's place in the feed, and what it is told from there. A record that stops matching is told once more,
 * as it is then; one that was removed is told as it last was.
 */
export class WatchPlace<Name extends TableName> {
  readonly #watched: Watched<Name>
  #seen: Revision
  /** It came with a revision, and has read nothing since. */
  #isResumed: boolean

  constructor(watched: Watched<Name>, seen: Revision) {
    this.#watched = watched
    this.#seen = seen
    this.#isResumed = seen > 0
  }

  /** Everything up to here was told. */
  get seen(): Revision {
    return this.#seen
  }

  /** It begins with everything that exists. */
  get isNew(): boolean {
    return this.#seen === 0
  }

  /** All that exists at one moment, and a mark. */
  begin(view: FleetView): readonly WatchItem<Tables[Name]>[] {
    const { table, matches } = this.#watched
    const items = view.table(table).page('', Number.MAX_SAFE_INTEGER, matches)
    this.#seen = view.revision
    const synced = { event: 'synced', revision: this.#seen } as const
    // Before the mark there is no revision to go on from: whoever stops here must begin again.
    return [...items.map((item) => ({ event: 'item', item, revision: revision(0) }) as const), synced]
  }

  /** The next changes of the feed; after a refusal there is no more. */
  *take(changes: Result<readonly FleetChange[], BilletError>): Generator<Told<Name>, void, undefined> {
    if (!changes.ok) return yield refuse(this.#isResumed ? changes.error : slowReader(changes.error))
    this.#isResumed = false
    for (const change of changes.value) {
      const item = this.#itemOf(change)
      if (item === 'unclear') return yield refuse(unclear(this.#seen, change.revision))
      this.#seen = change.revision
      if (item === null) continue
      const { revision: at } = change
      yield ok({ event: 'item', item: { record: item, revision: at }, revision: at })
    }
  }

  /** Null: it is not for this watcher. Unclear: nobody knows any more whether the record has matched before. */
  #itemOf(change: FleetChange): Tables[Name] | 'unclear' | null {
    const { table, matches, canMatch } = this.#watched
    if (!isOf(change, table)) return null
    const { record, before, isPast } = change
    const relevant = (record !== null && matches(record)) || (before !== null && matches(before))
    if (relevant) return record ?? before
    if (isPast !== true || record === null) return null
    return canMatch === undefined || canMatch(record) ? 'unclear' : null
  }
}

type ChangeOf<Name extends TableName> = FleetChange & {
  readonly table: Name
  readonly record: Tables[Name] | null
  readonly before: Tables[Name] | null
}

function isOf<Name extends TableName>(change: FleetChange, table: Name): change is ChangeOf<Name> {
  return change.table === table
}

function unclear(seen: Revision, oldest: Revision): BilletError {
  const sentence =
    `What stopped matching between revision ${seen} and the coordinator's last start is not known any more. ` +
    'Start again without a revision.'
  return billetError('revision_compacted', sentence, { after_revision: `${seen}`, oldest_revision: `${oldest}` })
}

function slowReader(cause: BilletError): BilletError {
  if (cause.kind !== 'revision_compacted') return cause
  const sentence = 'This watcher read too slowly, and its place is gone. Watch again from the start.'
  return billetError('slow_reader', sentence, cause.metadata)
}
