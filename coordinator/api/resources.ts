import { leastOf } from '../../shared/model/workload.ts'
import { ranksByGroup } from '../core/ranks.ts'
import type { Explanation } from '../../shared/model/workload.ts'
import { optionalTimestamp, timestamp } from '../../shared/wire/check.ts'
import { encodeCommandSpec, encodeProgress } from '../../shared/wire/command.ts'
import { connections, machineStates, placementPhaseNumbers, workloadStates } from '../../shared/wire/enums.ts'
import type { Certificate } from '../../shared/wire/gen/types/billet/v1/Certificate.ts'
import type { Command } from '../../shared/wire/gen/types/billet/v1/Command.ts'
import type { CommandRun } from '../../shared/wire/gen/types/billet/v1/CommandRun.ts'
import type { Event } from '../../shared/wire/gen/types/billet/v1/Event.ts'
import type { JoinToken } from '../../shared/wire/gen/types/billet/v1/JoinToken.ts'
import type { Machine } from '../../shared/wire/gen/types/billet/v1/Machine.ts'
import type { Placement } from '../../shared/wire/gen/types/billet/v1/Placement.ts'
import type { Workload } from '../../shared/wire/gen/types/billet/v1/Workload.ts'
import { encodeInventory } from '../../shared/wire/inventory.ts'
import { encodeCondition } from '../../shared/wire/health.ts'
import { encodeHandBack } from '../../shared/wire/report.ts'
import { encodeWorkloadSpec } from '../../shared/wire/workload.ts'
import { isBorrowed } from '../core/borrowed.ts'
import type {
  CertificateRecord,
  CommandRecord,
  CommandRunRecord,
  EventRecord,
  MachineRecord,
  PlacementRecord,
  SignedStatement,
  Trouble,
  Versioned,
  WorkloadRecord,
} from '../core/records.ts'
import type { TokenRecord } from '../core/enrolment_records.ts'
import type { FleetView } from '../core/state.ts'

/** Records as callers see them. */

const named = (collection: string, id: string | null): string => (id === null ? '' : `${collection}/${id}`)

export function machineResource({ record, revision }: Versioned<MachineRecord>): Machine {
  const { cordon, inventory, lastHandBack, trouble } = record
  return {
    name: named('machines', record.id),
    hostname: record.hostname,
    state: machineStates[record.state],
    state_reason: record.stateReason,
    state_time: timestamp(record.stateAt),
    connection: connections[record.connection],
    connection_time: timestamp(record.connectionAt),
    cordon:
      cordon === null
        ? null
        : { reason: cordon.reason, user: cordon.user, create_time: timestamp(cordon.at), drain: cordon.drain },
    conditions: record.conditions.map(encodeCondition),
    labels: { ...record.labels },
    hardware_class: record.hardwareClass,
    inventory: inventory === null ? null : encodeInventory(inventory, record.inventoryDigest),
    epoch: record.epoch,
    placement: named('placements', record.placement),
    tenant: record.tenant ?? '',
    identity_generation: record.generation,
    agent_version: record.agentVersion,
    address: record.address,
    boot_id: record.bootId,
    create_time: timestamp(record.createdAt),
    revision,
    last_hand_back: lastHandBack === null ? null : encodeHandBack(lastHandBack),
    ...troubleResource(trouble),
    registration: named('registrations', record.registered?.name ?? null),
  }
}

function troubleResource(trouble: Trouble | null) {
  if (trouble === null) return { held_back: null, placement_failures: [] }
  const { heldBack, failures, times } = trouble
  return {
    held_back:
      heldBack === null
        ? null
        : {
            since_time: timestamp(heldBack.since),
            until_time: timestamp(heldBack.until),
            reason: heldBack.reason,
            times,
          },
    placement_failures: failures.map(({ at, workload, tenant, fault, reason }) => ({
      time: timestamp(at),
      workload: named('workloads', workload),
      tenant,
      machine_fault: fault === 'machine',
      reason,
    })),
  }
}

