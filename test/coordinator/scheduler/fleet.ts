import { finding } from '../../../shared/model/health.ts'
import type {
  MachineRecord,
  PlacementRecord,
  ReservationRecord,
  WorkloadRecord,
} from '../../../coordinator/core/records.ts'
import { FleetState, type StateWrite } from '../../../coordinator/core/state.ts'
import type { Backfill } from '../../../shared/model/tenant.ts'
import {
  type IdSource,
  type MachineId,
  epoch,
  idSource,
  parseReservationName,
  revision,
} from '../../../shared/model/ids.ts'
import { random } from '../../../shared/model/random.ts'
import { type Instant, instant, minutes } from '../../../shared/model/time.ts'
import { ANY_MACHINE, type Constraints, type Group, groupsOf, leastOf } from '../../../shared/model/workload.ts'
import { CoreHarness, must, spec, tenant, user } from '../../fixtures.ts'
import {
  type ConstraintDraw,
  type FleetDraw,
  type GroupDraw,
  type MachineDraw,
  type ReservationDraw,
  TIERS,
  type WorkloadDraw,
  classOf,
  expressionOf,
  inventoryOf,
} from './draws.ts'
import { lieWell } from './lie.ts'

const core = new CoreHarness()
export const NOW: Instant = core.now
export const TENANTS = ['t0', 't1', 't2', 't3', 'held'] as const
/** Records as the core makes them, to be changed where it matters: what is added to records needs no change here. */
const TEMPLATES = templates()
/** Identifiers in no order, the same for every fleet: a machine keeps its own while a failing case shrinks. */
const pool = freshIds(11)
const MACHINES: readonly MachineId[] = Array.from({ length: 100 }, () => pool.machine())
const OWNERS = Array.from({ length: 400 }, () => ({ workload: pool.workload(), placement: pool.placement() }))
const WAITING = Array.from({ length: 200 }, () => pool.workload())
const RESERVATIONS = Array.from({ length: 8 }, () => pool.reservation()).toSorted()
const GIB = 1024 ** 3

export function freshIds(seed: number): IdSource {
  const generator = random(seed)
  return idSource((length) => generator.bytes(length))
}

function templates() {
  const machine = core.machine(core.available('template'))
  const [workload] = TENANTS.map((name) => core.workload(core.submit(name)))
  core.place()
  const [{ record: placement } = { record: undefined }] = core.state.table('placements').values()
  if (workload === undefined || placement === undefined) throw new Error('nothing was placed')
  const cluster = { ...core.state.cluster(), nextSequence: 1000 }
  const tenants = [...core.state.table('tenants').values()]
  const base: readonly StateWrite[] = [
    { table: 'cluster', key: 'cluster', record: cluster },
    ...tenants.map(({ record }): StateWrite => ({ table: 'tenants', key: record.name, record })),
  ]
  return { machine, workload, placement, cluster, base }
}

/** The cluster of every such state, told who has machines reserved. */
export const backfilled = (backfill: Backfill): StateWrite => {
  const { cluster } = TEMPLATES
  return { table: 'cluster', key: 'cluster', record: { ...cluster, sharing: { ...cluster.sharing, backfill } } }
}

export const machineId = (index: number): MachineId => at(MACHINES, index)
export const workloadId = (index: number): WorkloadRecord['id'] => at(WAITING, index)

function at<Value>(values: readonly Value[], index: number): Value {
  const value = values[index]
  if (value === undefined) throw new Error(`no value ${index}`)
  return value
}

/** The draws' shapes go round: a fleet of one shape takes every number. */
const shapeOf = ({ shapes }: Pick<FleetDraw, 'shapes'>, index: number) => at(shapes, index % shapes.length)

export function labelsOf(draw: MachineDraw): Readonly<Record<string, string>> {
  const said: readonly (readonly [string, string, number])[] = [
    ['site', 's', draw.site],
    ['row', 'w', draw.row],
    ['rack', 'r', draw.rack],
  ]
  const places = said.flatMap(([level, letter, number]) =>
    number === 0 ? [] : [[level, `${letter}${number}`] as const],
  )
  const tier = TIERS[draw.tier] ?? ''
  return { ...Object.fromEntries(places), ...(tier === '' ? {} : { tier }) }
}

const STATES: Readonly<Record<MachineDraw['state'], MachineRecord['state']>> = {
  free: 'available',
  held: 'allocated',
  pending: 'pending',
  validating: 'validating',
  sanitising: 'sanitising',
  quarantined: 'quarantined',
  retired: 'retired',
  cordoned: 'available',
  silent: 'available',
  lost: 'available',
  sick: 'available',
}

