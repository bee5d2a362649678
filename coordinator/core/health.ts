import { isCheckFinding } from '../../shared/model/check.ts'
import { type Condition, type HealthLimit, healthActions } from '../../shared/model/health.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import { billetError } from '../../shared/model/errors.ts'
import { compareTexts } from '../../shared/model/texts.ts'
import { acceptChecks } from './checks.ts'
import { suspend } from './conditions.ts'
import type { Draft } from './draft.ts'
import type { Handler } from './handler.ts'
import { label, mustMove } from './machine_state.ts'
import { loseMachine } from './placements.ts'
import type { ClusterRecord, MachineRecord } from './records.ts'
import { asExpected } from './registrations.ts'

/** Machines of so many that findings may take out of service at once; one at least, or nothing would ever be done. */
const outMost = ({ outShare }: HealthLimit, machines: number): number => Math.max(1, Math.floor(machines * outShare))

const rankOf = ({ action }: Condition): number => healthActions.indexOf(action)
const QUARANTINE = healthActions.indexOf('quarantine')

/** What checks found is not acted on while they are made again. */
const actingOf = ({ conditions, state }: MachineRecord): readonly Condition[] =>
  conditions.filter(({ action, id }) => action !== 'note' && !(state === 'validating' && isCheckFinding(id)))

/**
 * Does what the findings ask for, within the limit on what may be out of service at once: a rule that is wrong, or a
 * driver that says nonsense, must not take the fleet away from everybody.
 */
export function actOnFindings(draft: Draft): void {
  const cluster = draft.cluster()
  if (cluster.learningSince !== null) return
  const inService: MachineRecord[] = []
  let isAnyFound = cluster.healthLimitedSince !== null
  for (const { record } of draft.before.table('machines').values()) {
    const machine = draft.find('machines', record.id) ?? record
    if (machine.state === 'retired' || machine.state === 'pending') continue
    inService.push(machine)
    isAnyFound ||= machine.conditions.length > 0
  }
  if (!isAnyFound) return
  const { out, suspended } = share(inService, cluster.health)
  for (const machine of suspended) settle(draft, machine, true, cluster.health)
  for (const machine of out) act(draft, settle(draft, machine, false, cluster.health))
  tellLimit(draft, cluster, suspended.length, out.length)
}

type Shared = { readonly out: readonly MachineRecord[]; readonly suspended: readonly MachineRecord[] }

/** Who may be out of service: what is out already before what was found since, and the oldest findings first. */
function share(inService: readonly MachineRecord[], limit: HealthLimit): Shared {
  const classes = new Map<string, { all: number; out: number }>()
  const whole = { all: inService.length, out: 0 }
  const found: MachineRecord[] = []
  for (const machine of inService) {
    const own = classes.get(machine.hardwareClass) ?? { all: 0, out: 0 }
    classes.set(machine.hardwareClass, own)
    own.all += 1
    if (isQuarantinedByFinding(machine)) {
      own.out += 1
      whole.out += 1
    } else if (actingOf(machine).length > 0) found.push(machine)
  }
  found.sort((one, other) => placeInLine(one, limit) - placeInLine(other, limit) || compareTexts(one.id, other.id))
  const out: MachineRecord[] = []
  const suspended: MachineRecord[] = []
  for (const machine of found) {
    const own = classes.get(machine.hardwareClass) ?? whole
    const isWithin = whole.out < outMost(limit, whole.all) && own.out < outMost(limit, own.all)
    if (!isWithin && !isUnlimited(machine, limit)) {
      suspended.push(machine)
      continue
    }
    own.out += 1
    whole.out += 1
    out.push(machine)
  }
  return { out, suspended }
}

const isQuarantinedByFinding = ({ state, heldBy }: MachineRecord): boolean => state === 'quarantined' && heldBy !== null

const isUnlimited = (machine: MachineRecord, { unlimited }: HealthLimit): boolean =>
  actingOf(machine).some(({ id }) => unlimited.includes(id))

/** Less is earlier. Times are far below these, so what is suspended comes after all that is not. */
const SUSPENDED_LATER = 2 ** 50
/** A machine that is slow takes no room from one that is broken, suspended or not. */
const CHECKS_LATER = 2 ** 51

function placeInLine(machine: MachineRecord, limit: HealthLimit): number {
  if (isUnlimited(machine, limit)) return 0
  const acting = actingOf(machine)
  const oldest = Math.min(...acting.map(({ since }) => since))
  const later = acting.every(({ id }) => isCheckFinding(id)) ? CHECKS_LATER : 0
  return oldest + later + (acting.some(({ suspended }) => !suspended) ? 0 : SUSPENDED_LATER)
}

function settle(draft: Draft, machine: MachineRecord, isSuspended: boolean, { unlimited }: HealthLimit): MachineRecord {
  const isSettled = machine.conditions.every(
    ({ id, action, suspended }) => action === 'note' || suspended === (isSuspended && !unlimited.includes(id)),
  )
  if (isSettled) return machine
  const conditions = machine.conditions.map((one) =>
    one.action === 'note' ? one : suspend(one, isSuspended && !unlimited.includes(one.id)),
  )
  const settled = { ...machine, conditions }
  draft.putMachine(settled)
  return settled
}

/** The gravest finding decides. A cordon needs no deed: the finding itself forbids placements. */
function act(draft: Draft, machine: MachineRecord): void {
  const gravest = actingOf(machine).reduce((one, other) => (rankOf(other) > rankOf(one) ? other : one))
  if (rankOf(gravest) < QUARANTINE) return
  const reason = `${gravest.id}: ${gravest.reason}`
  if (machine.state === 'available' || machine.state === 'validating') {
    mustMove(draft, machine, 'quarantine', reason, { heldBy: gravest.id })
  } else if (machine.state === 'allocated' && gravest.action === 'replace') {
    // Nobody can say yet whether its run is over, so no replacement begins before the machine has said so.
    mustMove(draft, loseMachine(draft, machine, reason, false), 'release', reason)
  }
}

function tellLimit(draft: Draft, cluster: ClusterRecord, suspended: number, out: number): void {
  const isLimited = suspended > 0
  if (isLimited === (cluster.healthLimitedSince !== null)) return
  const healthLimitedSince = isLimited ? draft.now : null
  draft.put({ table: 'cluster', key: 'cluster', record: { ...draft.cluster(), healthLimitedSince } })
  const message = isLimited
    ? `Findings have ${out} machines out of service, as many as may be; nothing is done about ${suspended} more.`
    : 'No finding is held back by the limit on machines out of service any more.'
  draft.event(isLimited ? 'HEALTH_LIMIT_REACHED' : 'HEALTH_LIMIT_ENDED', message, {})
}

/** The machine as it is now is what it should be. */
export const acceptHardware: Handler<'accept_hardware'> = (draft, { machine: id, caller }) => {
  const found = draft.machine(id)
  if (!found.ok) return found
  const { inventory, state } = found.value
  if (inventory === null || state === 'retired') {
    const sentence = `Nobody has heard what machine ${label(found.value)} is made of.`
    return refuse(billetError('state_conflict', sentence, { machine: id, state }))
  }
  const gpusExpected = inventory.gpus.length
  const conditions = acceptChecks(draft, found.value)
  draft.putMachine({ ...found.value, ...asExpected(found.value), gpusExpected, conditions })
  draft.effect({ kind: 'health_plan_changed', machine: id })
  const message = `${label(found.value)} is to have ${gpusExpected} GPUs from now on.`
  draft.event('HARDWARE_ACCEPTED', message, { machine: id, user: caller.user })
  return ok(() => draft.written('machines', id))
}
