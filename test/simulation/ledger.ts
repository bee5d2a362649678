import type {
  MachineRecord,
  PlacementRecord,
  TableName,
  Tables,
  WorkloadRecord,
} from '../../coordinator/core/records.ts'
import type { StateWrite } from '../../coordinator/core/state.ts'
import type { Group } from '../../shared/model/workload.ts'
import { shapeOf, type Shape } from './shapes.ts'

const OVER: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled'])
const RANK_OVER: ReadonlySet<string> = new Set(['exited', 'failed', 'timed_out', 'lost'])

/** Which ends are one that somebody waits for. */
const MEETS: Readonly<Record<string, readonly string[]>> = {
  succeeded: ['succeeded'],
  ended: ['succeeded', 'failed', 'cancelled'],
  failed: ['failed', 'cancelled'],
}

/** A group with the ranks that are its own. */
export type RankedGroup = Group & {
  readonly ranks: readonly number[]
  /** How many machines it must have, and may have. */
  readonly least: number
  readonly most: number
}

/** What is durable, write by write, as an observer reads it: it shares no code with those who decide on it. */
export class Ledger {
  readonly machines = new Map<string, MachineRecord>()
  readonly workloads = new Map<string, WorkloadRecord>()
  readonly placements = new Map<string, PlacementRecord>()
  readonly tenants = new Map<string, Tables['tenants']>()
  readonly reservations = new Map<string, Tables['reservations']>()
  /** Workloads that want machines, for all of their ranks or some. */
  readonly wanting = new Set<string>()
  /** How each workload ended, also of those that are forgotten. */
  readonly ends = new Map<string, string>()
  isLearning = true
  /** Grows with every change of what machines are, and of what tenants may have. */
  described = 0

  forget(): void {
    const { machines, workloads, placements, tenants, reservations, ends } = this
    for (const table of [machines, workloads, placements, tenants, reservations, ends]) table.clear()
    this.wanting.clear()
    this.described += 1
  }

  written(write: StateWrite): void {
    if (write.table === 'machines') this.#machine(write.key, write.record)
    else if (write.table === 'workloads') this.#workload(write.key, write.record)
    else if (write.table === 'placements') put(this.placements, write)
    else if (write.table === 'tenants') this.#tenant(write.key, write.record)
    else if (write.table === 'reservations') put(this.reservations, write)
    else if (write.table === 'cluster') this.isLearning = write.record?.learningSince !== null
  }