/** A machine's record; what holds it is `ownersOf`. */
export function machineRecord(fleet: Pick<FleetDraw, 'shapes'>, draw: MachineDraw, index: number): MachineRecord {
  const shape = shapeOf(fleet, draw.shape)
  const isAway = draw.state === 'silent' || draw.state === 'lost'
  const isHeld = draw.state === 'held'
  const sick = finding({ id: 'sick', severity: 'critical', reason: 'sick', since: NOW, action: 'cordon' })
  return {
    ...TEMPLATES.machine,
    id: machineId(index),
    hostname: `n${draw.name}`,
    state: STATES[draw.state],
    connection: draw.state === 'silent' ? 'silent' : draw.state === 'lost' ? 'lost' : 'connected',
    silentSince: isAway ? NOW : null,
    cordon: draw.state === 'cordoned' ? { reason: '', user: user('admin'), at: NOW, drain: false } : null,
    conditions: draw.state === 'sick' ? [sick] : [],
    labels: labelsOf(draw),
    hardwareClass: classOf(shape),
    inventory: draw.state === 'pending' ? null : inventoryOf(shape, draw.kept),
    hardware: { uuid: machineId(index), serial: '', macAddresses: [] },
    epoch: epoch(isHeld ? 2 : 1),
    cleanEpoch: epoch(1),
    placement: isHeld ? at(OWNERS, index).placement : null,
    tenant: isHeld ? tenant('held') : null,
  }
}

/** Who holds a held machine: a rank of a workload that lacks others, or a workload of its own. */
type Holder = { readonly workload: WorkloadRecord; readonly rank: number }

/** A workload of one rank that runs on a held machine. */
function ownerOf(draw: MachineDraw, index: number): Holder {
  const { workload, placement } = at(OWNERS, index)
  const timeLimit = draw.limit === null ? null : { limit: minutes(draw.limit), warning: null }
  const startedAt = instant(NOW - minutes(draw.elapsed))
  const preemption = { preempts: false, preemptible: draw.isPreemptible }
  const waiting = waitingRecord(
    workload,
    { tenant: 'held', sequence: 500 + index },
    spec({ timeLimit, preemption, priority: -5, ...sizeOf({ count: 1, more: draw.more ?? 0 }) }),
  )
  const layout = draw.more === undefined || draw.more === 0 ? [] : [0]
  return { workload: { ...waiting, state: 'running', startedAt, placements: [placement], layout }, rank: 0 }
}

function heldWrites(index: number, { workload, rank }: Holder): readonly StateWrite[] {
  const { placement: id } = at(OWNERS, index)
  const startedAt = workload.startedAt ?? NOW
  const timeLimit = workload.spec.timeLimit?.limit ?? null
  const record = { ...placementRecord(workload, id, index, rank), startedAt, timeLimit, epoch: epoch(2) }
  return [
    ...(rank === 0 ? [{ table: 'workloads', key: workload.id, record: workload } as const] : []),
    { table: 'placements', key: id, record },
  ]
}

function placementRecord(
  workload: WorkloadRecord,
  id: PlacementRecord['id'],
  machine: number,
  rank: number,
): PlacementRecord {
  return {
    ...TEMPLATES.placement,
    id,
    workload: workload.id,
    tenant: workload.tenant,
    machine: machineId(machine),
    rank,
    worldSize: leastSize(workload),
    epoch: epoch(1),
    phase: 'running',
  }
}

export function waitingRecord(
  id: WorkloadRecord['id'],
  whose: { readonly tenant: string; readonly sequence: number },
  wanted: WorkloadRecord['spec'],
): WorkloadRecord {
  return { ...TEMPLATES.workload, id, tenant: tenant(whose.tenant), spec: wanted, sequence: whose.sequence }
}

export function constraintsOf(fleet: FleetDraw, draw: ConstraintDraw): Constraints {
  const named = (indexes: readonly number[]): readonly MachineId[] =>
    [...new Set(indexes.map((index) => index % fleet.machines.length))].map(machineId)
  return {
    ...ANY_MACHINE,
    ...(draw.shape === null ? {} : { hardwareClass: classOf(shapeOf(fleet, draw.shape)) }),
    labels: Object.fromEntries(draw.labels),
    gpusMin: draw.gpusMin,
    memoryBytesMin: draw.memoryGibMin * GIB,
    machines: named(draw.machines),
    excluded: named(draw.excluded),
    require: draw.require === null ? null : expressionOf(draw.require),
    prefer: draw.prefer.map(({ text, weight }) => ({ expression: expressionOf(text), weight })),
  }
}

function sizeOf({ count, more = 0 }: Pick<GroupDraw, 'count' | 'more'>): Pick<Group, 'machineCount' | 'least'> {
  return more === 0 ? { machineCount: count } : { machineCount: count + more, least: count }
}

/** How many machines it must have. */
export const leastSize = ({ spec: wanted }: Pick<WorkloadRecord, 'spec'>): number =>
  groupsOf(wanted).reduce((sum, group) => sum + leastOf(group), 0)

/** The group of each rank of one that has its least. */
const layoutOf = ({ spec: wanted }: WorkloadRecord): readonly number[] =>
  groupsOf(wanted).flatMap((group, index) => Array.from({ length: leastOf(group) }, () => index))

