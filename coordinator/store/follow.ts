import type { Change, StoreFailure } from '../ports.ts'
import type { Revision } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'

/** The changes of a store, looked at a page at a time. */
export interface History {
  revision(): Revision
  compacted(): Revision
  /** Changes under a prefix in `after` < revision <= `upTo`; `upTo` is never above `revision()`. */
  changes(prefix: string, after: Revision, upTo: Revision): Result<readonly Change[], StoreFailure>
  /** How far one page may reach beyond `after`. */
  pageEnd(after: Revision): Revision
  /** Lets others run between two pages. */
  pause(): Promise<void>
}

/** Those who wait for the next commit. */
export class Waiting {
  readonly #wakers = new Set<() => void>()

  /** Resolves after the next `wake`, or when the signal fires. */
  next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#wakers.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#wakers.add(wake)
      signal.addEventListener('abort', wake)
    })
  }

  wake(): void {
    for (const waker of Array.from(this.#wakers)) waker()
  }
}

/**
 * A watch keeps nothing but its place: it reads pages from the history, so that a slow reader costs no memory
 * and is told `compacted` when the history has gone on without it.
 */
export async function* follow(
  history: History,
  waiting: Waiting,
  watch: { readonly prefix: string; readonly after: Revision; readonly signal: AbortSignal },
): AsyncGenerator<Result<Change, StoreFailure>, void> {
  const { prefix, signal } = watch
  let place = watch.after
  while (!signal.aborted) {
    const oldest = history.compacted()
    if (place < oldest) {
      yield refuse({ kind: 'compacted', after: place, oldest })
      return
    }
    // A place in the future is waited for, even when there are commits below it.
    const end = place < history.revision() ? history.pageEnd(place) : place
    const page = history.changes(prefix, place, end)
    if (!page.ok) {
      yield page
      return
    }
    for (const change of page.value) {
      yield ok(change)
      if (signal.aborted) return
    }
    place = end
    // Commits may have come while the reader was busy: nobody wakes us for those.
    if (place < history.revision()) await history.pause()
    else await waiting.next(signal)
  }
}
