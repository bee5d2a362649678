import { type BilletError, billetError } from '../../shared/model/errors.ts'
import { type Revision, revision } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { count, decode } from '../../shared/wire/check.ts'
import type { TableName, Tables, Versioned } from '../core/records.ts'
import type { Fleet, FleetChange } from '../ports.ts'

/** What a watcher is told: an item, the mark that all that existed was sent, or that there is nothing new. */
export type WatchItem<Item> =
  | { readonly event: 'item'; readonly item: Versioned<Item>; readonly revision: Revision }
  | { readonly event: 'synced' | 'progress'; readonly revision: Revision }

export type WatchOptions<Name extends TableName> = {
  readonly table: Name
  readonly afterRevision: number
  readonly matches: (record: Tables[Name]) => boolean
  readonly signal: AbortSignal
}

/** Changes taken from the feed at once; a watcher holds no more than these. */
const TAKEN = 200
const PROGRESS_MS = 30_000

/**
 * Everything that exists, a mark, and then every change in order; or, after a revision, every change since. A
 * record that stops matching is told once more, as it is then; one that was removed is told as it last was. Each
 * watcher keeps only its place in the feed: one that reads too slowly loses it, and is told so.
 */
export async function* watch<Name extends TableName>(
  fleet: Pick<Fleet, 'read' | 'feed'>,
  options: WatchOptions<Name>,
): AsyncGenerator<Result<WatchItem<Tables[Name]>, BilletError>, void, undefined> {
  const asked = decode(() => count('after_revision', options.afterRevision))
  if (!asked.ok) return yield asked
  let seen = revision(asked.value)
  const fromStart = seen === 0
  if (fromStart) {
    const snapshot = fleet.read((view) => ({
      at: view.revision,
      records: view.table(options.table).page('', Number.MAX_SAFE_INTEGER, options.matches),
    }))
    seen = snapshot.at
    // Before the mark there is no revision to go on from: whoever stops here must begin again.
    for (const item of snapshot.records) yield ok({ event: 'item', item, revision: revision(0) })
    yield ok({ event: 'synced', revision: seen })
  }
  let resumed = !fromStart
  let beat = nextBeat(options.signal)
  while (!options.signal.aborted) {
    const taken = await fleet.feed.after(seen, TAKEN, beat)
    if (!taken.ok) return yield refuse(resumed ? taken.error : slowReader(taken.error))
    resumed = false
    for (const change of taken.value) {
      const item = itemOf(change, options)
      if (item !== undefined) {
        yield ok({ event: 'item', item: { record: item, revision: change.revision }, revision: change.revision })
      }
      seen = change.revision
    }
    // By the clock, and not only when all is quiet: a narrow filter on a busy fleet needs it most.
    if (beat.aborted && !options.signal.aborted) {
      yield ok({ event: 'progress', revision: seen })
      beat = nextBeat(options.signal)
    }
  }
}

function nextBeat(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(PROGRESS_MS)])
}

/** A mark as every watch's response has it. */
type Mark = { readonly synced?: true; readonly progress?: true; readonly revision: number }

/** A watch as a streaming method answers it. A filter that is not right ends it at once. */
export async function* watchMessages<Name extends TableName, Message>(
  fleet: Pick<Fleet, 'read' | 'feed'>,
  options: Omit<WatchOptions<Name>, 'matches'> & { readonly filter: () => WatchOptions<Name>['matches'] },
  message: (item: Versioned<Tables[Name]>, at: Revision) => Message,
): AsyncGenerator<Result<Message | Mark, BilletError>, void, undefined> {
  const matches = decode(options.filter)
  if (!matches.ok) return yield matches
  for await (const item of watch(fleet, { ...options, matches: matches.value })) {
    if (!item.ok) return yield item
    const { event, revision: at } = item.value
    if (event === 'item') yield ok(message(item.value.item, at))
    else yield ok(event === 'synced' ? { synced: true, revision: at } : { progress: true, revision: at })
  }
}

function itemOf<Name extends TableName>(
  change: FleetChange,
  { table, matches }: WatchOptions<Name>,
): Tables[Name] | undefined {
  if (!isOf(change, table)) return undefined
  const { record, before } = change
  const relevant = (record !== null && matches(record)) || (before !== null && matches(before))
  return relevant ? (record ?? before ?? undefined) : undefined
}

function isOf<Name extends TableName>(
  change: FleetChange,
  table: Name,
): change is FleetChange & {
  readonly table: Name
  readonly record: Tables[Name] | null
  readonly before: Tables[Name] | null
} {
  return change.table === table
}

function slowReader(cause: BilletError): BilletError {
  if (cause.kind !== 'revision_compacted') return cause
  const sentence = 'This watcher read too slowly, and its place is gone. Watch again from the start.'
  return billetError('slow_reader', sentence, cause.metadata)
}
