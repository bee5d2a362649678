import type { CheckPlan, MachineChecks } from '../../shared/model/check.ts'
import type { CommandProgress, CommandSpec } from '../../shared/model/command.ts'
import type { Condition, HealthLimit } from '../../shared/model/health.ts'
import type {
  CommandId,
  Epoch,
  EventId,
  MachineId,
  PlacementId,
  RequestId,
  ReservationId,
  Revision,
  RolloutId,
  TenantName,
  Term,
  UserName,
  WorkloadId,
} from '../../shared/model/ids.ts'
import type { Inventory } from '../../shared/model/inventory.ts'
import type { PlacementPhase } from '../../shared/model/placement_phase.ts'
import type { Reserved, Wanted } from '../../shared/model/reservation.ts'
import type { Fault, HandBackReport, RunState } from '../../shared/model/run.ts'
import type { MaxPriority, PriorityClass } from '../../shared/model/priority.ts'
import type { HoldBackPolicy } from '../../shared/model/policies.ts'
import type { Quota, Sharing, Usage } from '../../shared/model/tenant.ts'
import type { Instant, Milliseconds } from '../../shared/model/time.ts'
import type { DayUsage } from '../../shared/model/usage.ts'
import type { Dependency, WorkloadSpec, WorkloadState } from '../../shared/model/workload.ts'
import type { BmcRecord } from './bmc_record.ts'
import type { CheckRecord } from './check_record.ts'
import type { MachineState } from './lifecycle.ts'
import type { HardwareClaim, Registered, RegistrationRecord, TokenRecord } from './enrolment_records.ts'

/** Everything that is durable, one type per table. A record's revision is that of its last change. */
export type Tables = {
  machines: MachineRecord
  workloads: WorkloadRecord
  placements: PlacementRecord
  tenants: TenantRecord
  tokens: TokenRecord
  registrations: RegistrationRecord
  commands: CommandRecord
  events: EventRecord
  requests: RequestRecord
  certificates: CertificateRecord
  rollouts: RolloutRecord
  usages: UsageRecord
  reservations: ReservationRecord
  checks: CheckRecord
  bmcs: BmcRecord
  cluster: ClusterRecord
}

export type TableName = keyof Tables

export type MachineRecord = {
  readonly id: MachineId
  readonly hostname: string
  readonly state: MachineState
  readonly stateReason: string
  readonly stateAt: Instant
  readonly connection: 'connected' | 'silent' | 'lost'
  readonly connectionAt: Instant
  /** Since when no agent of it was answered; null while one is connected. */
  readonly silentSince: Instant | null
  readonly cordon: Cordon | null
  readonly conditions: readonly Condition[]
  /** The finding that it is quarantined for; null where somebody asked for it, or it is not. */
  readonly heldBy: string | null
  /** How many GPUs it had when it was first validated, or accepted; null before. */
  readonly gpusExpected: number | null
  readonly labels: Readonly<Record<string, string>>
  readonly hardwareClass: string
  readonly inventory: Inventory | null
  readonly inventoryDigest: string
  /** What the machine enrolled with; recognises the same hardware when it comes again. */
  readonly hardware: HardwareClaim
  /** What it was known as before it came; null: nobody registered it. */
  readonly registered: Registered | null
  readonly epoch: Epoch
  /** Newest epoch that the agent has proved clean; the machine is placeable only where it is `epoch`. */
  readonly cleanEpoch: Epoch
  readonly placement: PlacementId | null
  readonly tenant: TenantName | null
  /** Certificates of older generations are void. */
  readonly generation: number
  /** SHA-256 of the public key of the current generation, in hexadecimal. */
  readonly publicKey: string
  readonly agentVersion: string
  /** Where the agent's session comes from. */
  readonly address: string
  /** Where the machine says that other machines reach it. */
  readonly peerAddress: string
  readonly bootId: string
  /** Of the boot before: no machine goes back to it. */
  readonly formerBootId: string
  readonly createdAt: Instant
  readonly lastHandBack: HandBackReport | null
  /** Tenants' releases that were proved: the number of the newest certificate. */
  readonly releases: number
  /** The newest rollout of agents that it is part of. */
  readonly rollout: MachineRollout | null
  /** What speaks against the machine; null: nothing. */
  readonly trouble: Trouble | null
  /** Newest validation that was asked for. */
  readonly validation: number
  /** What is measured in that validation. */
  readonly checks: MachineChecks
  /** What the agent last said it does under the machine's epoch; for people. */
  readonly runState: RunState
}

