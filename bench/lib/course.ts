import type { Connection } from '../../shared/grpc/client.ts'
import { PlacementPhase } from '../../shared/wire/gen/types/billet/v1/PlacementPhase.ts'
import { services } from '../../shared/wire/load.ts'

export type CourseStep = 'placed' | 'started' | 'ended'

/** The steps that a placement in this phase has behind it. */
const STEPS: ReadonlyMap<number, readonly CourseStep[]> = new Map<number, readonly CourseStep[]>([
  [PlacementPhase.PLACEMENT_PHASE_PREPARING, ['placed']],
  [PlacementPhase.PLACEMENT_PHASE_PREPARED, ['placed']],
  [PlacementPhase.PLACEMENT_PHASE_STARTING, ['placed']],
  [PlacementPhase.PLACEMENT_PHASE_STOPPING, ['placed']],
  [PlacementPhase.PLACEMENT_PHASE_RUNNING, ['placed', 'started']],
  [PlacementPhase.PLACEMENT_PHASE_EXITED, ['placed', 'started', 'ended']],
])

type Seen = Record<CourseStep, Set<string>>
type Waiter = { left: number; readonly resolve: () => void; readonly reject: (failed: Error) => void }

/** How far placements have come, from one watch. */
export class Course {
  readonly #over = new AbortController()
  readonly #seen = new Map<string, Seen>()
  readonly #waiters = new Map<string, Waiter>()
  readonly #lastAt: Record<CourseStep, number> = { placed: 0, started: 0, ended: 0 }
  readonly synced: Promise<void>

  constructor(connection: Connection) {
    this.synced = new Promise((resolve, reject) => {
      void this.#watch(connection, resolve).catch((cause: unknown) => {
        const failed = cause instanceof Error ? cause : new Error(String(cause))
        reject(failed)
        for (const waiter of this.#waiters.values()) waiter.reject(failed)
      })
    })
  }

  end(): void {
    this.#over.abort()
  }

  lastAt(step: CourseStep): number {
    return this.#lastAt[step]
  }

  /** Answers once so many placements of each of these workloads have come so far. */
  async reached(workloads: readonly string[], step: CourseStep, ranks: number): Promise<void> {
    await Promise.all(
      workloads.map(
        (name) =>
          new Promise<void>((resolve, reject) => {
            const left = ranks - (this.#seen.get(name)?.[step].size ?? 0)
            if (left <= 0) resolve()
            else this.#waiters.set(`${name} ${step}`, { left, resolve, reject })
          }),
      ),
    )
  }

  forget(workloads: readonly string[]): void {
    for (const name of workloads) this.#seen.delete(name)
  }

  async #watch(connection: Connection, synced: () => void): Promise<void> {
    const { signal } = this.#over
    let after_revision = 0
    // Who falls behind begins anew, like every client.
    while (!signal.aborted) after_revision = await this.#follow(connection, after_revision, synced)
  }

  /** Where to go on from: zero begins anew. */
  async #follow(connection: Connection, after_revision: number, synced: () => void): Promise<number> {
    const { signal } = this.#over
    const { WatchPlacements } = services.PlacementService
    for await (const change of connection.stream(WatchPlacements, { after_revision }, { signal })) {
      if (signal.aborted) return 0
      if (!change.ok) {
        if (change.error.kind === 'slow_reader') return 0
        throw new Error(change.error.message)
      }
      const { placement, synced: mark } = change.value
      if (mark === true) synced()
      if (placement === null || placement === undefined) continue
      for (const step of STEPS.get(placement.phase) ?? []) this.#note(placement.workload, placement.name, step)
    }
    return 0
  }

  #note(workload: string, placement: string, step: CourseStep): void {
    let seen = this.#seen.get(workload)
    if (seen === undefined) {
      seen = { placed: new Set(), started: new Set(), ended: new Set() }
      this.#seen.set(workload, seen)
    }
    if (seen[step].has(placement)) return
    seen[step].add(placement)
    this.#lastAt[step] = performance.now()
    const key = `${workload} ${step}`
    const waiter = this.#waiters.get(key)
    if (waiter === undefined) return
    waiter.left -= 1
    if (waiter.left > 0) return
    this.#waiters.delete(key)
    waiter.resolve()
  }
}