  #tenant(key: string, record: Tables['tenants'] | null): void {
    if (this.tenants.get(key)?.quotas !== record?.quotas) this.described += 1
    put(this.tenants, { key, record })
  }

  #machine(key: string, record: MachineRecord | null): void {
    const before = this.machines.get(key)
    if (before?.labels !== record?.labels || before?.inventoryDigest !== record?.inventoryDigest) this.described += 1
    if (record === null) this.machines.delete(key)
    else this.machines.set(key, record)
  }

  #workload(key: string, record: WorkloadRecord | null): void {
    const isThere = record !== null && ['queued', 'starting', 'running'].includes(record.state)
    if (isThere && wantedBy(record) > 0) this.wanting.add(key)
    else this.wanting.delete(key)
    if (record === null) {
      this.workloads.delete(key)
      return
    }
    this.workloads.set(key, record)
    if (OVER.has(record.state)) this.ends.set(key, record.state)
  }

  /** Machines that a tenant holds, of one class or, where it is empty, of all. */
  held(tenant: string, hardwareClass: string): number {
    let count = 0
    for (const machine of this.machines.values()) {
      if (machine.state === 'allocated' && machine.tenant === tenant && isOfClass(machine, hardwareClass)) count += 1
    }
    return count
  }

  placeable(): readonly MachineRecord[] {
    return [...this.machines.values()].filter(isFree)
  }

  /** Dependencies that are not met, be it yet or ever. */
  unmet({ spec }: WorkloadRecord): readonly string[] {
    return spec.dependencies.flatMap(({ workload, condition }) => {
      const end = this.ends.get(workload)
      return end !== undefined && MEETS[condition]?.includes(end) === true ? [] : [`${workload} ${condition}`]
    })
  }

  /** Whether a dependency can never be met any more. */
  isHopeless({ spec }: WorkloadRecord): boolean {
    return spec.dependencies.some(({ workload, condition }) => {
      const end = this.ends.get(workload)
      return end !== undefined && MEETS[condition]?.includes(end) !== true
    })
  }

  /** Whether it waits for machines and for nothing else, as far as can be told without doubt. */
  isSurelyWaiting(workload: WorkloadRecord, now: number): boolean {
    return !this.isPutOff(workload, now) && !this.#mayBeAlive(workload)
  }

  /** Whether it waits for something else than machines. */
  isPutOff(workload: WorkloadRecord, now: number): boolean {
    const { startAfter } = workload.spec
    if (startAfter !== null && startAfter > now) return true
    return (workload.notBefore !== null && workload.notBefore > now) || this.unmet(workload).length > 0
  }

  /** Whether something of a former run is, or may be, on a machine. */
  #mayBeAlive({ formerPlacements, vacancies, placements }: WorkloadRecord): boolean {
    const former = [...formerPlacements, ...vacancies.flatMap((rank) => placements[rank] ?? [])]
    return former.some((id) => {
      const placement = this.placements.get(id)
      if (placement === undefined) return false
      return !RANK_OVER.has(placement.phase) || this.machines.get(placement.machine)?.placement === id
    })
  }

  describe(id: string): string {
    const workload = this.workloads.get(id)
    if (workload === undefined) return `${id} is not there`
    const groups = rankedGroups(workload).map(({ ranks, constraints, arrangement }) => {
      const { require: required, ...others } = constraints
      const asked = Object.entries(others).filter(
        ([, value]) => value !== 0 && !['{}', '[]', 'null'].includes(JSON.stringify(value)),
      )
      const arranged = Object.entries(arrangement).filter(([, value]) => value !== null && value !== false)
      return `${ranks.length} x ${JSON.stringify([...asked, ...arranged])} ${required?.text ?? ''}`
    })
    const { quotas } = this.tenants.get(workload.tenant) ?? { quotas: [] }
    const vacant = workload.state === 'queued' ? '' : `, vacant ${workload.vacancies.join(' ')}`
    const { priority, dependencies } = workload.spec
    const waits = `${dependencies.length} dependencies, quotas ${JSON.stringify(quotas)}${vacant}`
    return `${id} of priority ${priority}, ${waits}: ${groups.join(' + ')}`
  }

  describeMachines(): string {
    const machines = [...this.machines.values()]
    return machines
      .map(({ id, inventoryDigest, labels, state }) => `${id} ${inventoryDigest} ${JSON.stringify(labels)} ${state}`)
      .join('\n')
  }

  /** Machines of a tenant that are its own, and those that it has borrowed; without some. */
  owned(tenant: string, without: ReadonlySet<string> = new Set()): { readonly own: number; readonly borrowed: number } {
    const held = [...this.machines.values()].filter(
      ({ id, state, tenant: by }) => state === 'allocated' && by === tenant && !without.has(id),
    )
    const own = ownAmong(this.tenants.get(tenant)?.quotas ?? [], held)
    return { own, borrowed: held.length - own }
  }

  isGuaranteed(tenant: string): boolean {
    return (this.tenants.get(tenant)?.quotas ?? []).some(({ guaranteed }) => guaranteed > 0)
  }

  /** Whether it might be its tenant's own, all of it. */
  mayBeOwn(workload: WorkloadRecord): boolean {
    const quotas = this.tenants.get(workload.tenant)?.quotas ?? []
    const all = quotas.find(({ hardwareClass }) => hardwareClass === '')?.guaranteed ?? 0
    const most = all > 0 ? all : quotas.reduce((sum, { guaranteed }) => sum + guaranteed, 0)
    return this.owned(workload.tenant).own + wantedBy(workload) <= most
  }

  /** Whether what its tenant may hold, or have as its own, may hold it back. */
  isBounded({ tenant, spec }: WorkloadRecord): boolean {
    return spec.noBorrow || (this.tenants.get(tenant)?.quotas ?? []).length > 0
  }
}

