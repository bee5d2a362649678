import { isOver } from '../../shared/model/placement_phase.ts'
import { replaceAfter } from '../../shared/model/policies.ts'
import { type Instant, type Milliseconds, instant, later, milliseconds, seconds } from '../../shared/model/time.ts'
import { ok } from '../../shared/model/result.ts'
import type { Draft } from './draft.ts'
import type { Handler } from './handler.ts'
import { label, mustMove } from './machine_state.ts'
import { loseMachine } from './placements.ts'
import { taskOf } from './ranks.ts'
import type { ClusterRecord, MachineRecord, PlacementRecord } from './records.ts'

/** A machine that is silent for so long counts as away. */
const AWAY: Milliseconds = seconds(20)

/**
 * Machines that may be away at once before nothing is done about it by itself: one, or a third of the fleet. So many
 * do not fail at once; the coordinator itself is cut off, or something that they share.
 */
function awayMost(fleet: number): number {
  return Math.max(1, Math.floor(fleet / 3))
}

/**
 * Ends the runs of machines that were silent for so long that their runs must be over: the lease that the workload
 * asked for, its grace, and what clocks may differ by have passed since the last answer that the agent can have had.
 */
export function endTheAbsent(draft: Draft): void {
  const due = [...draft.before.table('machines').values()].flatMap(({ record }) => dueOn(draft, record) ?? [])
  if (!mayActAlone(draft, due.length > 0)) return
  for (const machine of due) {
    const silence = `not heard of for ${Math.floor((draft.now - silentSince(draft.cluster(), machine)) / 1000)} s`
    const found = draft.find('machines', machine.id) ?? machine
    if (found.state === 'allocated') {
      const lost = loseMachine(draft, found, `${label(found)} was ${silence}, and its lease is over`, true)
      mustMove(draft, lost, 'release', `${silence}; its run is over by its lease, and it is to be made clean`)
    } else {
      const placement = found.placement === null ? undefined : draft.find('placements', found.placement)
      if (placement !== undefined) draft.putPlacement({ ...placement, presumedOver: true })
    }
  }
}

/** The last moment at which this coordinator, or one before it, can have answered the machine's agent. */
function silentSince({ termAt }: ClusterRecord, machine: MachineRecord): Instant {
  return instant(Math.max(termAt, machine.silentSince ?? machine.connectionAt))
}

function dueOn(draft: Draft, machine: MachineRecord): MachineRecord | null {
  if (machine.connection === 'connected' || machine.placement === null) return null
  const placement = draft.find('placements', machine.placement)
  if (placement === undefined || placement.presumedOver || !isOfInterest(machine, placement)) return null
  const workload = draft.find('workloads', placement.workload)
  if (workload === undefined || workload.spec.absence.onLost === 'wait') return null
  const grace = taskOf(workload, placement)?.grace ?? milliseconds(0)
  const due = later(silentSince(draft.cluster(), machine), replaceAfter(workload.spec.absence, grace))
  return due <= draft.now ? machine : null
}

/** It holds a run, or one that ended and of which something may still be alive. */
function isOfInterest({ state }: MachineRecord, { phase }: PlacementRecord): boolean {
  return (state === 'allocated' && !isOver(phase)) || (state === 'sanitising' && isOver(phase))
}

/** Mass loss stops automation and asks. */
function mayActAlone(draft: Draft, isDue: boolean): boolean {
  const cluster = draft.cluster()
  if (!isDue && cluster.halt === null && cluster.absentAccepted === 0) return false
  const { fleet, away } = count(draft, cluster)
  const accepted = Math.min(cluster.absentAccepted, away)
  const tooMany = away > accepted + awayMost(fleet)
  if (accepted !== cluster.absentAccepted) put(draft, { absentAccepted: accepted })
  if (tooMany && isDue && cluster.halt === null) {
    const reason = `${away} of ${fleet} machines are away at once`
    put(draft, { halt: { since: draft.now, reason } })
    const message = `${reason}: no workload is replaced or failed for that until someone says so (billet fleet resume).`
    draft.event('AUTOMATION_HALTED', message, {})
  }
  if (!tooMany && cluster.halt !== null) {
    put(draft, { halt: null })
    draft.event('AUTOMATION_RESUMED', 'Enough machines are back.', {})
  }
  return !tooMany && isDue
}

function put(draft: Draft, changed: Partial<ClusterRecord>): void {
  draft.put({ table: 'cluster', key: 'cluster', record: { ...draft.cluster(), ...changed } })
}

function count(draft: Draft, cluster: ClusterRecord): { readonly fleet: number; readonly away: number } {
  let fleet = 0
  let away = 0
  for (const { record: machine } of draft.before.table('machines').values()) {
    if (machine.state === 'retired' || machine.state === 'pending') continue
    fleet += 1
    if (machine.connection !== 'connected' && later(silentSince(cluster, machine), AWAY) <= draft.now) away += 1
  }
  return { fleet, away }
}

/** Someone has seen how many are away, and lets automation go on: more than that many more would halt it again. */
export const resumeAutomation: Handler<'resume_automation'> = (draft, { caller }) => {
  const cluster = draft.cluster()
  const { away } = count(draft, cluster)
  put(draft, { halt: null, absentAccepted: away })
  if (cluster.halt !== null) {
    draft.event('AUTOMATION_RESUMED', `${caller.user} lets automation go on while ${away} machines are away.`, {
      user: caller.user,
    })
  }
  return ok(() => draft.written('cluster', 'cluster'))
}
