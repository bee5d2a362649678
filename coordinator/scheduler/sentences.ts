import { holds } from '../../shared/model/expression/holds.ts'
import { conditionsOf, write } from '../../shared/model/expression/write.ts'
import type { TenantName } from '../../shared/model/ids.ts'
import { type Quota, heldOf } from '../../shared/model/tenant.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { Constraints, Group, MachineRefusalReason, PostponedReason } from '../../shared/model/workload.ts'
import type { MachineRecord, WorkloadRecord } from '../core/records.ts'
import { unfinished } from '../core/restarts.ts'
import type { FleetView } from '../core/state.ts'
import { reservedSentence } from './reserved_sentence.ts'
import type { Want } from './waiting.ts'

/** What a sentence may speak of. */
export type Context = {
  readonly view: FleetView
  readonly now: Instant
  readonly workload: WorkloadRecord
  readonly want: Want
  /** Its tenant may not hold what it asks for. */
  readonly isOverQuota: boolean
  /** Workloads before it in the queue. */
  readonly ahead: number
  /** Of what it may have beyond what it must: whether something that waits could use what is free. Else null. */
  readonly growth: 'wanted' | 'free' | null
}

/** Why so many machines cannot take it; `named` are some of them. */
export function sentenceOf(
  reason: MachineRefusalReason,
  count: number,
  named: readonly MachineRecord[],
  context: Context,
): string {
  const { group } = context.want
  const about = group.name === '' ? '' : `For group ${group.name}: `
  return `${about}${machines(count)} ${SENTENCES[reason]({ count, named, ...context })}`
}

export function tooSmall({ constraints, arrangement, name }: Group, asked: number, fitting: number): string {
  const together = arrangement.pack?.required === true ? `in one ${arrangement.pack.level}` : ''
  const what = [machines(asked), describe(constraints), together].filter(Boolean).join(' ')
  const would = fitting === 0 ? 'no machine' : fitting === 1 ? 'only 1 machine' : `only ${fitting} machines`
  const about = name === '' ? '' : `For group ${name}: `
  const verb = asked === 1 ? 'is' : 'are'
  return (
    `${about}${what} ${verb} asked for, and ${would} of the fleet would do even when all are free. ` +
    'Add machines, or ask for less.'
  )
}

export function quotaSentence(
  tenant: TenantName,
  hardwareClass: string,
  has: number,
  limit: number,
  more: number,
): string {
  const of = hardwareClass === '' ? '' : ` of class ${hardwareClass}`
  const advice = more > limit ? 'Ask for less, or raise the quota.' : 'It waits for its other workloads to end.'
  return `Its tenant ${tenant} holds ${has} of at most ${machines(limit)}${of}, and it asks for ${more} more. ${advice}`
}

export function limitSentence(tenant: TenantName, hardwareClass: string, limit: number): string {
  const of = hardwareClass === '' ? '' : ` of class ${hardwareClass}`
  return `Its tenant ${tenant} holds all of the ${machines(limit)}${of} that it may.`
}

export function borrowSentence(
  tenant: TenantName,
  quotas: readonly Quota[],
  held: ReadonlyMap<string, number>,
): string {
  const own = quotas.filter(({ guaranteed }) => guaranteed > 0)
  if (own.length === 0) return `It asks not to borrow, and its tenant ${tenant} is guaranteed no machines.`
  const parts = own.map(({ hardwareClass, guaranteed }) => {
    const of = hardwareClass === '' ? '' : ` of class ${hardwareClass}`
    return `${machines(guaranteed)}${of} and holds ${heldOf(held, hardwareClass)}`
  })
  return (
    `Its tenant ${tenant} is guaranteed ${parts.join(', ')}; it asks for more than is left of that, and not to ` +
    'borrow. Let it borrow, ask for less, or wait for its other workloads to end.'
  )
}

/** Why it takes no machine yet, whichever are free. */
export function later(reason: PostponedReason, view: FleetView, workload: WorkloadRecord, now: Instant): string {
  return LATER[reason](view, workload, now)
}

const LATER = {
  DEPENDENCY: (_, { waitsFor }) =>
    `It waits for ${listed(waitsFor.map(({ workload, condition }) => `${workload} to have ${condition}`))}.`,
  NOT_BEFORE: (_, { spec }, now) =>
    `It is not to start before a time that is ${Math.ceil(((spec.startAfter ?? now) - now) / 1000)} s away.`,
  BACKING_OFF: (_, { notBefore }, now) =>
    `It is run again in ${Math.ceil(Math.max(0, (notBefore ?? now) - now) / 1000)} s, as its restart policy says.`,
  FORMER_RUN_NOT_OVER: (view, workload) => {
    const alive = unfinished(view, workload)
    return `Its earlier run may not be over yet on ${listed(alive.map(({ hostname }) => hostname))}.`
  },
} as const satisfies Readonly<
  Record<PostponedReason, (view: FleetView, workload: WorkloadRecord, now: Instant) => string>
>

type About = Context & { readonly count: number; readonly named: readonly MachineRecord[] }
type Sentence = (about: About) => string

const is = ({ count }: About): string => (count === 1 ? 'is' : 'are')
const has = ({ count }: About): string => (count === 1 ? 'has' : 'have')
const does = ({ count }: About): string => (count === 1 ? 'does' : 'do')

