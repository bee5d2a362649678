import type { BilletError } from '../../shared/model/errors.ts'
import { type Revision, revision } from '../../shared/model/ids.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import { count, decode } from '../../shared/wire/check.ts'
import type { TableName, Tables, Versioned } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
import { type WatchItem, WatchPlace, type Watched } from './watch_place.ts'

export type WatchOptions<Name extends TableName> = Watched<Name> & {
  readonly afterRevision: number
  readonly signal: AbortSignal
}

/** Changes taken from the feed at once; a watcher holds no more than these. */
const TAKEN = 200
const PROGRESS_MS = 30_000

/**
 * Everything that exists, a mark, and then every change in order; or, after a revision, every change since. Each
 * watcher keeps only its place in the feed; one that reads too slowly loses it, and is told so.
 */
export async function* watch<Name extends TableName>(
  fleet: Pick<Fleet, 'read' | 'feed'>,
  options: WatchOptions<Name>,
): AsyncGenerator<Result<WatchItem<Tables[Name]>, BilletError>, void, undefined> {
  const { signal } = options
  const asked = decode(() => count('after_revision', options.afterRevision))
  if (!asked.ok) return yield asked
  const place = new WatchPlace(options, revision(asked.value))
  if (place.isNew) for (const item of fleet.read((view) => place.begin(view))) yield ok(item)
  let beat = nextBeat(signal)
  while (!signal.aborted) {
    for (const item of place.take(await fleet.feed.after(place.seen, TAKEN, beat))) {
      yield item
      if (!item.ok) return
    }
    // By the clock, and not only when all is quiet: a narrow filter on a busy fleet needs it most.
    if (beat.aborted && !signal.aborted) {
      yield ok({ event: 'progress', revision: place.seen })
      beat = nextBeat(signal)
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
  options: Omit<WatchOptions<Name>, 'matches' | 'canMatch'> & {
    readonly filter: () => Watched<Name>['matches']
    /** The part of the filter that never changes for a record. */
    readonly lasting?: () => Watched<Name>['matches']
  },
  message: (item: Versioned<Tables[Name]>, at: Revision) => Message,
): AsyncGenerator<Result<Message | Mark, BilletError>, void, undefined> {
  const { table, afterRevision, signal, filter, lasting } = options
  const asked = decode(() => ({ matches: filter(), canMatch: lasting?.() }))
  if (!asked.ok) return yield asked
  for await (const item of watch(fleet, { table, afterRevision, signal, ...asked.value })) {
    if (!item.ok) return yield item
    const { event, revision: at } = item.value
    if (event === 'item') yield ok(message(item.value.item, at))
    else yield ok(event === 'synced' ? { synced: true, revision: at } : { progress: true, revision: at })
  }
}
