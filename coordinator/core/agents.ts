import { isCheckFinding } from '../../shared/model/check.ts'
import { billetError } from '../../shared/model/errors.ts'
import { SYSTEM_USER, epoch, term } from '../../shared/model/ids.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import type { MachineReport } from '../../shared/model/run.ts'
import { conditionsOf } from './conditions.ts'
import type { Handler } from './handler.ts'
import type { Draft } from './draft.ts'
import { hardwareClass } from './hardware_class.ts'
import { label, move, mustMove } from './machine_state.ts'
import { followForgetful, followReport, loseMachine } from './placements.ts'
import type { MachineRecord } from './records.ts'

export const agentConnected: Handler<'agent_connected'> = (draft, input) => {
  const found = draft.machine(input.machine)
  if (!found.ok) return found
  const known = found.value
  if (known.state === 'retired' || known.generation !== input.generation) {
    const sentence = `The identity of machine ${label(known)} was replaced or ended; enrol the machine again.`
    return refuse(billetError('permission_denied', sentence, { machine: known.id }))
  }
  if (known.connection === 'lost') {
    draft.event('MACHINE_BACK', `${label(known)} is connected again.`, { machine: known.id })
  }
  const machine: MachineRecord = {
    ...known,
    connection: 'connected',
    connectionAt: draft.now,
    silentSince: null,
    agentVersion: input.agentVersion,
    bootId: input.bootId,
    formerBootId: input.bootId === known.bootId ? known.formerBootId : known.bootId,
    address: input.address,
    peerAddress: input.peerAddress,
    hostname: known.registered?.name ?? input.inventory.os.hostname,
    inventory: input.inventory,
    inventoryDigest: input.inventoryDigest,
    hardwareClass: hardwareClass(input.inventory, known.lastHandBack),
  }
  draft.putMachine(machine)
  const isShared = known.formerBootId !== '' && input.bootId === known.formerBootId
  const held = isShared ? holdBackShared(draft, machine) : machine
  follow(draft, startedAndForgotten(draft, held, input.report), input.report)
  return ok(() => undefined)
}

/**
 * No machine goes back to the boot before its last one: a copied disk, or a snapshot put back, speaks in the name of
 * another machine. Which of the two is the real one nobody here can tell, so none of them is given to anyone.
 */
function holdBackShared(draft: Draft, machine: MachineRecord): MachineRecord {
  const reason =
    'two machines use this identity in turn, by their boots: was a disk copied, or a snapshot put back? ' +
    'Retire it, remove the state directory on both, and enrol them anew'
  if (machine.cordon?.reason === reason) return machine
  draft.event('IDENTITY_SHARED', `${label(machine)}: ${reason}.`, { machine: machine.id })
  const cordoned = { ...machine, cordon: { reason, user: SYSTEM_USER, at: draft.now, drain: false } }
  const quarantined = move(draft, cordoned, 'quarantine', reason)
  if (quarantined.ok) return quarantined.value
  // A tenant is on it, or was: it goes on, and nobody comes after it.
  draft.putMachine(cordoned)
  return cordoned
}

export const agentReported: Handler<'agent_reported'> = (draft, { machine, report }) => {
  const found = draft.machine(machine)
  if (!found.ok) return found
  follow(draft, found.value, report)
  return ok(() => undefined)
}

export const agentInventory: Handler<'agent_inventory'> = (draft, { machine, inventory, inventoryDigest }) => {
  const found = draft.machine(machine)
  if (!found.ok) return found
  const changed = { inventory, inventoryDigest, hardwareClass: hardwareClass(inventory, found.value.lastHandBack) }
  draft.putMachine({ ...found.value, ...changed })
  draft.event('INVENTORY_CHANGED', `${label(found.value)} reports other hardware than before.`, { machine })
  return ok(() => undefined)
}

export const agentDisconnected: Handler<'agent_disconnected'> = (draft, { machine }) => {
  const found = draft.machine(machine)
  if (!found.ok) return found
  if (found.value.connection === 'connected') {
    draft.putMachine({ ...found.value, connection: 'silent', connectionAt: draft.now, silentSince: draft.now })
  }
  return ok(() => undefined)
}

/**
 * An agent stores an epoch before it acts on it. One that comes back with an older epoch than a task ran under
 * has lost its memory: told to run, it would run the task a second time.
 */
