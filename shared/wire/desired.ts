import { epoch, parseMachineId, parsePlacementId, parseTenantName, parseWorkloadId, term } from '../model/ids.ts'
import { POLICY_BOUNDS } from '../model/policies.ts'
import type { Assignment, DesiredState, Peer, UpgradeOrder } from '../model/run.ts'
import { count, duration, durationOf, enumWord, invalid, list, parsed, present, resource, text } from './check.ts'
import { decodeCheckOrders, encodeCheckOrder } from './checks.ts'
import { runGoals } from './enums.ts'
import type { Assignment as WireAssignment, Assignment__Output } from './gen/types/billet/v1/Assignment.ts'
import type { DesiredState as WireDesired, DesiredState__Output } from './gen/types/billet/v1/DesiredState.ts'
import type { UpgradeOrder__Output } from './gen/types/billet/v1/UpgradeOrder.ts'
import { decodeNetworkCheck, encodeNetworkCheck } from './network_check.ts'
import { decodeTimeLimit, encodeTimeLimit } from './policies.ts'
import { decodeTask, encodeTask } from './task.ts'

export function encodeDesired(desired: DesiredState): WireDesired {
  const { assignment } = desired
  return {
    machine: `machines/${desired.machine}`,
    term: desired.term,
    epoch: desired.epoch,
    goal: runGoals[desired.goal],
    assignment: assignment === null ? null : encodeAssignment(assignment),
    validation: desired.validation,
    upgrade: desired.upgrade,
    checks: (desired.checks ?? []).map(encodeCheckOrder),
  }
}

function encodeAssignment(assignment: Assignment): WireAssignment {
  const { task, lease, timeLimit } = assignment
  return {
    placement: `placements/${assignment.placement}`,
    workload: `workloads/${assignment.workload}`,
    tenant: assignment.tenant,
    tenant_number: assignment.tenantNumber,
    rank: assignment.rank,
    array_index: assignment.array.index,
    array_size: assignment.array.size,
    peers: addressesByRank(assignment.peers),
    members: assignment.peers.map((peer) => ({ ...peer })),
    generation: assignment.generation,
    task: task === null ? null : encodeTask(task),
    lease: lease === null ? null : duration(lease),
    time_limit: timeLimit === null ? null : encodeTimeLimit(timeLimit),
    ...encodeNetworkCheck(assignment.networkCheck),
  }
}

/** As agents before there were members read it. */
function addressesByRank(peers: readonly Peer[]): string[] {
  const ranks = peers.reduce((most, { rank }) => Math.max(most, rank + 1), 0)
  const addresses = Array.from({ length: ranks }, () => '')
  for (const { rank, address } of peers) addresses[rank] = address
  return addresses
}

export function decodeDesired(field: string, wire: DesiredState__Output | null): DesiredState {
  const desired = present(field, wire)
  const goal = enumWord(`${field}.goal`, runGoals, desired.goal)
  if (goal !== 'idle' && desired.assignment === null) invalid(`${field}.assignment`, `expected one with goal ${goal}`)
  return {
    machine: resource(`${field}.machine`, 'machines', desired.machine, parseMachineId),
    term: term(count(`${field}.term`, desired.term)),
    epoch: epoch(count(`${field}.epoch`, desired.epoch)),
    goal,
    assignment: desired.assignment === null ? null : decodeAssignment(`${field}.assignment`, desired.assignment),
    validation: count(`${field}.validation`, desired.validation),
    upgrade: desired.upgrade === null ? null : decodeUpgrade(`${field}.upgrade`, desired.upgrade),
    ...decodeCheckOrders(`${field}.checks`, desired.checks),
  }
}

export function decodeUpgrade(field: string, wire: UpgradeOrder__Output): UpgradeOrder {
  const url = text(`${field}.url`, wire.url, 2000)
  if (!/^https?:\/\//.test(url)) invalid(`${field}.url`, 'expected one that begins with http:// or https://')
  return {
    manifest: text(`${field}.manifest`, wire.manifest, 10_000),
    signature: text(`${field}.signature`, wire.signature, 1000),
    url,
  }
}

/** Tenants have 65,536 user ids on each machine. */
const TENANT_NUMBER_MAX = 65_535
/** Ranks may have gaps where machines left, and are never so many. */
const RANK_MAX = 65_535
const { leaseMost } = POLICY_BOUNDS

/** A coordinator from before there were members says only where each rank is. */
function decodePeers(field: string, { members, peers }: Assignment__Output): readonly Peer[] {
  if (members.length === 0) {
    return list(`${field}.peers`, peers, RANK_MAX + 1).map((address, rank) => ({
      rank,
      address: text(`${field}.peers[${rank}]`, address, 255),
      group: '',
    }))
  }
  let least = 0
  return list(`${field}.members`, members, RANK_MAX + 1).map((member, index): Peer => {
    const rank = count(`${field}.members[${index}].rank`, member.rank, least, RANK_MAX)
    least = rank + 1
    return {
      rank,
      address: text(`${field}.members[${index}].address`, member.address, 255),
      group: text(`${field}.members[${index}].group`, member.group, 63),
    }
  })
}

function decodeAssignment(field: string, wire: Assignment__Output): Assignment {
  const peers = decodePeers(field, wire)
  const rank = count(`${field}.rank`, wire.rank, 0, RANK_MAX)
  if (!peers.some((peer) => peer.rank === rank)) invalid(`${field}.rank`, 'expected the rank of one of its members')
  return {
    placement: resource(`${field}.placement`, 'placements', wire.placement, parsePlacementId),
    workload: resource(`${field}.workload`, 'workloads', wire.workload, parseWorkloadId),
    tenant: parsed(`${field}.tenant`, wire.tenant, parseTenantName),
    tenantNumber: count(`${field}.tenant_number`, wire.tenant_number, 1, TENANT_NUMBER_MAX),
    array: { index: count(`${field}.array_index`, wire.array_index), size: Math.max(1, wire.array_size) },
    rank,
    peers,
    generation: count(`${field}.generation`, wire.generation),
    task: wire.task === null ? null : decodeTask(`${field}.task`, wire.task),
    lease: wire.lease === null ? null : durationOf(`${field}.lease`, wire.lease, leaseMost, leaseMost),
    timeLimit: decodeTimeLimit(`${field}.time_limit`, wire.time_limit),
    ...decodeNetworkCheck(`${field}.network_check`, wire.network_check),
  }
}
