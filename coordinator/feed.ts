import { billetError } from '../shared/model/errors.ts'
import { type Revision, revision } from '../shared/model/ids.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import type { BilletError } from '../shared/model/errors.ts'
import type { Feed, FleetChange } from './ports.ts'

/**
 * The newest committed changes in memory: one writer, any number of readers, each with only its place in it. A
 * reader that falls behind by more than `kept` changes finds its place gone, and is told so.
 */
export class ChangeFeed implements Feed {
  readonly #kept: number
  /** Revisions are consecutive: the change at index i has revision `#first + i`. */
  #changes: FleetChange[] = []
  #first: number
  #waiting = new Set<() => void>()

  /** `earlier` are the changes up to `at`, consecutive, as far as they are kept. */
  constructor(at: Revision, kept: number, earlier: readonly FleetChange[] = []) {
    this.#first = at + 1 - earlier.length
    this.#changes = [...earlier]
    this.#kept = kept
  }

  revision(): Revision {
    return revision(this.#first + this.#changes.length - 1)
  }

  append(changes: readonly FleetChange[]): void {
    this.#changes.push(...changes)
    // Trimmed by halves: one move of many, instead of many moves of one.
    if (this.#changes.length > this.#kept * 2) {
      this.#first += this.#changes.length - this.#kept
      this.#changes = this.#changes.slice(-this.#kept)
    }
    const waiting = this.#waiting
    this.#waiting = new Set()
    for (const wake of waiting) wake()
  }

  async after(
    seen: Revision,
    limit: number,
    signal: AbortSignal,
  ): Promise<Result<readonly FleetChange[], BilletError>> {
    for (;;) {
      const taken = this.take(seen, limit)
      if (!taken.ok || taken.value.length > 0 || signal.aborted) return taken
      await this.#next(signal)
    }
  }

  /** As `after`, with what is there now. */
  take(seen: Revision, limit: number): Result<readonly FleetChange[], BilletError> {
    const place = seen + 1 - this.#first
    if (place < 0) return refuse(compacted(seen, revision(this.#first - 1)))
    if (place > this.#changes.length) return refuse(future(seen, this.revision()))
    return ok(this.#changes.slice(place, place + limit))
  }

  #next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve()
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake)
    })
  }
}

function compacted(seen: Revision, oldest: Revision): BilletError {
  const sentence =
    `Changes after revision ${seen} are no longer kept; the oldest usable revision is ${oldest}. ` +
    'Start again without one.'
  return billetError('revision_compacted', sentence, { after_revision: `${seen}`, oldest_revision: `${oldest}` })
}

function future(seen: Revision, newest: Revision): BilletError {
  const sentence = `Revision ${seen} was never reached; the newest is ${newest}. Start again without one.`
  return billetError('revision_future', sentence, { after_revision: `${seen}`, newest_revision: `${newest}` })
}
