import type { MachineId, WorkloadId } from '../../shared/model/ids.ts'
import { type Instant, seconds } from '../../shared/model/time.ts'
import { type Explanation, type Forecast, NOTHING_TO_EXPLAIN } from '../../shared/model/workload.ts'
import type { PlannedPlacement, PlannedPreemption } from '../core/commit.ts'
import { imaginedPlaced } from '../core/imagined.ts'
import type { WorkloadRecord } from '../core/records.ts'
import { vacantRanks } from '../core/restarts.ts'
import type { FleetState, FleetView } from '../core/state.ts'
import { Admission } from './admission.ts'
import type { Kept } from './claims.ts'
import { explain } from './explain.ts'
import { FleetIndex } from './fleet_index.ts'
import { explainGrowth } from './explain_growth.ts'
import { Growing, growerOf } from './growing.ts'
import { Growth } from './growth.ts'
import { Pass } from './pass.ts'
import { Running } from './running.ts'
import { Waiting, type Wanted } from './waiting.ts'

/** A pass is made so often even where nothing has changed: with time, more may be used by what is brief. */
const PASS_AT_LEAST = seconds(1)

/** What the last pass to its end found. */
type LastPass = {
  readonly at: Instant | null
  readonly fleet: number
  readonly queue: number
  readonly heldUp: boolean
}

/**
 * Decides what to place: pure, on a view of the fleet and the time. What it keeps between two calls is an index of that
 * view, brought up by what has changed; it decides the same without one.
 */
export class Scheduler {
  #index: FleetIndex | null = null
  #last: LastPass = { at: null, fleet: 0, queue: 0, heldUp: false }
  #waiting = new Waiting(new FleetIndex([]))
  #preemptions: readonly PlannedPreemption[] = []
  readonly #running = new Running()
  #growing = new Growing()
  readonly #machines = new Set<string>()
  readonly #workloads = new Set<string>()
  readonly #reservations = new Set<string>()
  /** Machines that each reservation bound when it was last looked at. */
  readonly #reserved = new Map<string, readonly MachineId[]>()

  /** Of this state; every change of it, kept or taken back, is told to its scheduler. */
  constructor(state: Pick<FleetState, 'observe'>) {
    state.observe(({ table, key }) => {
      if (table === 'machines') this.#machines.add(key)
      else if (table === 'workloads') this.#workloads.add(key)
      else if (table === 'reservations') this.#reservations.add(key)
    })
  }