/** How many of these machines of a tenant are its own: no more of a class, nor in all, than is guaranteed there. */
export function ownAmong(quotas: Tables['tenants']['quotas'], machines: Iterable<MachineRecord>): number {
  const all = quotas.find(({ hardwareClass, guaranteed }) => hardwareClass === '' && guaranteed > 0)
  const counts = new Map<string, number>()
  for (const machine of machines) {
    const of = quotas.find(
      ({ hardwareClass, guaranteed }) => hardwareClass !== '' && guaranteed > 0 && isOfClass(machine, hardwareClass),
    )
    if (of === undefined && all === undefined) continue
    const key = of?.hardwareClass ?? ''
    counts.set(key, Math.min((counts.get(key) ?? 0) + 1, of?.guaranteed ?? Infinity))
  }
  const sum = [...counts.values()].reduce((left, right) => left + right, 0)
  return Math.min(sum, all?.guaranteed ?? Infinity)
}

function put<Name extends TableName>(
  table: Map<string, Tables[Name]>,
  { key, record }: { readonly key: string; readonly record: Tables[Name] | null },
): void {
  if (record === null) table.delete(key)
  else table.set(key, record)
}

export const shapeOfMachine = ({ inventoryDigest }: MachineRecord): Shape | undefined => shapeOf(inventoryDigest)

export const isOfClass = (machine: MachineRecord, hardwareClass: string): boolean =>
  hardwareClass === '' || shapeOfMachine(machine)?.hardwareClass === hardwareClass

/** Whether a machine takes anything at all now. */
export function isFree(machine: MachineRecord): boolean {
  const { state, connection, cordon, conditions, cleanEpoch, epoch, trouble } = machine
  const isLeftAlone = trouble !== null && trouble.heldBack !== null
  const isWithheld = isLeftAlone || cordon !== null || conditions.some((condition) => condition.forbidsPlacement)
  return state === 'available' && connection === 'connected' && !isWithheld && cleanEpoch === epoch
}

export const isRankOver = ({ phase }: PlacementRecord): boolean => RANK_OVER.has(phase)

export const isEnded = (state: string): boolean => OVER.has(state)

/** How many machines each group must have and may have, the workload's own first. */
function sizesOf({ spec, sizes }: WorkloadRecord): readonly { readonly least: number; readonly most: number }[] {
  return [spec, ...spec.groups].map(({ machineCount, least }, index) => {
    const now = sizes?.[index] ?? { machineCount, least: least ?? machineCount }
    return { least: now.least, most: now.machineCount }
  })
}

/** The groups of a workload, each with its ranks; of one that waits as a whole those that it must have. */
export function rankedGroups(workload: WorkloadRecord): readonly RankedGroup[] {
  const { spec, layout, state } = workload
  const { machineCount, constraints, arrangement, task } = spec
  const isSaid = state !== 'queued' && layout.length > 0
  const sizes = sizesOf(workload)
  let first = 0
  return [{ name: '', machineCount, constraints, arrangement, task }, ...spec.groups].map((group, index) => {
    const { least, most } = sizes[index] ?? { least: 0, most: 0 }
    const count = state === 'queued' ? least : most
    const following = Array.from({ length: count }, (_, at) => first + at)
    first += count
    const ranks = isSaid ? layout.flatMap((of, rank) => (of === index ? [rank] : [])) : following
    return { ...group, ranks, least, most }
  })
}

/** Ranks of a group that have a machine. */
export const membersOf = (
  { ranks }: RankedGroup,
  { state, vacancies, placements }: WorkloadRecord,
): readonly number[] =>
  state === 'queued' ? [] : ranks.filter((rank) => rank < placements.length && !vacancies.includes(rank))

/** The ranks that it must have a machine for now. */
export const wantedRanks = (workload: WorkloadRecord): readonly number[] =>
  rankedGroups(workload).flatMap((group) => {
    const members = membersOf(group, workload)
    const vacant = group.ranks.filter((rank) => !members.includes(rank))
    return vacant.slice(0, Math.max(0, group.least - members.length))
  })

/** How many machines it must have now, and has not. */
export const wantedBy = (workload: WorkloadRecord): number => wantedRanks(workload).length
