import { type MachineId } from '../../shared/model/ids.ts'
import type { Assignment, DesiredState, Peer, RunGoal, UpgradeOrder } from '../../shared/model/run.ts'
import type { PlacementPhase } from '../../shared/model/placement_phase.ts'
import { checkOrders } from './checks.ts'
import { groupsNow, layoutOf, memberRanks, taskOf } from './ranks.ts'
import type { MachineRecord, PlacementRecord, WorkloadRecord } from './records.ts'
import type { FleetView } from './state.ts'

const GOALS = {
  preparing: 'prepare',
  prepared: 'prepare',
  starting: 'run',
  running: 'run',
  stopping: 'idle',
  exited: 'idle',
  failed: 'idle',
  lost: 'idle',
  timed_out: 'idle',
} as const satisfies Readonly<Record<PlacementPhase, RunGoal>>

/** Everything that is wanted of a machine now, from the state alone. */
export function desired(view: FleetView, id: MachineId): DesiredState | undefined {
  const machine = view.table('machines').get(id)?.record
  if (machine === undefined) return undefined
  const { epoch, validation } = machine
  const cluster = view.cluster()
  const { term, learningSince } = cluster
  // A machine that waits for approval is asked for nothing; its agent only reports.
  const upgrade = upgradeOf(view, machine)
  const asked =
    machine.state === 'pending' ? { validation: 0, checks: [] } : { validation, checks: checkOrders(cluster, machine) }
  const common = { machine: id, term, epoch, ...asked, upgrade }
  if (machine.state !== 'allocated' || machine.placement === null) return { ...common, goal: 'idle', assignment: null }
  const placement = view.table('placements').get(machine.placement)?.record
  if (placement === undefined) throw new Error(`machine ${id} is allocated to a placement that is not there`)
  // What is learnt may be that it was given to another machine since the backup that is the newest here.
  const isToWait = learningSince !== null && placement.phase === 'starting'
  const goal = isToWait ? 'prepare' : GOALS[placement.phase]
  return { ...common, goal, assignment: goal === 'idle' ? null : assignmentOf(view, placement) }
}

function upgradeOf(view: FleetView, { rollout: own }: MachineRecord): UpgradeOrder | null {
  if (own === null || own.state !== 'ordered') return null
  const rollout = view.find('rollouts', own.rollout)
  if (rollout === undefined || rollout.state !== 'running') return null
  const { manifest, signature, url } = rollout
  return { manifest, signature, url }
}

function assignmentOf(view: FleetView, placement: PlacementRecord): Assignment {
  const workload = view.table('workloads').get(placement.workload)?.record
  const tenant = view.table('tenants').get(placement.tenant)?.record
  if (workload === undefined || tenant === undefined) throw new Error(`placement ${placement.id} has no workload`)
  const { absence, timeLimit, networkCheck } = workload.spec
  const peers = peersOf(view, workload)
  // Who joins others that run already, or is alone, has nobody who would answer.
  const isAsked = networkCheck !== undefined && placement.phase === 'preparing' && peers.length > 1
  return {
    placement: placement.id,
    workload: workload.id,
    tenant: tenant.name,
    tenantNumber: tenant.number,
    rank: placement.rank,
    array: { index: workload.array?.index ?? 0, size: workload.spec.array?.size ?? 1 },
    peers,
    generation: workload.generation,
    task: taskOf(workload, placement),
    lease: absence.onLost === 'wait' ? null : absence.lease,
    timeLimit: placement.timeLimit === null ? null : { warning: null, ...timeLimit, limit: placement.timeLimit },
    ...(isAsked ? { networkCheck } : {}),
  }
}

function peersOf(view: FleetView, workload: WorkloadRecord): readonly Peer[] {
  const placements = view.table('placements')
  const layout = layoutOf(workload)
  const names = groupsNow(workload).map(({ name }) => name)
  const peers: Peer[] = []
  for (const rank of memberRanks(workload)) {
    const placement = placements.get(workload.placements[rank] ?? '')?.record
    const group = names[layout[rank] ?? -1]
    if (group === undefined) throw new Error(`rank ${rank} is of no group of its workload`)
    if (placement !== undefined) peers.push({ rank, address: placement.address, group })
  }
  return peers
}