  /**
   * What is to be placed now, one workload after the other. Each is to be written into the view before the next is
   * asked for; one that is not written is passed over.
   */
  *schedule(view: FleetView, now: Instant): Generator<PlannedPlacement, void> {
    const touched = this.#machines.size > 0
    const { index, waiting } = this.sync(view, now)
    if (this.#isQuiet(index, waiting, touched, now)) return
    waiting.restandAll(view, now)
    const pass = new Pass({ view, now, index, waiting, running: this.#running })
    let isAnyPlanned = false
    for (let planned = pass.next(); planned !== undefined; planned = pass.next()) {
      isAnyPlanned = true
      yield planned
      this.sync(view, now)
    }
    for (const planned of this.#growth(view, now, pass)) {
      isAnyPlanned = true
      yield planned
      this.sync(view, now)
    }
    const { heldUp } = pass
    this.#preemptions = pass.preemptions
    // What was given out has changed how tenants stand, and so the order: another pass may find more.
    const queue = waiting.changes + this.#growing.changes
    this.#last = { at: isAnyPlanned ? null : now, fleet: index.changes, queue, heldUp }
  }

  /** After everybody that waits has had a turn: machines for those that may have more. */
  #growth(view: FleetView, now: Instant, pass: Pass): readonly PlannedPlacement[] {
    const { index } = this.sync(view, now)
    if (this.#growing.size === 0) return []
    return new Growth({ view, now, index, wishes: pass.wishes() }).plan(this.#growing.values())
  }

  /** What it would be given beyond its least at the moment at which it is placed. */
  #growthOf(view: FleetView, workload: WorkloadRecord, now: Instant, pass: Pass): readonly MachineId[] {
    const index = this.#indexFor(view)
    const waiting = this.#waiting
    const grower = growerOf(imaginedPlaced(workload, now), waiting)
    if (grower === null) return []
    const growth = new Growth({ view, now, index, wishes: pass.wishesOfAll() })
    const planned = growth.plan([...this.#growing.values(), grower])
    waiting.forget(grower.wants.map(({ demand }) => demand))
    return planned.find((one) => one.workload === workload.id)?.machines ?? []
  }

  /** Nothing has changed since a pass that found nothing more to place, and it is not long ago. */
  #isQuiet(index: FleetIndex, waiting: Waiting, touched: boolean, now: Instant): boolean {
    const { at, fleet, queue, heldUp } = this.#last
    const changes = waiting.changes + this.#growing.changes
    const isRecent = at !== null && at <= now && now < at + PASS_AT_LEAST
    return isRecent && fleet === index.changes && queue === changes && !(heldUp && touched)
  }

  /** Who is to be stopped for whom, found along with the last placements; once. */
  preemptions(): readonly PlannedPreemption[] {
    const planned = this.#preemptions
    this.#preemptions = []
    return planned
  }

  /** Why a workload waits, for every machine; nothing where it does not. */
  explain(view: FleetView, id: WorkloadId, now: Instant): Explanation {
    const workload = view.find('workloads', id)
    return workload === undefined ? NOTHING_TO_EXPLAIN : this.#explain(view, workload, now)
  }

  #explain(view: FleetView, workload: WorkloadRecord, now: Instant): Explanation {
    const { index, waiting } = this.sync(view, now)
    waiting.restandAll(view, now)
    const pass = new Pass({ view, now, index, waiting, running: this.#running })
    const keptFrom = (wanted: Wanted): Kept => pass.keptFrom(wanted)
    const admission = new Admission(view, now)
    const look = { view, now, index, waiting, admission, keptFrom, wishesOfOthers: () => pass.wishesOfAll() }
    const grower = vacantRanks(workload).length > 0 ? null : growerOf(workload, waiting)
    if (grower === null) return explain(look, workload)
    const explanation = explainGrowth(look, grower)
    waiting.forget(grower.wants.map(({ demand }) => demand))
    return explanation
  }

  /** What would become of a workload if it were submitted now; nothing is changed. */
  forecast(view: FleetView, workload: WorkloadRecord, now: Instant): Forecast {
    const { index, waiting } = this.sync(view, now)
    waiting.update(workload.id, workload, now)
    waiting.restandAll(view, now)
    const pass = new Pass({ view, now, index, waiting, running: this.#running })
    const least = pass.forecast(workload.id)
    const machines = least.length === 0 ? least : [...least, ...this.#growthOf(view, workload, now, pass)]
    const preempted = pass.preemptions.find((planned) => planned.workload === workload.id)?.stops ?? []
    const explanation = machines.length > 0 ? NOTHING_TO_EXPLAIN : this.#explain(view, workload, now)
    waiting.update(workload.id, undefined, now)
    return { machines, preempted, explanation }
  }

  /** The index as of this view. */
  sync(view: FleetView, now: Instant): { readonly index: FleetIndex; readonly waiting: Waiting } {
    const index = this.#indexFor(view)
    this.#rebind(view, index)
    for (const id of this.#machines) index.update(view, id)
    this.#machines.clear()
    index.settle(view)
    for (const id of this.#workloads) {
      const workload = view.find('workloads', id)
      this.#waiting.update(id, workload, now)
      this.#running.update(id, workload)
      this.#growing.update(id, workload, this.#waiting)
    }
    this.#workloads.clear()
    this.#waiting.wake(now)
    index.forget(now)
    return { index, waiting: this.#waiting }
  }

  /** Machines whose reservations are others than before are of other kinds now. */
  #rebind(view: FleetView, index: FleetIndex): void {
    for (const id of this.#reservations) {
      const reservation = view.find('reservations', id)
      const bound = reservation === undefined || reservation.overAt !== null ? [] : reservation.machines
      for (const machine of this.#reserved.get(id) ?? []) this.#machines.add(machine)
      for (const machine of bound) this.#machines.add(machine)
      if (bound.length === 0) this.#reserved.delete(id)
      else this.#reserved.set(id, bound)
      index.changes += 1
    }
    this.#reservations.clear()
  }

  #indexFor(view: FleetView): FleetIndex {
    const levels = view.cluster().topologyLevels
    const known = this.#index
    if (known !== null && known.levels.join('\n') === levels.join('\n')) return known
    const index = new FleetIndex(levels)
    this.#last = { at: null, fleet: 0, queue: 0, heldUp: false }
    this.#index = index
    this.#waiting = new Waiting(index)
    this.#growing = new Growing()
    for (const { record } of view.table('machines').values()) this.#machines.add(record.id)
    for (const { record } of view.table('workloads').values()) this.#workloads.add(record.id)
    for (const { record } of view.table('reservations').values()) this.#reservations.add(record.id)
    return index
  }
}
