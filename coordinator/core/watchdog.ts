import { type Group, leastOf } from '../../shared/model/workload.ts'
import { type MachineId, type WorkloadId } from '../../shared/model/ids.ts'
import { isOver } from '../../shared/model/placement_phase.ts'
import { KILL } from '../../shared/model/policies.ts'
import { type Instant, type Milliseconds, hours, later, milliseconds, minutes } from '../../shared/model/time.ts'
import { violations } from './invariants.ts'
import { label } from './machine_state.ts'
import { mismatch } from './placeable.ts'
import type { MachineRecord, PlacementRecord, WorkloadRecord } from './records.ts'
import { groupsNow, taskOf } from './ranks.ts'
import { vacantRanks } from './restarts.ts'
import type { FleetView } from './state.ts'
import { isHeldByUnknown } from './upkeep.ts'

export type FindingReason =
  | 'LAW_BROKEN'
  | 'AUTOMATION_HALTED'
  | 'HEALTH_LIMITED'
  | 'LEARNING_OVERDUE'
  | 'APPROVAL_OVERDUE'
  | 'VALIDATING_OVERDUE'
  | 'SANITISING_OVERDUE'
  | 'QUARANTINED'
  | 'UNUSABLE'
  | 'FAILS_PLACEMENTS'
  | 'AWAY_WITH_TENANT'
  | 'START_OVERDUE'
  | 'STOP_OVERDUE'
  | 'NEVER_PLACEABLE'

/** Something that lasts longer than it should, with what is so, and one command that recovers it. */
export type Finding = {
  readonly reason: FindingReason
  readonly machine: MachineId | null
  readonly workload: WorkloadId | null
  readonly since: Instant
  readonly evidence: string
  readonly command: string
}

/** How long each state may last before someone should know. */
export const DEADLINES = {
  learning: minutes(5),
  approval: hours(24),
  validating: minutes(15),
  /** As long as an agent's own limit by default, and some. */
  sanitising: minutes(75),
  quarantined: hours(1),
  unusable: hours(24),
  awayWithTenant: minutes(10),
  starting: minutes(15),
  stopping: minutes(5),
  neverPlaceable: minutes(10),
} as const satisfies Readonly<Record<string, Milliseconds>>

/** Looks at everything: for once a minute, and for whoever asks. */
export function findings(view: FleetView, now: Instant): readonly Finding[] {
  const found: Finding[] = []
  const machines = [...view.table('machines').values()].map(({ record }) => record)
  found.push(...ofFleet(view, now, machines))
  for (const machine of machines) {
    const one = ofMachine(view, machine, now)
    if (one !== null) found.push(one)
  }
  for (const workload of view.queued()) {
    const one = ofWaiting(machines, workload, now)
    if (one !== null) found.push(one)
  }
  return found
}

const isPast = (since: Instant, limit: Milliseconds, now: Instant): boolean => later(since, limit) <= now

function ofFleet(view: FleetView, now: Instant, machines: readonly MachineRecord[]): readonly Finding[] {
  const { halt, learningSince, healthLimitedSince } = view.cluster()
  const found: Finding[] = violations(view).map(({ rule, subject, evidence }) => {
    const machine = machines.find(({ id }) => id === subject)?.id ?? null
    const command = machine === null ? 'billet events' : `billet machines quarantine ${machine}`
    return { reason: 'LAW_BROKEN', machine, workload: null, since: now, evidence: `${rule}: ${evidence}`, command }
  })
  const whole = { machine: null, workload: null }
  if (halt !== null) {
    const evidence = `${halt.reason}: nothing is replaced or failed for that by itself`
    const command = 'billet fleet resume'
    found.push({ ...whole, reason: 'AUTOMATION_HALTED', since: halt.since, evidence, command })
  }
  if (healthLimitedSince !== null) {
    const held = machines.filter(({ conditions }) => conditions.some(({ suspended }) => suspended)).length
    const evidence = `findings have as many machines out of service as may be, and nothing is done about ${held} more`
    const command = 'billet machines list'
    found.push({ ...whole, reason: 'HEALTH_LIMITED', since: healthLimitedSince, evidence, command })
  }
  if (learningSince !== null && isPast(learningSince, DEADLINES.learning, now)) {
    const busy = machines.find(isHeldByUnknown)
    const who = busy === undefined ? 'a machine' : label(busy)
    const evidence = `nothing is placed since the start: ${who} runs what is on record nowhere, and does not end`
    const command = busy === undefined ? 'billet machines list' : `billet machines retire --force ${busy.id}`
    found.push({ ...whole, reason: 'LEARNING_OVERDUE', since: learningSince, evidence, command })
  }
  return found
}

