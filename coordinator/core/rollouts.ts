import { billetError } from '../../shared/model/errors.ts'
import type { RolloutId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { upgradeFailed } from '../../shared/model/run.ts'
import { type Milliseconds, later, minutes } from '../../shared/model/time.ts'
import type { Draft } from './draft.ts'
import { type Handler, remember, repeated } from './handler.ts'
import type { MachineRecord, MachineRollout, RolloutRecord } from './records.ts'

/** How long a machine may take to fetch, change and come back: longer than its own guardian waits. */
const COMING_BACK: Milliseconds = minutes(20)
const KEPT = 20

export const createRollout: Handler<'create_rollout'> = (draft, input) => {
  const { caller, digest } = input
  const before = repeated(draft, caller, digest)
  if (!before.ok) return before
  if (before.value !== undefined) {
    const { resource } = before.value
    return ok(() => draft.written('rollouts', resource))
  }
  const other = active(draft)
  if (other !== undefined) {
    const sentence = `Rollout ${other.id} is ${other.state}; cancel it, or wait for its end.`
    return refuse(billetError('state_conflict', sentence, { rollout: other.id, state: other.state }))
  }
  const { manifest, signature, url, agentVersion, atOnce, pauseAfter } = input
  const about = { manifest, signature, url, agentVersion, atOnce, pauseAfter, user: caller.user, createdAt: draft.now }
  const rollout: RolloutRecord = { id: draft.ids.rollout(), ...about, state: 'running', stateReason: '' }
  const chosen = input.machines ?? inFleet(draft)
  for (const id of chosen) {
    const machine = draft.machine(id)
    if (!machine.ok) return machine
    set(draft, machine.value, rollout, 'waiting', '')
  }
  draft.put({ table: 'rollouts', key: rollout.id, record: rollout })
  forgetOldest(draft)
  remember(draft, caller, digest, rollout.id)
  draft.event('ROLLOUT_BEGAN', `${caller.user} rolls out agent ${agentVersion} to ${chosen.length} machines.`, {
    user: caller.user,
  })
  return ok(() => draft.written('rollouts', rollout.id))
}

const inFleet = (draft: Draft) =>
  [...draft.before.table('machines').values()].flatMap(({ record }) =>
    record.state === 'retired' || record.state === 'pending' ? [] : record.id,
  )

function active(draft: Draft): RolloutRecord | undefined {
  for (const { record } of draft.before.table('rollouts').values()) {
    const now = draft.find('rollouts', record.id)
    if (now?.state === 'running' || now?.state === 'paused') return now
  }
  return undefined
}

function forgetOldest(draft: Draft): void {
  const view = draft.before.table('rollouts')
  const [oldest] = view.values()
  if (view.size >= KEPT && oldest !== undefined) {
    draft.put({ table: 'rollouts', key: oldest.record.id, record: null })
  }
}

function set(
  draft: Draft,
  machine: MachineRecord,
  { id }: Pick<RolloutRecord, 'id'>,
  state: MachineRollout['state'],
  reason: string,
): void {
  draft.putMachine({ ...machine, rollout: { rollout: id, state, since: draft.now, reason } })
  draft.effect({ kind: 'desired_changed', machine: machine.id })
}

type Change = 'pause_rollout' | 'resume_rollout' | 'cancel_rollout'

function change(
  draft: Draft,
  id: RolloutId,
  to: RolloutRecord['state'],
  reason: string,
): Result<undefined, ReturnType<typeof billetError>> {
  const rollout = draft.find('rollouts', id)
  if (rollout === undefined)
    return refuse(billetError('rollout_not_found', `There is no rollout ${id}.`, { rollout: id }))
  if (rollout.state === to) return ok()
  if (rollout.state !== 'running' && rollout.state !== 'paused') {
    const sentence = `Rollout ${id} is ${rollout.state}; begin another.`
    return refuse(billetError('state_conflict', sentence, { rollout: id, state: rollout.state }))
  }
  draft.put({ table: 'rollouts', key: id, record: { ...rollout, state: to, stateReason: reason } })
  for (const machine of members(draft, id)) {
    // What was told and is still on its way comes back by itself; an order that is taken away is not begun.
    if (machine.rollout?.state === 'ordered') draft.effect({ kind: 'desired_changed', machine: machine.id })
    if (to === 'running' && machine.rollout?.state === 'failed') set(draft, machine, rollout, 'waiting', '')
  }
  return ok()
}

const changing =
  <Kind extends Change>(to: RolloutRecord['state'], word: string): Handler<Kind> =>
  (draft, { rollout, caller }) => {
    const done = change(draft, rollout, to, `${word} by ${caller.user}`)
    return done.ok ? ok(() => draft.written('rollouts', rollout)) : done
  }

export const pauseRollout = changing<'pause_rollout'>('paused', 'paused')
export const resumeRollout = changing<'resume_rollout'>('running', 'resumed')
export const cancelRollout = changing<'cancel_rollout'>('cancelled', 'cancelled')

function members(draft: Draft, id: RolloutId): readonly MachineRecord[] {
  return [...draft.before.table('machines').values()].flatMap(({ record }) => {
    const now = draft.find('machines', record.id)
    return now?.rollout?.rollout === id ? now : []
  })
}

/** Looks at what came of what was told, and tells the next ones. An agent's own version is the truth. */
export function advanceRollout(draft: Draft): void {
  const rollout = active(draft)
  if (rollout === undefined) return
  let [ordered, failed] = [0, 0]
  const waiting: MachineRecord[] = []
  for (const machine of members(draft, rollout.id)) {
    const state = judge(draft, machine, rollout)
    if (state === 'ordered') ordered += 1
    else if (state === 'failed') failed += 1
    else if (state === 'waiting') waiting.push(machine)
  }
  if (rollout.state === 'paused') return
  const put = (state: RolloutRecord['state'], stateReason: string): void => {
    draft.put({ table: 'rollouts', key: rollout.id, record: { ...rollout, state, stateReason } })
    draft.event(`ROLLOUT_${state.toUpperCase()}`, `Rollout ${rollout.id}: ${stateReason}.`, {})
  }
  if (failed >= rollout.pauseAfter) return put('paused', `${failed} machines have not taken the new agent`)
  if (ordered === 0 && waiting.length === 0) return put('done', failed === 0 ? 'every machine has it' : 'some failed')
  for (const machine of waiting.slice(0, Math.max(0, rollout.atOnce - ordered))) {
    if (machine.connection === 'connected') set(draft, machine, rollout, 'ordered', '')
  }
}

function judge(draft: Draft, machine: MachineRecord, rollout: RolloutRecord): MachineRollout['state'] | null {
  const { rollout: own, connection, conditions } = machine
  if (own === null || machine.state === 'retired') return null
  if (own.state === 'done' || own.state === 'failed') return own.state
  if (connection === 'connected' && machine.agentVersion === rollout.agentVersion) {
    set(draft, machine, rollout, 'done', '')
    return 'done'
  }
  if (own.state === 'waiting') return 'waiting'
  const told = conditions.find(({ id }) => id === upgradeFailed(rollout.signature))
  const late = later(own.since, COMING_BACK) <= draft.now
  if (told === undefined && !late) return 'ordered'
  set(draft, machine, rollout, 'failed', told?.reason ?? 'it has not come back with the new agent in time')
  return 'failed'
}