/** What failed on a machine since the last run that went well there. */
export type Trouble = {
  /** Oldest first. */
  readonly failures: readonly PlacementFailure[]
  /** It takes nothing until then. */
  readonly heldBack: { readonly since: Instant; readonly until: Instant; readonly reason: string } | null
  /** How often it was held back. */
  readonly times: number
}

export type PlacementFailure = {
  /** When it was told, and when it was placed there. */
  readonly at: Instant
  readonly placedAt: Instant
  readonly workload: WorkloadId
  readonly tenant: TenantName
  /** Null: the agent does not say, or the task had begun. */
  readonly fault: Fault | null
  readonly reason: string
}

export type Cordon = {
  readonly reason: string
  readonly user: UserName
  readonly at: Instant
  /** Whether the placement there is also stopped. */
  readonly drain: boolean
}

export type WorkloadRecord = {
  readonly id: WorkloadId
  readonly tenant: TenantName
  readonly displayName: string
  /** The task's secrets are dropped once the workload has ended. */
  readonly spec: WorkloadSpec
  readonly state: WorkloadState
  readonly stateReason: string
  readonly stateAt: Instant
  /** In rank order. */
  readonly placements: readonly PlacementId[]
  readonly exitCode: number | null
  readonly createdAt: Instant
  readonly startedAt: Instant | null
  readonly endedAt: Instant | null
  readonly user: UserName
  /** Orders workloads of one priority: first in, first out. */
  readonly sequence: number
  /** Set once someone asked it to end, or once one of its ranks could not go on. */
  readonly stop: WorkloadStop | null
  /** How often it was placed as a whole. */
  readonly attempt: number
  /** When it was run again by its restart policy, within the policy's window. */
  readonly restarts: readonly Instant[]
  /** It waits for this before it is run again. */
  readonly notBefore: Instant | null
  /** Workloads that must have ended before, and have not. */
  readonly waitsFor: readonly Dependency[]
  /** Which of an array it is, and the array's first workload, by which it is known; null: it is one alone. */
  readonly array: { readonly first: WorkloadId; readonly index: number } | null
  /** Others are being stopped so that it can start. */
  readonly preempting: boolean
  /** Ranks that wait for another machine while the others go on. */
  readonly vacancies: readonly number[]
  /** Grows whenever other machines are members than before. */
  readonly generation: number
  /** The group of each rank, by its place among the groups; empty: as the specification numbers them. */
  readonly layout: readonly number[]
  /** How many machines each group may have since somebody changed that; null: as was asked for at first. */
  readonly sizes: readonly { readonly machineCount: number; readonly least: number }[] | null
  /** Placements of before, oldest first. */
  readonly formerPlacements: readonly PlacementId[]
}

export type WorkloadStop = {
  /** `restart`: it is run again once every rank has ended. */
  readonly outcome: 'cancelled' | 'failed' | 'restart'
  readonly reason: string
  /** Exit code of the rank that failed first, where one did. */
  readonly exitCode: number | null
}

export type PlacementRecord = {
  readonly id: PlacementId
  readonly workload: WorkloadId
  readonly tenant: TenantName
  readonly machine: MachineId
  readonly hostname: string
  readonly address: string
  readonly rank: number
  /** The group that it is of, by its place among the groups; null: as the specification numbers the ranks. */
  readonly group: number | null
  readonly worldSize: number
  readonly epoch: Epoch
  readonly phase: PlacementPhase
  readonly phaseReason: string
  readonly exitCode: number | null
  readonly createdAt: Instant
  readonly startedAt: Instant | null
  readonly endedAt: Instant | null
  /** How long it may run. */
  readonly timeLimit: Milliseconds | null
  /** Its machine was silent for so long that its run must be over, or someone answers for that. */
  readonly presumedOver: boolean
  /** What its end says of the machine that it ran on, beside those of others; null: nothing. */
  readonly verdict: Verdict | null
}

/** `badly`: it failed at once or within seconds. */
export type Verdict = 'well' | 'badly'

export type TenantRecord = {
  readonly name: TenantName
  /** A machine's user id for this tenant is the machine's base plus this. */
  readonly number: number
  /** Beside those of others: who has twice as much may have twice as much of the fleet before another goes first. */
  readonly share: number
  readonly quotas: readonly Quota[]
  readonly usage: Usage
  /** What is submitted for it has no higher priority; null: there is no limit. */
  readonly maxPriority: MaxPriority | null
}

/** What a tenant held of one hardware class on one day, in days since 1970. */
export type UsageRecord = DayUsage