/** The most telling one. */
function ofMachine(view: FleetView, machine: MachineRecord, now: Instant): Finding | null {
  const { id, state, stateAt, stateReason } = machine
  const about = (reason: FindingReason, since: Instant, evidence: string, command: string): Finding => ({
    reason,
    since,
    evidence: `${label(machine)} ${evidence}`,
    command,
    machine: id,
    workload: null,
  })
  const past = (limit: Milliseconds): boolean => isPast(stateAt, limit, now)
  const silent = machine.connection === 'connected' ? '' : `; its agent is ${machine.connection}`
  switch (state) {
    case 'pending':
      if (!past(DEADLINES.approval)) return null
      return about('APPROVAL_OVERDUE', stateAt, stateReason, `billet machines approve ${id}`)
    case 'validating':
      if (!past(DEADLINES.validating)) return null
      return about(
        'VALIDATING_OVERDUE',
        stateAt,
        `was asked for validation ${machine.validation}, and has not answered${silent}`,
        `billet machines revalidate ${id}`,
      )
    case 'sanitising':
      if (!past(DEADLINES.sanitising)) return null
      return about(
        'SANITISING_OVERDUE',
        stateAt,
        `has not been proved clean (it says that it is ${machine.runState})${silent}`,
        `billet machines retire --force ${id}`,
      )
    case 'quarantined':
      if (!past(DEADLINES.quarantined)) return null
      return about('QUARANTINED', stateAt, `is held back: ${stateReason}`, `billet machines revalidate ${id}`)
    case 'available':
      return ofAvailable(machine, now, about)
    case 'allocated':
      return ofAllocated(view, machine, now, about)
    case 'retired':
      return null
  }
}

type About = (reason: FindingReason, since: Instant, evidence: string, command: string) => Finding

/** Capacity that nothing can use. */
function ofAvailable(machine: MachineRecord, now: Instant, about: About): Finding | null {
  const { id, cordon, connection, connectionAt } = machine
  const past = (since: Instant): boolean => isPast(since, DEADLINES.unusable, now)
  const heldBack = machine.trouble?.heldBack ?? null
  if (heldBack !== null) {
    const evidence = `is held back for a while: ${heldBack.reason}`
    return about('FAILS_PLACEMENTS', heldBack.since, evidence, `billet machines revalidate ${id}`)
  }
  if (connection !== 'connected' && past(connectionAt)) {
    return about('UNUSABLE', connectionAt, `is free, and its agent is ${connection}`, `billet machines retire ${id}`)
  }
  if (cordon !== null && past(cordon.at)) {
    return about('UNUSABLE', cordon.at, `is free, and cordoned: ${cordon.reason}`, `billet machines uncordon ${id}`)
  }
  const [condition] = machine.conditions.filter(({ forbidsPlacement, since }) => forbidsPlacement && past(since))
  if (condition === undefined) return null
  const evidence = `is free, and held back by a finding: ${condition.reason}`
  return about('UNUSABLE', condition.since, evidence, `billet machines show ${id}`)
}

function ofAllocated(view: FleetView, machine: MachineRecord, now: Instant, about: About): Finding | null {
  const placement = machine.placement === null ? undefined : view.find('placements', machine.placement)
  const workload = placement === undefined ? undefined : view.find('workloads', placement.workload)
  // Told by the laws themselves.
  if (placement === undefined || workload === undefined) return null
  if (machine.connection !== 'connected') return ofAway(machine, placement, workload, now, about)
  const cancel = `billet workloads cancel ${workload.id}`
  const rank = `rank ${placement.rank} of workload ${workload.id}`
  const age = machine.stateAt
  if (placement.startedAt === null && placement.phase !== 'stopping' && isPast(age, DEADLINES.starting, now)) {
    // A gang waits for its slowest rank; what is told is the rank that makes it wait.
    if (placement.phase === 'prepared') return null
    return about('START_OVERDUE', age, `has not begun ${rank}; it says that it is ${machine.runState}`, cancel)
  }
  if (placement.phase !== 'stopping' || workload.stop === null) return null
  const grace = taskOf(workload, placement)?.grace ?? 0
  const limit = milliseconds(grace + KILL + DEADLINES.stopping)
  if (!isPast(workload.stateAt, limit, now)) return null
  const evidence = `was asked to end ${rank}, and has not; it says that it is ${machine.runState}`
  return about('STOP_OVERDUE', workload.stateAt, evidence, `billet machines retire --force ${machine.id}`)
}

function ofAway(
  machine: MachineRecord,
  placement: PlacementRecord,
  workload: WorkloadRecord,
  now: Instant,
  about: About,
): Finding | null {
  const since = machine.silentSince ?? machine.connectionAt
  if (isOver(placement.phase) || !isPast(since, DEADLINES.awayWithTenant, now)) return null
  const waits = workload.spec.absence.onLost === 'wait' ? ', which waits for it' : ''
  const evidence = `is ${machine.connection} with rank ${placement.rank} of workload ${workload.id}${waits}`
  return about('AWAY_WITH_TENANT', since, evidence, `billet machines retire --force ${machine.id}`)
}

function ofWaiting(machines: readonly MachineRecord[], workload: WorkloadRecord, now: Instant): Finding | null {
  if (vacantRanks(workload).length === 0) return null
  if (!isPast(workload.stateAt, DEADLINES.neverPlaceable, now)) return null
  const inFleet = machines.filter(({ state }) => state !== 'retired' && state !== 'pending')
  const fitting = ({ constraints }: Group): number =>
    inFleet.filter((machine) => mismatch(machine, constraints) === undefined).length
  const lacking = groupsNow(workload).find((group) => fitting(group) < leastOf(group))
  if (lacking === undefined) return null
  return {
    reason: 'NEVER_PLACEABLE',
    machine: null,
    workload: workload.id,
    since: workload.stateAt,
    evidence:
      `workload ${workload.id} asks for ${leastOf(lacking)} machines, ` +
      `and only ${fitting(lacking)} of the fleet would do`,
    command: `billet workloads cancel ${workload.id}`,
  }
}
