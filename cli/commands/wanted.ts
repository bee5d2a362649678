import { quantity } from '../../shared/model/quantity.ts'
import type { Arrangement__Output } from '../../shared/wire/gen/types/billet/v1/Arrangement.ts'
import type { Constraints__Output } from '../../shared/wire/gen/types/billet/v1/Constraints.ts'
import { DependencyCondition } from '../../shared/wire/gen/types/billet/v1/DependencyCondition.ts'
import type { GroupSize__Output } from '../../shared/wire/gen/types/billet/v1/GroupSize.ts'
import type { NetworkCheck__Output } from '../../shared/wire/gen/types/billet/v1/NetworkCheck.ts'
import type { Workload__Output } from '../../shared/wire/gen/types/billet/v1/Workload.ts'
import { WorkloadState } from '../../shared/wire/gen/types/billet/v1/WorkloadState.ts'
import { bytes, plain } from '../render.ts'
import { priorityShown } from './priority_classes.ts'
import { millisecondsOf, shortName, word } from './shared.ts'

type Sized = Pick<GroupSize__Output, 'machine_count' | 'machine_count_least' | 'members'>

export const holdsMachines = ({ state }: Workload__Output): boolean =>
  ['starting', 'running', 'stopping'].includes(word(WorkloadState, 'WORKLOAD_STATE_', state))

/** How many machines a workload has of how many it may have, over all of its groups: "8", "6 of 4..16". */
export function machinesOf(workload: Workload__Output): string {
  const { sizes } = workload
  const sum = (of: (size: Sized) => number): number => sizes.reduce((total, size) => total + of(size), 0)
  const all = { machine_count: sum((one) => one.machine_count), members: sum((one) => one.members) }
  const size = { ...all, machine_count_least: sum((one) => one.machine_count_least) }
  return holdsMachines(workload) && size.members !== size.machine_count
    ? `${size.members} of ${boundsOf(size)}`
    : boundsOf(size)
}

const boundsOf = ({ machine_count: most, machine_count_least: least }: Omit<Sized, 'members'>): string =>
  least === most ? `${most}` : `${least}..${most}`

/** What a workload asks of machines and what it waits for, line by line; nothing where it says nothing. */
export function wantedLines({ spec, sizes }: Workload__Output): readonly string[] {
  if (spec === null) return []
  const after = millisecondsOf(spec.start_after_time)
  return [
    ...line('Requires:', requirements(spec.constraints)),
    ...(spec.constraints?.prefer ?? []).map(
      ({ expression, weight }) => `Prefers:   ${plain(expression)}, with weight ${weight}`,
    ),
    ...line('Arranged:', arrangements(spec.arrangement)),
    ...spec.groups.map(({ name, constraints, arrangement, ...size }, index) => {
      const asked = [...requirements(constraints), ...arrangements(arrangement)].join('; ')
      const count = boundsOf(sizes[index + 1] ?? size)
      return `Group:     ${plain(name)}: ${machines(count)}${asked === '' ? '' : `: ${asked}`}`
    }),
    ...spec.dependencies.map(
      ({ workload, condition }) =>
        `After:     ${shortName(workload)} has ${word(DependencyCondition, 'DEPENDENCY_CONDITION_', condition)}`,
    ),
    ...(spec.priority === 0 && spec.priority_class === '' ? [] : [`Priority:  ${priorityShown(spec)}`]),
    ...(spec.preemption?.preempts === true ? ['Preempts:  workloads of lower priority that allow it'] : []),
    ...(spec.preemption?.preemptible === true ? ['Yields:    to workloads of higher priority'] : []),
    ...(spec.no_borrow ? ['Borrows:   nothing beyond what is guaranteed to its tenant'] : []),
    ...(spec.network_check === null ? [] : [`Network:   ${networkWanted(spec.network_check)}`]),
    ...(spec.reservation === '' ? [] : [`Within:    reservation ${plain(spec.reservation)}`]),
    ...(after === undefined ? [] : [`Starts:    not before ${new Date(after).toISOString()}`]),
  ]
}

function networkWanted({ bandwidth_least: least }: NetworkCheck__Output): string {
  return least === 0 ? 'each rank reaches the next' : `at least ${quantity(least, 'B/s')} from each rank to the next`
}

const line = (head: string, parts: readonly string[]): readonly string[] =>
  parts.length === 0 ? [] : [`${head.padEnd(10)} ${parts.join('; ')}`]

function requirements(constraints: Constraints__Output | null): readonly string[] {
  if (constraints === null) return []
  const { hardware_class: hardwareClass, gpus_min: gpus, memory_bytes_min: memory } = constraints
  return [
    ...(hardwareClass === '' ? [] : [`class ${plain(hardwareClass)}`]),
    ...Object.entries(constraints.labels).map(([key, value]) => `label ${plain(key)}=${plain(value)}`),
    ...(gpus === 0 ? [] : [`at least ${gpus} GPUs`]),
    ...(memory === 0 ? [] : [`at least ${bytes(memory)} memory`]),
    ...(constraints.require === '' ? [] : [plain(constraints.require)]),
    ...(constraints.machines.length === 0 ? [] : [`one of ${named(constraints.machines)}`]),
    ...(constraints.excluded_machines.length === 0 ? [] : [`none of ${named(constraints.excluded_machines)}`]),
  ]
}

function arrangements(arrangement: Arrangement__Output | null): readonly string[] {
  if (arrangement === null) return []
  const { pack_level: pack, pack_required: isRequired, spread_level: spread, spread_most: most } = arrangement
  return [
    ...(pack === '' ? [] : [`within one ${plain(pack)}${isRequired ? '' : ' if that can be'}`]),
    ...(spread === '' ? [] : [`at most ${most} in one ${plain(spread)}`]),
    ...(arrangement.same_class ? ['all of one hardware class'] : []),
  ]
}

const NAMED = 10

function named(names: readonly string[]): string {
  const shown = names.slice(0, NAMED).map(shortName).join(', ')
  return names.length > NAMED ? `${shown} and ${names.length - NAMED} others` : shown
}

const machines = (count: string): string => (count === '1' ? '1 machine' : `${count} machines`)