const SENTENCES = {
  HELD_BY_TENANT: (about) => `${is(about)} held by tenant ${listed(about.named.map(({ tenant }) => tenant ?? '?'))}.`,
  NOT_YET_CLEAN: (about) => `${is(about)} being made clean after the last tenant.`,
  NOT_APPROVED: (about) => `${is(about)} not approved yet: billet machines approve ${about.named[0]?.id ?? ''}.`,
  VALIDATING: (about) => `${is(about)} being validated.`,
  QUARANTINED: (about) => `${is(about)} quarantined: ${listed(about.named.map(({ stateReason }) => stateReason))}.`,
  CORDONED: (about) => `${is(about)} cordoned: ${listed(about.named.map(({ cordon }) => cordon?.reason ?? ''))}.`,
  NOT_CONNECTED: (about) => `${is(about)} not connected.`,
  CONDITION: (about) => `${is(about)} held back by health findings: ${listed(about.named.flatMap(findings))}.`,
  FAILS_PLACEMENTS: (about) =>
    `${is(about)} held back for a while, since what was placed there failed: ` +
    `${listed(about.named.map(({ trouble }) => trouble?.heldBack?.reason ?? ''))}.`,
  OTHER_CLASS: (about) =>
    `${is(about)} of another hardware class than ${constraintsOf(about).hardwareClass ?? '?'}: ` +
    `${listed(about.named.map(({ hardwareClass }) => hardwareClass || 'not known yet'))}.`,
  LABEL_MISSING: (about) => `${does(about)} not carry the labels ${labels(constraintsOf(about))}.`,
  TOO_FEW_GPUS: (about) => `${has(about)} fewer than ${constraintsOf(about).gpusMin} GPUs.`,
  TOO_LITTLE_MEMORY: (about) => `${has(about)} less than ${gib(constraintsOf(about).memoryBytesMin)} memory.`,
  NOT_NAMED: (about) => `${is(about)} not among the machines that it asks for by name.`,
  EXCLUDED: (about) => `${is(about)} among the machines that it excludes by name.`,
  REQUIREMENT: (about) => `${does(about)} not meet what it requires: ${listed(unmet(about))}.`,
  RESERVATION: (about) => reservedSentence(about, about.named),
  RESERVED_FOR_EARLIER: (about) => `${is(about)} free, ${claimed(about)}`,
  FLEET_LEARNING: (about) =>
    `${is(about)} free; the coordinator has just started, and first hears what runs on every machine.`,
  FLEET_TOO_SMALL: () => '',
} as const satisfies Readonly<Record<MachineRefusalReason, Sentence>>

const constraintsOf = ({ want }: About): Constraints => want.group.constraints

/** The parts of the requirement that do not hold of these machines. */
function unmet(about: About): readonly string[] {
  const { require: required } = constraintsOf(about)
  if (required === null) return []
  return about.named.flatMap((machine) =>
    conditionsOf(required.test)
      .filter((one) => !holds(one, machine))
      .map(write),
  )
}

function claimed({ want, workload, ahead, count, isOverQuota, growth }: About): string {
  if (growth === 'wanted') return 'and of use to what waits: beyond its least it takes only what nobody else could use.'
  if (growth === 'free') {
    return isOverQuota ? 'and more than its tenant may hold.' : 'and its own next, where they lie as it asks.'
  }
  if (isOverQuota && count >= want.ranks.length) {
    return workload.spec.noBorrow ? 'and could only be borrowed.' : 'and more than its tenant may hold.'
  }
  const asked = want.ranks.length
  const { pack, spread } = want.group.arrangement
  if (ahead > 0 && workload.state === 'queued') {
    return `and kept for the ${ahead === 1 ? 'workload' : `${ahead} workloads`} ahead in the queue.`
  }
  if (count >= asked && pack?.required === true) return `but no ${asked} of them in one ${pack.level}.`
  if (count >= asked && spread !== null) {
    return `but not in enough places of level ${spread.level} for at most ${spread.most} in each.`
  }
  if (count >= asked && want.group.arrangement.sameClass) return `but no ${asked} of one hardware class.`
  return `but too few: ${asked} are asked for at once.`
}

function findings(machine: MachineRecord): readonly string[] {
  return machine.conditions.filter((condition) => condition.forbidsPlacement).map((condition) => condition.reason)
}

function describe(constraints: Constraints): string {
  const { hardwareClass, gpusMin, memoryBytesMin, machines: named, require: required } = constraints
  const parts = [
    ...(hardwareClass === undefined ? [] : [`of class ${hardwareClass}`]),
    ...(Object.keys(constraints.labels).length === 0 ? [] : [`with labels ${labels(constraints)}`]),
    ...(gpusMin === 0 ? [] : [`with at least ${gpusMin} GPUs`]),
    ...(memoryBytesMin === 0 ? [] : [`with at least ${gib(memoryBytesMin)} memory`]),
    ...(named.length === 0 ? [] : ['by name']),
    ...(required === null ? [] : [`with ${write(required.test)}`]),
  ]
  return parts.join(', ')
}

function labels(constraints: Constraints): string {
  return Object.entries(constraints.labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')
}

const machines = (count: number): string => (count === 1 ? '1 machine' : `${count} machines`)
const gib = (bytes: number): string => `${Math.round((bytes / 1024 ** 3) * 10) / 10} GiB`

/** Each different text once, at most three. */
function listed(texts: readonly string[]): string {
  const different = [...new Set(texts)]
  const shown = different.slice(0, 3).join(', ')
  return different.length > 3 ? `${shown} and others` : shown
}
