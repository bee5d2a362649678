import { wholeMemory } from '../../shared/model/expression/attributes.ts'
import { holds } from '../../shared/model/expression/holds.ts'
import { type Asker, CLEANING, type Reserved, isKeptFrom } from '../../shared/model/reservation.ts'
import { assertNever } from '../../shared/model/result.ts'
import { type Instant, type Milliseconds, later, milliseconds } from '../../shared/model/time.ts'
import type { Arrangement, Constraints, MachineRefusalReason, PostponedReason } from '../../shared/model/workload.ts'
import type { Find, MachineRecord, PlacementRecord, WorkloadRecord } from './records.ts'
import { unfinished } from './restarts.ts'
import type { FleetView } from './state.ts'

/**
 * Why a machine cannot take a placement now, or undefined where it can. The one answer to that question: the
 * scheduler plans with its parts, the commit checks the plan with it, and waiting workloads are explained by it.
 */
export function refusal(
  machine: MachineRecord,
  constraints: Constraints,
  { reservations, asker, now }: Request,
): MachineRefusalReason | undefined {
  const isKept = isKeptFrom(reservations, asker, now)
  return mismatch(machine, constraints) ?? notFree(machine) ?? (isKept ? 'RESERVATION' : undefined)
}

/** Who asks for a machine when, and which reservations that machine has. */
export type Request = { readonly reservations: readonly Reserved[]; readonly asker: Asker; readonly now: Instant }

/** A workload as reservations see it. */
export const askerOf = (workload: WorkloadRecord, now: Instant): Asker => ({
  tenant: workload.tenant,
  reservation: workload.spec.reservation,
  length: timeLeft(workload, now) ?? Infinity,
})

/** How long what is placed now may run; null: nobody knows. A rank that joins late ends with the others. */
export function timeLeft({ spec, startedAt }: WorkloadRecord, now: Instant): Milliseconds | null {
  if (spec.timeLimit === null) return null
  const { limit } = spec.timeLimit
  return startedAt === null ? limit : milliseconds(Math.max(1000, limit - Math.max(0, now - startedAt)))
}

/** When the machine of a placement is free again by its time limit, and clean; null: nobody knows. */
export function freeAfter({ timeLimit, startedAt, createdAt }: PlacementRecord): Instant | null {
  return timeLimit === null ? null : later(later(startedAt ?? createdAt, timeLimit), CLEANING)
}

/** What a machine is, as far as constraints look at it. */
export type Shape = Pick<MachineRecord, 'id' | 'hostname' | 'hardwareClass' | 'labels' | 'inventory'>

/** Why a machine can never take such a placement as it is built, labelled and named, or undefined. */
export function mismatch(machine: Shape, constraints: Constraints): MachineRefusalReason | undefined {
  const { machines, excluded } = constraints
  if (machines.length > 0 && !machines.includes(machine.id)) return 'NOT_NAMED'
  if (excluded.includes(machine.id)) return 'EXCLUDED'
  return unlike(machine, constraints)
}

/** As `mismatch`, but for what names machines one by one. */
export function unlike(machine: Shape, constraints: Constraints): MachineRefusalReason | undefined {
  const { hardwareClass, labels, gpusMin, memoryBytesMin, require: required } = constraints
  if (hardwareClass !== undefined && machine.hardwareClass !== hardwareClass) return 'OTHER_CLASS'
  for (const [key, value] of Object.entries(labels)) if (machine.labels[key] !== value) return 'LABEL_MISSING'
  if ((machine.inventory?.gpus.length ?? 0) < gpusMin) return 'TOO_FEW_GPUS'
  if (usableMemory(machine) < memoryBytesMin) return 'TOO_LITTLE_MEMORY'
  if (required !== null && !holds(required.test, machine)) return 'REQUIREMENT'
  return undefined
}

const usableMemory = ({ inventory }: Shape): number => (inventory === null ? 0 : wholeMemory(inventory.memoryBytes))

/** Why a machine can take no placement now, whatever is asked for, or undefined. */
export function notFree(machine: MachineRecord): MachineRefusalReason | undefined {
  return occupied(machine) ?? withheld(machine)
}

