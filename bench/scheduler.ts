/**
 * Decisions of the scheduler alone, the production code on a synthetic fleet: one thread, nothing stored.
 */
import process from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { commitPlacement } from '../coordinator/core/commit.ts'
import { Draft } from '../coordinator/core/draft.ts'
import type { MachineRecord } from '../coordinator/core/records.ts'
import { Scheduler } from '../coordinator/scheduler/scheduler.ts'
import type { MachineId } from '../shared/model/ids.ts'
import { revision } from '../shared/model/ids.ts'
import { ANY_MACHINE } from '../shared/model/workload.ts'
import { note, numberArgument, print } from './lib/figures.ts'
import { type SyntheticFleet, drawSpec, enqueue, syntheticFleet } from './lib/synthetic_fleet.ts'

const machineCount = numberArgument('machines', 100_000)
const waitingCount = numberArgument('waiting', 50_000)
const seed = numberArgument('seed', 1)

setFlagsFromString('--expose-gc')

function heapBytes(): number {
  runInNewContext('gc()')
  return process.memoryUsage().heapUsed
}

const report = (metric: string, value: number, unit: string): void => print({ bench: 'scheduler', metric, value, unit })

type Placed = { readonly decisions: number; readonly deciding: number; readonly writing: number }

/** One pass, each decision written as the coordinator writes it; the times of both apart, in milliseconds. */
function pass(fleet: SyntheticFleet, scheduler: Scheduler): Placed {
  const { state, ids, now } = fleet
  let [decisions, deciding, writing] = [0, 0, 0]
  const plans = scheduler.schedule(state, now)
  for (;;) {
    const begun = performance.now()
    const { value: planned } = plans.next()
    const decided = performance.now()
    deciding += decided - begun
    if (planned === undefined) break
    const draft = new Draft(state, now, ids)
    const refusals = commitPlacement(draft, planned)
    if (refusals.length > 0) throw new Error(`a plan was refused: ${JSON.stringify(refusals)}`)
    draft.flush()
    state.keep(revision(state.revision + state.writes.length))
    writing += performance.now() - decided
    decisions += 1
  }
  return { decisions, deciding, writing }
}

function change(fleet: SyntheticFleet, id: MachineId, to: (machine: MachineRecord) => Partial<MachineRecord>): void {
  const machine = fleet.state.find('machines', id)
  if (machine === undefined) throw new Error('there is no such machine')
  fleet.state.load({ table: 'machines', key: id, record: { ...machine, ...to(machine) } }, fleet.state.revision)
}

const free = ({ epoch }: MachineRecord): Partial<MachineRecord> => ({
  state: 'available',
  cleanEpoch: epoch,
  placement: null,
  tenant: null,
})

/** Half of the fleet free, and single machines asked for until it is full: microseconds for each. */
type Decided = { readonly perSecond: number; readonly micros: number; readonly arrivalMicros: number }

function oneMachineDecisions(size: number, count: number): Decided {
  const fleet = syntheticFleet(size, seed)
  const scheduler = new Scheduler(fleet.state)
  for (let index = 0; index < 200; index += 1) enqueue(fleet, drawSpec(fleet, 1), index)
  pass(fleet, scheduler)
  for (let index = 0; index < count; index += 1) enqueue(fleet, drawSpec(fleet, 1), 1000 + index)
  const begun = performance.now()
  scheduler.sync(fleet.state, fleet.now)
  const absorbing = performance.now() - begun
  const { decisions, deciding, writing } = pass(fleet, scheduler)
  const told = `decided in ${deciding.toFixed(0)} ms, written in ${writing.toFixed(0)} ms`
  note(`${size} machines: ${count} workloads came in ${absorbing.toFixed(0)} ms; ${decisions} ${told}`)
  const micros = (deciding / decisions) * 1000
  return { perSecond: 1e6 / micros, micros, arrivalMicros: (absorbing / count) * 1000 }
}

type Steady = { readonly changeMicros: number; readonly passMicros: number }