/** A workload that waits as a whole. */
export function queuedWorkload(fleet: FleetDraw, draw: WorkloadDraw, sequence: number): WorkloadRecord {
  const groups = draw.groups.map(
    (group: GroupDraw, index): Group => ({
      name: index === 0 ? '' : `g${index}`,
      ...sizeOf(group),
      constraints: constraintsOf(fleet, group.constraints),
      arrangement: group.arrangement,
      task: null,
    }),
  )
  const [first, ...others] = groups
  if (first === undefined) throw new Error('a workload has a group')
  const wanted = spec({
    machineCount: first.machineCount,
    ...(first.least === undefined ? {} : { least: first.least }),
    constraints: first.constraints,
    arrangement: first.arrangement,
    groups: others,
    priority: draw.priority,
    preemption: { preempts: draw.preempts, preemptible: draw.isPreemptible },
    timeLimit: draw.limit === null ? null : { limit: minutes(draw.limit), warning: null },
    reservation: draw.within === undefined || draw.within === 0 ? '' : reservationName(draw.within - 1),
  })
  return waitingRecord(workloadId(sequence), { tenant: `t${draw.tenant}`, sequence }, wanted)
}

/** The same, on held machines save for its last ranks, which it lacks. */
function lacking(waiting: WorkloadRecord, vacant: number, held: readonly number[]): WorkloadRecord {
  const ranks = Array.from({ length: leastSize(waiting) }, (_, rank) => rank)
  const firstVacant = ranks.length - vacant
  const placements = ranks.map((rank) =>
    rank < firstVacant ? at(OWNERS, at(held, rank)).placement : at(OWNERS, 100 + waiting.sequence).placement,
  )
  const vacancies = ranks.slice(firstVacant)
  return { ...waiting, state: 'running', startedAt: NOW, placements, vacancies, layout: layoutOf(waiting) }
}

/** Whether its first ranks could be on these machines, as far as they lie to each other. */
function groupsLieWell({ spec: wanted }: WorkloadRecord, machines: readonly MachineRecord[]): boolean {
  let first = 0
  return groupsOf(wanted).every((group) => {
    const own = machines.slice(first, first + leastOf(group))
    first += leastOf(group)
    return lieWell(own, group.arrangement)
  })
}

const reservationName = (index: number) => must(parseReservationName(`r${index}`))

export function reservationRecord(fleet: FleetDraw, draw: ReservationDraw, index: number): ReservationRecord {
  const start = instant(NOW + draw.in * minutes(1))
  const machines = new Set(draw.machines.map((place) => machineId(place % fleet.machines.length)))
  return {
    id: at(RESERVATIONS, index),
    name: reservationName(index),
    start,
    duration: minutes(draw.lasts),
    recurrence: draw.isDaily ? 'daily' : null,
    lastStart: draw.isDaily && !draw.isEndless ? instant(start + 5 * 24 * minutes(60)) : null,
    endedUntil: null,
    tenants: draw.tenants.map((number) => tenant(`t${number}`)),
    evicts: draw.admitsUnlimited,
    admitsUnlimited: draw.admitsUnlimited,
    machines: [...machines],
    wanted: null,
    comment: '',
    user: user('admin'),
    createdAt: NOW,
    begunAt: null,
    overAt: null,
    lookedAt: null,
  }
}

/** Everything of a draw but the cluster, in the order of the draw. */
export function allWrites(fleet: FleetDraw): readonly StateWrite[] {
  const free = fleet.machines.flatMap(({ state }, index) => (state === 'held' ? [index] : []))
  const holders = new Map<number, Holder>()
  const writes: StateWrite[] = []
  for (const [index, draw] of fleet.queue.entries()) {
    const waiting = queuedWorkload(fleet, draw, index + 1)
    const { vacant } = draw
    const kept = leastSize(waiting) - vacant
    const records = free.slice(0, kept).map((machine) => machineRecord(fleet, at(fleet.machines, machine), machine))
    if (vacant === 0 || kept < 1 || kept > free.length || !groupsLieWell(waiting, records)) {
      writes.push({ table: 'workloads', key: waiting.id, record: waiting })
      continue
    }
    const held = free.splice(0, kept)
    const workload = lacking(waiting, vacant, held)
    for (const [rank, machine] of held.entries()) holders.set(machine, { workload, rank })
    const lost = at(OWNERS, 100 + waiting.sequence).placement
    const record = { ...placementRecord(workload, lost, 0, kept), phase: 'lost', presumedOver: true } as const
    writes.push({ table: 'placements', key: lost, record })
  }
  for (const [index, draw] of fleet.machines.entries()) {
    const record = machineRecord(fleet, draw, index)
    const holder = draw.state === 'held' ? (holders.get(index) ?? ownerOf(draw, index)) : null
    const whose = holder === null ? record : { ...record, tenant: holder.workload.tenant }
    writes.push({ table: 'machines', key: record.id, record: whose })
    if (holder !== null) writes.push(...heldWrites(index, holder))
  }
  for (const [index, draw] of (fleet.reservations ?? []).entries()) {
    const record = reservationRecord(fleet, draw, index)
    writes.push({ table: 'reservations', key: record.id, record })
  }
  return writes
}

export function stateOf(writes: readonly StateWrite[]): FleetState {
  const state = new FleetState()
  for (const write of [...TEMPLATES.base, ...writes]) state.load(write, revision(1))
  state.loaded(revision(1))
  return state
}