function occupied(machine: MachineRecord): MachineRefusalReason | undefined {
  switch (machine.state) {
    case 'pending':
      return 'NOT_APPROVED'
    case 'validating':
      return 'VALIDATING'
    case 'allocated':
      return 'HELD_BY_TENANT'
    case 'sanitising':
      return 'NOT_YET_CLEAN'
    case 'quarantined':
    case 'retired':
      return 'QUARANTINED'
    case 'available':
      return machine.cleanEpoch === machine.epoch ? undefined : 'NOT_YET_CLEAN'
    default:
      return assertNever(machine.state)
  }
}

/** Why a machine takes nothing, also once nobody holds it and it is clean; undefined: it does not say. */
export function withheld(machine: MachineRecord): MachineRefusalReason | undefined {
  if (machine.connection !== 'connected') return 'NOT_CONNECTED'
  if (machine.cordon !== null) return 'CORDONED'
  if (machine.conditions.some((condition) => condition.forbidsPlacement)) return 'CONDITION'
  if (machine.trouble !== null && machine.trouble.heldBack !== null) return 'FAILS_PLACEMENTS'
  return undefined
}

/** Whether it can be had once what holds it has gone, as far as is known: one that is silent may be back by then. */
export const isOffered = ({ connection, cordon, conditions }: MachineRecord): boolean =>
  connection !== 'lost' && cordon === null && !conditions.some((condition) => condition.forbidsPlacement)

/** Values of the topology's levels, outermost first; empty where the machine does not say. */
export const placeOf = ({ labels }: Pick<MachineRecord, 'labels'>, levels: readonly string[]): readonly string[] =>
  levels.map((level) => labels[level] ?? '')

/** How machines of one group lie to each other otherwise than was asked for, or undefined. */
export function misarranged(
  machines: readonly Pick<MachineRecord, 'labels' | 'hardwareClass'>[],
  { pack, spread, sameClass }: Arrangement,
  levels: readonly string[],
): 'OTHER_CLASS' | 'NOT_TOGETHER' | 'NOT_SPREAD' | undefined {
  if (sameClass && new Set(machines.map((machine) => machine.hardwareClass)).size > 1) return 'OTHER_CLASS'
  if (pack?.required === true) {
    const places = machines.map((machine) => placeAt(machine, pack.level, levels))
    if (places.includes(null) || new Set(places).size > 1) return 'NOT_TOGETHER'
  }
  if (spread === null) return undefined
  const counts = new Map<string, number>()
  for (const machine of machines) {
    const place = placeAt(machine, spread.level, levels)
    if (place === null) return 'NOT_SPREAD'
    const count = (counts.get(place) ?? 0) + 1
    if (count > spread.most) return 'NOT_SPREAD'
    counts.set(place, count)
  }
  return undefined
}

/** The place of this level, or null where the machine does not say; a level that the fleet does not have is none. */
function placeAt(machine: Pick<MachineRecord, 'labels'>, level: string, levels: readonly string[]): string | null {
  const depth = levels.indexOf(level)
  if (depth === -1) return null
  const path = placeOf(machine, levels).slice(0, depth + 1)
  return path[depth] === '' ? null : JSON.stringify(path)
}

/** Whether so many of its array hold machines as may. */
export function isArrayFull(fleet: Pick<FleetView, 'arrayCount'>, { array, state, spec }: WorkloadRecord): boolean {
  if (array === null || spec.array === null || spec.array.mostAtOnce === 0 || state !== 'queued') return false
  return fleet.arrayCount(array.first) >= spec.array.mostAtOnce
}

/** Why a workload that wants machines cannot take any yet, whichever are free, or null. */
export function postponed(fleet: Find, workload: WorkloadRecord, now: Instant): PostponedReason | null {
  const { startAfter } = workload.spec
  if (workload.waitsFor.length > 0) return 'DEPENDENCY'
  if (startAfter !== null && startAfter > now) return 'NOT_BEFORE'
  if (workload.notBefore !== null && workload.notBefore > now) return 'BACKING_OFF'
  return unfinished(fleet, workload).length > 0 ? 'FORMER_RUN_NOT_OVER' : null
}