/** A full fleet with a long queue: a machine comes free, the pass after it decides who gets it. */
function steady(fleet: SyntheticFleet, scheduler: Scheduler, rounds: number): Steady {
  let [changing, passing, decided] = [0, 0, 0]
  for (let round = 0; round < rounds; round += 1) {
    const id = fleet.machines[fleet.random.below(fleet.machines.length)]
    if (id === undefined) throw new Error('there is no machine')
    change(fleet, id, free)
    const begun = performance.now()
    scheduler.sync(fleet.state, fleet.now)
    const changed = performance.now()
    const { decisions, deciding } = pass(fleet, scheduler)
    changing += changed - begun
    passing += deciding
    decided += decisions
  }
  note(`${fleet.machines.length} machines: ${rounds} came free, ${decided} workloads were placed on them`)
  return { changeMicros: (changing / rounds) * 1000, passMicros: (passing / rounds) * 1000 }
}

function filled(size: number, waiting: number): { readonly fleet: SyntheticFleet; readonly scheduler: Scheduler } {
  const fleet = syntheticFleet(size, seed)
  const scheduler = new Scheduler(fleet.state)
  for (let index = 0; index < size; index += 1) enqueue(fleet, drawSpec(fleet, 1), index)
  pass(fleet, scheduler)
  for (let index = 0; index < waiting; index += 1) enqueue(fleet, drawSpec(fleet), size + index)
  pass(fleet, scheduler)
  return { fleet, scheduler }
}

function gang(size: number): number {
  const times: number[] = []
  for (let round = 0; round < 9; round += 1) {
    const fleet = syntheticFleet(size, seed + round)
    const scheduler = new Scheduler(fleet.state)
    for (const id of fleet.machines) {
      if (fleet.random.below(3) === 0)
        change(fleet, id, () => ({ cordon: { reason: '', user: OPERATOR, at: fleet.now, drain: false } }))
    }
    scheduler.sync(fleet.state, fleet.now)
    const spec = { ...drawSpec(fleet, 1024), constraints: { ...ANY_MACHINE, gpusMin: 4 } }
    enqueue(
      fleet,
      { ...spec, arrangement: { pack: { level: 'rack', required: false }, spread: null, sameClass: false } },
      1,
    )
    const { decisions, deciding } = pass(fleet, scheduler)
    if (decisions !== 1) throw new Error('the gang was not placed')
    times.push(deciding)
  }
  return times.toSorted((left, right) => left - right)[4] ?? 0
}

const { user: OPERATOR } = enqueue(syntheticFleet(1, 1), drawSpec(syntheticFleet(1, 1)), 1)

note(`${machineCount} machines in 40 classes, ${waitingCount} waiting workloads of 100 tenants, seed ${seed}`)
const before = heapBytes()
const { fleet, scheduler } = filled(machineCount, waitingCount)
scheduler.sync(fleet.state, fleet.now)
note(`state and index hold ${Math.round((heapBytes() - before) / 1e6)} MB`)
const atFull = steady(fleet, scheduler, 300)
report('machine_change_us', atFull.changeMicros, 'us')
report('pass_after_change_us', atFull.passMicros, 'us')
const last = [...fleet.state.queued()].at(-1)
if (last !== undefined) {
  const begun = performance.now()
  const rounds = 20
  for (let round = 0; round < rounds; round += 1) scheduler.explain(fleet.state, last.id, fleet.now)
  report('explain_ms', (performance.now() - begun) / rounds, 'ms')
}
report('gang_1024_ms', gang(machineCount), 'ms')
oneMachineDecisions(10_000, 5000)
const small = oneMachineDecisions(1000, 500)
oneMachineDecisions(10_000, 5000)
const large = oneMachineDecisions(machineCount, Math.min(waitingCount, machineCount / 2))
report('workload_arrival_us', large.arrivalMicros, 'us')
report('decisions_per_second', large.perSecond, '1/s')
report('growth_1k_to_100k', large.micros / small.micros, 'ratio')
