import { WatchPlace, type Watched } from '../../coordinator/api/watch_place.ts'
import type { MachineRecord, TableName, WorkloadRecord } from '../../coordinator/core/records.ts'
import type { StateWrite } from '../../coordinator/core/state.ts'
import type { ChangeFeed } from '../../coordinator/feed.ts'
import { revision } from '../../shared/model/ids.ts'
import { isOver } from '../../shared/model/placement_phase.ts'
import { hasEnded } from '../../shared/model/workload.ts'
import { FEED_KEPT, type SimulatedCoordinator } from './coordinator.ts'
import { LawBroken } from './law.ts'
import { WatchObserver } from './watch_observer.ts'
import type { World } from './world.ts'

/** More than a watcher can be behind when nothing is written any more. */
const READS_MAX = 1000

/** One client that watches, loses its connection, and comes back with the last revision that it saw. */
export class Watcher<Name extends TableName> {
  readonly #world: World
  readonly #coordinator: SimulatedCoordinator
  readonly #watched: Watched<Name>
  readonly #isMatch: (write: StateWrite) => boolean
  readonly #isFiltered: boolean
  readonly #observer: WatchObserver
  /** Last revision that the client was told; 0: it begins with everything. */
  #seen = 0
  /** The coordinator's side of its connection, and the feed of that process. */
  #place: WatchPlace<Name> | null = null
  #feed: ChangeFeed | null = null
  #isStray = false

  constructor(world: World, coordinator: SimulatedCoordinator, kind: Kind<Name>) {
    this.#world = world
    this.#coordinator = coordinator
    this.#watched = kind.watched
    this.#isMatch = kind.isMatch
    this.#isFiltered = kind.isFiltered
    this.#observer = new WatchObserver(`watcher of ${kind.watched.table}`)
  }

  /** From here on, whatever becomes durable is followed. */
  follow(): void {
    const { onDurable } = this.#coordinator
    onDurable.push({
      written: (write, at) => this.#written(write, at),
      started: () => this.#observer.started(),
      restored: (at, writes) => this.#restored(at, writes),
    })
    this.#soon()
  }

  #written(write: StateWrite, at: number): void {
    this.#observer.written(at)
    if (write.table !== this.#watched.table) return
    this.#observer.changed(write.key, at, this.#isMatch(write), write.record === null)
  }

  /** What is stored is of before: those who come with a revision that was never reached are told so. */
  #restored(at: number, writes: Iterable<readonly [StateWrite, number]>): void {
    this.#observer.restored(at)
    for (const [write, writtenAt] of writes) this.#written(write, writtenAt)
    this.#observer.written(at)
    this.#place = null
    this.#isStray = true
  }

  #soon(): void {
    const most = this.#world.chance(0.03) ? 120_000 : 8000
    this.#world.after(200, most, () => {
      if (this.#world.isCalm) return
      this.#read()
      this.#soon()
    })
  }

  /** In the end it reads all there is. */
  finish(): void {
    for (let reads = 0; this.#place === null || this.#place.seen < this.#coordinator.state.revision; reads += 1) {
      if (reads > READS_MAX) throw new LawBroken('a watcher comes to the end', this.#observer.name)
      this.#read()
    }
    this.#observer.finished()
  }

  #read(): void {
    if (!this.#coordinator.isUp) return
    const { feed } = this.#coordinator
    if (this.#feed !== feed) this.#place = null
    this.#feed = feed
    // In a range that was written twice nobody can tell one from the other: whoever restores says so to watchers.
    if (this.#isStray && this.#seen <= feed.revision()) this.#seen = 0
    this.#isStray = false
    this.#place ??= new WatchPlace(this.#watched, revision(this.#seen))
    if (this.#place.isNew) this.#begin(this.#place)
    else this.#goOn(this.#place, feed)
    if (this.#world.fault(0.1)) this.#place = null
  }

  /** The client keeps nothing of a beginning without its end. */
  #begin(place: WatchPlace<Name>): void {
    const told = place.begin(this.#coordinator.state)
    if (this.#world.fault(0.1)) {
      this.#place = null
      return
    }
    const items = told.flatMap((one) => (one.event === 'item' ? [one.item.revision] : []))
    this.#observer.began(items, place.seen)
    this.#seen = place.seen
  }

  #goOn(place: WatchPlace<Name>, feed: ChangeFeed): void {
    const limit = 1 + this.#world.random.below(40)
    for (const item of place.take(feed.take(place.seen, limit))) {
      if (!item.ok) {
        this.#observer.refused(item.error.kind, place.seen, FEED_KEPT, this.#isFiltered)
        this.#seen = 0
        this.#place = null
        return
      }
      // Cut off in the middle of what was on its way.
      if (this.#world.fault(0.02)) {
        this.#place = null
        return
      }
      this.#observer.told(item.value.revision)
      this.#seen = item.value.revision
      this.#world.note('told', this.#seen)
    }
    if (!this.#world.chance(0.1)) return
    this.#observer.marked(place.seen)
    this.#seen = place.seen
  }
}

type Kind<Name extends TableName> = {
  readonly watched: Watched<Name>
  /** As `watched.matches`, for whatever was written. */
  readonly isMatch: (write: StateWrite) => boolean
  readonly isFiltered: boolean
}

const all = <Name extends TableName>(table: Name): Kind<Name> => ({
  watched: { table, matches: () => true },
  isMatch: (write) => write.table === table && write.record !== null,
  isFiltered: false,
})

const isFree = ({ state }: MachineRecord): boolean => state === 'available'
const isOfRed = ({ tenant }: WorkloadRecord): boolean => tenant === 'red'
const isReds = (workload: WorkloadRecord): boolean => isOfRed(workload) && !hasEnded(workload.state)

const freeMachines: Kind<'machines'> = {
  watched: { table: 'machines', matches: isFree },
  isMatch: (write) => write.table === 'machines' && write.record !== null && isFree(write.record),
  isFiltered: true,
}
const workloadsOfRed: Kind<'workloads'> = {
  watched: { table: 'workloads', matches: isReds, canMatch: isOfRed },
  isMatch: (write) => write.table === 'workloads' && write.record !== null && isReds(write.record),
  isFiltered: true,
}
const ranks: Kind<'placements'> = {
  watched: { table: 'placements', matches: ({ phase }) => !isOver(phase) },
  isMatch: (write) => write.table === 'placements' && write.record !== null && !isOver(write.record.phase),
  isFiltered: true,
}

/** One that watches everything of a kind, and one that watches a part. */
export function watchers(world: World, coordinator: SimulatedCoordinator): readonly { finish(): void }[] {
  const { random } = world
  const make = <Name extends TableName>(kind: Kind<Name>): Watcher<Name> => {
    const watcher = new Watcher(world, coordinator, kind)
    watcher.follow()
    return watcher
  }
  const whole = [() => make(all('machines')), () => make(all('workloads')), () => make(all('placements'))]
  const part = [() => make(freeMachines), () => make(workloadsOfRed), () => make(ranks)]
  return [whole[random.below(3)], part[random.below(3)]].flatMap((one) => (one === undefined ? [] : [one()]))
}