export type CommandRecord = {
  readonly id: CommandId
  readonly spec: CommandSpec
  readonly runs: readonly CommandRunRecord[]
  readonly user: UserName
  readonly createdAt: Instant
}

export type CommandRunRecord = CommandProgress & {
  readonly machine: MachineId
  readonly hostname: string
}

export type EventRecord = {
  readonly id: EventId
  readonly at: Instant
  /** Stable word in upper case. */
  readonly reason: string
  readonly message: string
  readonly machine: MachineId | null
  readonly workload: WorkloadId | null
  readonly user: UserName | null
}

/** That a request was carried out, so that its repetition is recognised. The key is user and request. */
export type RequestRecord = {
  readonly key: string
  readonly user: UserName
  readonly request: RequestId
  /** Of what was asked; the same request with another content is refused. */
  readonly digest: string
  readonly resource: string
  readonly at: Instant
}

/** Where a machine is in a rollout of agents. */
export type MachineRollout = {
  readonly rollout: RolloutId
  readonly state: 'waiting' | 'ordered' | 'done' | 'failed'
  readonly since: Instant
  readonly reason: string
}

/** The replacement of agents by others, some machines at a time. */
export type RolloutRecord = {
  readonly id: RolloutId
  readonly agentVersion: string
  readonly manifest: string
  readonly signature: string
  readonly url: string
  readonly atOnce: number
  readonly pauseAfter: number
  readonly state: 'running' | 'paused' | 'done' | 'cancelled'
  readonly stateReason: string
  readonly user: UserName
  readonly createdAt: Instant
}

/** Machines that are reserved for some, or for upkeep, at certain times. */
export type ReservationRecord = Reserved & {
  readonly id: ReservationId
  readonly machines: readonly MachineId[]
  /** How its machines were found, and are replaced before a window begins; null: they were named. */
  readonly wanted: Wanted | null
  readonly comment: string
  readonly user: UserName
  readonly createdAt: Instant
  /** Start of the newest window whose beginning was carried out. */
  readonly begunAt: Instant | null
  /** Since when it is over: it binds nobody any more. */
  readonly overAt: Instant | null
  /** When machines in place of lost ones were last looked for in vain. */
  readonly lookedAt: Instant | null
}

/** A release that was proved. The key is machine and number. */
export type CertificateRecord = {
  readonly machine: MachineId
  readonly sequence: number
  readonly hostname: string
  readonly hardware: HardwareClaim
  readonly tenant: TenantName
  readonly workload: WorkloadId
  readonly placement: PlacementId
  readonly epoch: Epoch
  readonly term: Term
  readonly handBack: HandBackReport
  readonly provedAt: Instant
  /** Null: it was not signed yet. */
  readonly signed: SignedStatement | null
}

export type SignedStatement = {
  /** JSON, exactly as it was signed. */
  readonly statement: string
  /** In base64. */
  readonly signature: string
  /** Of the key that signed, in PEM. */
  readonly certificate: string
  /** SHA-256 of the statement, in hexadecimal. */
  readonly digest: string
}

/** One record: the counters that never go back. */
export type ClusterRecord = {
  /** Names the fleet in certificates. */
  readonly id: string
  readonly term: Term
  /** Set while the fleet is learnt anew: until every machine was heard, or a lease has passed, nothing is placed. */
  readonly learningSince: Instant | null
  /** When this term began: what was silent before is silent since. */
  readonly termAt: Instant
  /** Set while so many machines are away at once that nothing is done about it by itself. */
  readonly halt: { readonly since: Instant; readonly reason: string } | null
  /** So many absent machines someone has seen and accepted. */
  readonly absentAccepted: number
  readonly nextTenantNumber: number
  /** Labels that say where a machine is, outermost first. */
  readonly topologyLevels: readonly string[]
  readonly sharing: Sharing
  readonly priorityClasses: readonly PriorityClass[]
  readonly holdBack: HoldBackPolicy
  readonly health: HealthLimit
  readonly checks: CheckPlan
  /** Since when findings are held back by the limit; null where none is. */
  readonly healthLimitedSince: Instant | null
  /** Until when the tenants' use of machines is written down. */
  readonly usedUntil: Instant
  /** Until when what is held is written into the tenants' accounts. */
  readonly accountedUntil: Instant
  readonly nextSequence: number
}

/** A record with the revision of its last change. */
export type Versioned<Kind> = { readonly record: Kind; readonly revision: Revision }

/** Where records are looked up: the state, or a decision in the making. */
export interface Find {
  find<Name extends TableName>(table: Name, key: string): Tables[Name] | undefined
}