export function placementResource({ record, revision }: Versioned<PlacementRecord>): Placement {
  return {
    name: named('placements', record.id),
    workload: named('workloads', record.workload),
    tenant: record.tenant,
    machine: named('machines', record.machine),
    hostname: record.hostname,
    address: record.address,
    rank: record.rank,
    world_size: record.worldSize,
    epoch: record.epoch,
    phase: placementPhaseNumbers[record.phase],
    phase_reason: record.phaseReason,
    exit_code: record.exitCode ?? -1,
    create_time: timestamp(record.createdAt),
    start_time: optionalTimestamp(record.startedAt),
    end_time: optionalTimestamp(record.endedAt),
    revision,
  }
}

export function explanationResource({ refusals, expectedStart, suggestions }: Explanation) {
  return {
    refusals: refusals.map((refusal) => ({
      reason: refusal.reason,
      message: refusal.message,
      machine_count: refusal.machineCount,
      machines: refusal.machines.map((id) => named('machines', id)),
    })),
    expected_start_time: optionalTimestamp(expectedStart),
    suggestions: [...suggestions],
  }
}

export function workloadResource(
  view: FleetView,
  { record, revision }: Versioned<WorkloadRecord>,
  explanation: Explanation,
): Workload {
  const placements = record.placements.flatMap((id) => view.table('placements').get(id) ?? [])
  return {
    name: named('workloads', record.id),
    tenant: record.tenant,
    display_name: record.displayName,
    spec: encodeWorkloadSpec(record.spec),
    state: workloadStates[record.state],
    state_reason: record.stateReason,
    state_time: timestamp(record.stateAt),
    ...explanationResource(explanation),
    placements: placements.map(placementResource),
    exit_code: record.exitCode ?? -1,
    create_time: timestamp(record.createdAt),
    start_time: optionalTimestamp(record.startedAt),
    end_time: optionalTimestamp(record.endedAt),
    user: record.user,
    revision,
    attempt: record.attempt,
    array: record.array === null ? '' : named('workloads', record.array.first),
    array_index: record.array?.index ?? 0,
    sizes: ranksByGroup(record).map(({ group, members }) => ({
      group: group.name,
      machine_count_least: leastOf(group),
      machine_count: group.machineCount,
      members: members.length,
    })),
    borrowed: isBorrowed(view, record),
    vacant_ranks: record.vacancies.toSorted((left, right) => left - right),
    not_before_time: optionalTimestamp(record.notBefore),
    former_placements: record.formerPlacements.map((id) => named('placements', id)),
  }
}

export function commandRunResource(run: CommandRunRecord): CommandRun {
  return { ...encodeProgress(run), machine: named('machines', run.machine), hostname: run.hostname }
}

export function commandResource({ record, revision }: Versioned<CommandRecord>): Command {
  return {
    name: named('commands', record.id),
    spec: encodeCommandSpec(record.spec),
    runs: record.runs.map(commandRunResource),
    user: record.user,
    create_time: timestamp(record.createdAt),
    revision,
  }
}

export function tokenResource({ record }: Versioned<TokenRecord>): JoinToken {
  return {
    name: named('tokens', record.id),
    description: record.description,
    uses_left: record.usesLeft,
    uses_made: record.usesMade,
    expire_time: timestamp(record.expiresAt),
    auto_approve: record.autoApprove,
    binding: {
      uuid: record.binding.uuid,
      serial: record.binding.serial,
      mac_address: record.binding.macAddress,
    },
    create_time: timestamp(record.createdAt),
    user: record.user,
    revoke_time: optionalTimestamp(record.revokedAt),
    registration: named('registrations', record.registration),
    refuse_time: optionalTimestamp(record.refusedAt),
  }
}

export function eventResource({ record, revision }: Versioned<EventRecord>): Event {
  return {
    name: named('events', record.id),
    time: timestamp(record.at),
    reason: record.reason,
    message: record.message,
    machine: named('machines', record.machine),
    workload: named('workloads', record.workload),
    user: record.user ?? '',
    revision,
  }
}

export function certificateResource(
  { machine, sequence }: CertificateRecord,
  { statement, signature, certificate, digest }: SignedStatement,
): Certificate {
  const signed = { statement, signature: Buffer.from(signature, 'base64'), certificate, digest }
  return { machine: named('machines', machine), sequence, ...signed }
}