function startedAndForgotten(draft: Draft, machine: MachineRecord, report: MachineReport): MachineRecord {
  if (report.epoch >= machine.epoch || machine.state !== 'allocated' || machine.placement === null) return machine
  if (draft.placement(machine.placement).startedAt === null) return machine
  const reason = `the agent of ${label(machine)} came back without its memory of the task`
  return mustMove(draft, loseMachine(draft, machine, reason, false), 'release', reason)
}

function follow(draft: Draft, machine: MachineRecord, report: MachineReport): void {
  if (report.term > draft.cluster().term) adoptTerm(draft, report)
  if (seenBy(report) > machine.epoch || isOfAnother(machine, report)) {
    adoptEpoch(draft, machine, report)
    return
  }
  const told = withConditions(draft, withNewerValidation(machine, report), report)
  if (told !== machine) draft.putMachine(told)
  if (told.validation !== machine.validation) draft.effect({ kind: 'desired_changed', machine: machine.id })
  if (report.epoch === machine.epoch) followReport(draft, told, report)
  else followForgetful(draft, told, report)
}

/**
 * The same epoch, and another placement under it: the backup that this coordinator was restored from is older than the
 * word of its predecessor that the agent has taken up since.
 */
function isOfAnother(machine: MachineRecord, { epoch: reported, placement }: MachineReport): boolean {
  const isHeld = machine.state === 'allocated' && reported === machine.epoch
  return isHeld && placement !== null && placement !== machine.placement
}

function withConditions(draft: Draft, machine: MachineRecord, report: MachineReport): MachineRecord {
  if (machine.conditions.length === 0 && report.conditions.length === 0) return machine
  const reported = report.conditions.filter(({ id }) => !isCheckFinding(id))
  const ofChecks = machine.conditions.filter(({ id }) => isCheckFinding(id))
  const conditions = [...conditionsOf(draft.cluster(), machine.conditions, reported), ...ofChecks]
  return JSON.stringify(machine.conditions) === JSON.stringify(conditions) ? machine : { ...machine, conditions }
}

/** What it was told and has not taken up yet counts too: it obeys nothing older. */
const seenBy = ({ epoch: own, seen }: MachineReport): number => Math.max(own, seen ?? 0)

/** The newest number under which the agent has done anything. */
const answeredBy = ({ validation, handBack }: MachineReport): number =>
  Math.max(validation?.validation ?? 0, handBack?.tried ?? 0)

/** As with epochs: a number that was answered before would be taken for the answer to the next question. */
function withNewerValidation(machine: MachineRecord, report: MachineReport): MachineRecord {
  const answered = answeredBy(report)
  return answered > machine.validation ? { ...machine, validation: answered + 1 } : machine
}

/**
 * The agent has seen a newer term than this one: the coordinator was restored from an older backup, and agents would
 * refuse its orders. So it begins a term newer still, and learns the fleet anew before it places anything.
 */
function adoptTerm(draft: Draft, report: MachineReport): void {
  const cluster = { ...draft.cluster(), term: term(report.term + 1), learningSince: draft.now }
  draft.put({ table: 'cluster', key: 'cluster', record: cluster })
  const message = `An agent has seen term ${report.term}: this coordinator was restored from an older backup.`
  draft.event('FLEET_RESTORED', `${message} What runs is learnt from the agents before anything is placed.`, {})
  for (const { record } of draft.before.table('machines').values()) {
    if (record.connection === 'connected') draft.effect({ kind: 'desired_changed', machine: record.id })
  }
}

/**
 * The agent has seen a newer epoch than is recorded here: this coordinator was restored from an older backup.
 * Nobody here knows what ran under it, so the machine goes through a hand-back under an epoch newer still.
 */
function adoptEpoch(draft: Draft, machine: MachineRecord, report: MachineReport): void {
  const seen = seenBy(report)
  const known = seen === machine.epoch ? 'for another placement' : `newer than the recorded ${machine.epoch}`
  const reason = `its agent has seen epoch ${seen}, ${known}`
  const answered = answeredBy(report)
  const validation = Math.max(machine.validation, answered) + 1
  // What it does under an epoch that is no longer the machine's, until it says that it has taken up the new one.
  const renewed = { epoch: epoch(seen + 1), validation, runState: report.state }
  if (machine.state === 'allocated') {
    mustMove(draft, loseMachine(draft, machine, reason, false), 'release', reason, renewed)
    return
  }
  const quarantined = move(draft, machine, 'quarantine', reason, renewed)
  if (quarantined.ok) return
  draft.putMachine({ ...machine, ...renewed })
  draft.effect({ kind: 'desired_changed', machine: machine.id })
}
