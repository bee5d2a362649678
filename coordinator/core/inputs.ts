import type { BilletError } from '../../shared/model/errors.ts'
import type { CheckPlan } from '../../shared/model/check.ts'
import type { CommandProgress, CommandSpec } from '../../shared/model/command.ts'
import type { HealthLimit } from '../../shared/model/health.ts'
import type {
  CommandId,
  MachineId,
  PlacementId,
  RequestId,
  RegistrationName,
  ReservationId,
  ReservationName,
  Revision,
  RolloutId,
  TenantName,
  TokenId,
  UserName,
  WorkloadId,
} from '../../shared/model/ids.ts'
import type { Inventory } from '../../shared/model/inventory.ts'
import type { Timing, Wanted } from '../../shared/model/reservation.ts'
import type { Result } from '../../shared/model/result.ts'
import type { MachineReport } from '../../shared/model/run.ts'
import type { BmcAccess, PowerChange, PowerState } from '../../shared/model/power.ts'
import type { MaxPriority, PriorityClass } from '../../shared/model/priority.ts'
import type { HoldBackPolicy } from '../../shared/model/policies.ts'
import type { Quota, Sharing } from '../../shared/model/tenant.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { AskedSpec } from '../../shared/model/workload.ts'
import type { BmcRecord } from './bmc_record.ts'
import type { HardwareClaim, RegistrationRecord, TokenBinding, TokenRecord } from './enrolment_records.ts'
import type {
  ClusterRecord,
  CommandRecord,
  MachineRecord,
  ReservationRecord,
  RolloutRecord,
  SignedStatement,
  TenantRecord,
  UsageRecord,
  Versioned,
  WorkloadRecord,
} from './records.ts'

/** Who asks, and under which request: a repeated request is answered again and not done twice. */
export type Caller = { readonly user: UserName; readonly request: RequestId | null }

/** A machine as it is registered. */
export type AskedRegistration = Pick<RegistrationRecord, 'name' | 'hardware' | 'labels' | 'hardwareClass'>

/** When windows are to be; where no start is said, from now on. */
export type AskedTiming = Omit<Timing, 'start' | 'endedUntil'> & { readonly start: Instant | null }

/** Everything that can happen to the fleet, and what each is answered with. */
export type Inputs = {
  // Operators and schedulers.
  approve_machine: { readonly caller: Caller; readonly machine: MachineId }
  cordon_machine: {
    readonly caller: Caller
    readonly machine: MachineId
    readonly reason: string
    readonly drain: boolean
    /** By when it is to be drained; at once where nothing is said. */
    readonly by?: Instant
  }
  uncordon_machine: { readonly caller: Caller; readonly machine: MachineId }
  label_machine: {
    readonly caller: Caller
    readonly machine: MachineId
    readonly set: Readonly<Record<string, string>>
    readonly remove: readonly string[]
  }
  quarantine_machine: { readonly caller: Caller; readonly machine: MachineId; readonly reason: string }
  revalidate_machine: { readonly caller: Caller; readonly machine: MachineId }
  /** Without names, all checks there are. */
  check_machine: { readonly caller: Caller; readonly machine: MachineId; readonly checks: readonly string[] }
  accept_hardware: { readonly caller: Caller; readonly machine: MachineId }
  retire_machine: { readonly caller: Caller; readonly machine: MachineId; readonly force: boolean }
  submit_workload: {
    readonly caller: Caller
    readonly tenant: TenantName
    readonly displayName: string
    readonly spec: AskedSpec
    /** Digest of the whole request: recognises another request under the same identifier. */
    readonly digest: string
  }
  /** `seen`: the revision that was looked at. */
  bind_workload: {
    readonly caller: Caller
    readonly workload: WorkloadId
    readonly machines: readonly MachineId[]
    readonly seen: Revision
  }
  resize_workload: {
    readonly caller: Caller
    readonly workload: WorkloadId
    /** Name of a group; empty: the machines that the workload itself describes. */
    readonly group: string
    readonly machineCount: number
    /** Null: as it is, or as many as it may have where that is less. */
    readonly least: number | null
  }
  cancel_workload: { readonly caller: Caller; readonly workload: WorkloadId; readonly reason: string }
  run_command: {
    readonly caller: Caller
    readonly machines: readonly MachineId[]
    readonly spec: CommandSpec
    readonly digest: string
  }
  cancel_command: { readonly caller: Caller; readonly command: CommandId }
  create_token: {
    readonly caller: Caller
    readonly description: string
    readonly hash: string
    readonly uses: number
    readonly expiresAt: Instant
    readonly autoApprove: boolean
    readonly binding: TokenBinding
    readonly registration: RegistrationName | null
  }
  update_tenant: {
    readonly caller: Caller
    readonly tenant: TenantName
    /** Null: as it was. */
    readonly share: number | null
    readonly quotas: readonly Quota[] | null
    /** Absent: as it was. */
    readonly maxPriority?: MaxPriority | 'unlimited'
  }
  revoke_token: { readonly caller: Caller; readonly token: TokenId }
  register_machines: {
    readonly caller: Caller
    readonly digest: string
    readonly registrations: readonly AskedRegistration[]
  }
  delete_registration: { readonly caller: Caller; readonly registration: RegistrationName }
  resume_automation: { readonly caller: Caller }
  create_rollout: {
    readonly caller: Caller
    readonly digest: string
    readonly manifest: string
    readonly signature: string
    readonly url: string
    readonly agentVersion: string
    /** Null: all that are in the fleet. */
    readonly machines: readonly MachineId[] | null
    readonly atOnce: number
    readonly pauseAfter: number
  }
  pause_rollout: { readonly caller: Caller; readonly rollout: RolloutId }
  resume_rollout: { readonly caller: Caller; readonly rollout: RolloutId }
  cancel_rollout: { readonly caller: Caller; readonly rollout: RolloutId }
  create_reservation: {
    readonly caller: Caller
    readonly digest: string
    readonly name: ReservationName
    readonly timing: AskedTiming
    /** Nobody: for upkeep. */
    readonly tenants: readonly TenantName[]
    readonly machines: readonly MachineId[]
    /** Null: the machines that are named. */
    readonly wanted: Wanted | null
    readonly evicts: boolean
    readonly admitsUnlimited: boolean
    readonly comment: string
  }
  update_reservation: {
    readonly caller: Caller
    readonly reservation: ReservationId
    /** Null: as it was. */
    readonly timing: AskedTiming | null
    readonly tenants: readonly TenantName[] | null
    readonly comment: string | null
  }
  end_window: { readonly caller: Caller; readonly reservation: ReservationId }
  delete_reservation: { readonly caller: Caller; readonly reservation: ReservationId }
  set_bmc: {
    readonly caller: Caller
    readonly digest: string
    readonly machine: MachineId
    readonly access: BmcAccess
  }
  delete_bmc: { readonly caller: Caller; readonly machine: MachineId }
  /** Asks whether this may be done, and writes down who does it and why. */
  order_power: {
    readonly caller: Caller
    readonly digest: string
    readonly machine: MachineId
    readonly change: PowerChange
    readonly reason: string
    readonly force: boolean
  }
  /** What became of it. */
  power_ended: { readonly user: UserName; readonly machine: MachineId; readonly outcome: PowerOutcome }
  // Agents.
  enrol_machine: {
    /** SHA-256 of the token's secret, in hexadecimal. */
    readonly tokenHash: string
    readonly publicKey: string
    readonly hardware: HardwareClaim
    readonly hostname: string
  }
  agent_connected: {
    readonly machine: MachineId
    readonly generation: number
    readonly agentVersion: string
    readonly bootId: string
    readonly address: string
    readonly peerAddress: string
    readonly inventory: Inventory
    readonly inventoryDigest: string
    readonly report: MachineReport
  }
  agent_reported: { readonly machine: MachineId; readonly report: MachineReport }
  agent_inventory: { readonly machine: MachineId; readonly inventory: Inventory; readonly inventoryDigest: string }
  agent_disconnected: { readonly machine: MachineId }
  /** What was proved has been signed. */
  certificate_signed: {
    readonly machine: MachineId
    readonly sequence: number
    readonly signed: SignedStatement
  }
  command_reported: { readonly machine: MachineId; readonly command: CommandId; readonly progress: CommandProgress }
  /** Energy that held machines took, as their telemetry says. */
  energy_measured: { readonly entries: readonly EnergyEntry[] }
  // Time.
  /** The coordinator began to decide: every session of before is gone, and every age begins anew. */
  term_began: {
    readonly clusterId: string
    readonly topologyLevels: readonly string[]
    readonly sharing: Sharing
    readonly priorityClasses: readonly PriorityClass[]
    readonly holdBack: HoldBackPolicy
    readonly health: HealthLimit
    readonly checks: CheckPlan
  }
  /** About once a second. */
  tick: { readonly caller?: undefined }
}

export type InputKind = keyof Inputs
export type Input = { [Kind in InputKind]: { readonly kind: Kind } & Inputs[Kind] }[InputKind]
export type InputOf<Kind extends InputKind> = { readonly kind: Kind } & Inputs[Kind]

export type Answers = {
  approve_machine: Versioned<MachineRecord>
  cordon_machine: Versioned<MachineRecord>
  uncordon_machine: Versioned<MachineRecord>
  label_machine: Versioned<MachineRecord>
  quarantine_machine: Versioned<MachineRecord>
  revalidate_machine: Versioned<MachineRecord>
  check_machine: Versioned<MachineRecord>
  accept_hardware: Versioned<MachineRecord>
  retire_machine: Versioned<MachineRecord>
  submit_workload: Versioned<WorkloadRecord>
  bind_workload: Versioned<WorkloadRecord>
  cancel_workload: Versioned<WorkloadRecord>
  resize_workload: Versioned<WorkloadRecord>
  run_command: { readonly command: Versioned<CommandRecord>; readonly repeated: boolean }
  cancel_command: Versioned<CommandRecord>
  create_token: Versioned<TokenRecord>
  update_tenant: Versioned<TenantRecord>
  revoke_token: Versioned<TokenRecord>
  register_machines: readonly Versioned<RegistrationRecord>[]
  /** As it was; null where the request is repeated. */
  delete_registration: Versioned<RegistrationRecord> | null
  resume_automation: Versioned<ClusterRecord>
  create_rollout: Versioned<RolloutRecord>
  pause_rollout: Versioned<RolloutRecord>
  resume_rollout: Versioned<RolloutRecord>
  cancel_rollout: Versioned<RolloutRecord>
  create_reservation: Versioned<ReservationRecord>
  update_reservation: Versioned<ReservationRecord>
  end_window: Versioned<ReservationRecord>
  delete_reservation: Versioned<ReservationRecord>
  set_bmc: Versioned<BmcRecord>
  delete_bmc: undefined
  order_power: { readonly bmc: BmcRecord; readonly machine: MachineRecord; readonly repeated: boolean }
  power_ended: undefined
  enrol_machine: { readonly machine: MachineId; readonly generation: number }
  agent_connected: undefined
  agent_reported: undefined
  agent_inventory: undefined
  agent_disconnected: undefined
  command_reported: undefined
  certificate_signed: undefined
  energy_measured: undefined
  term_began: undefined
  tick: undefined
}

export type PowerOutcome =
  | { readonly kind: 'done'; readonly state: PowerState; readonly already: boolean }
  | { readonly kind: 'failed'; readonly reason: string }

export type Answer<Kind extends InputKind> = Result<Answers[Kind], BilletError>

export type EnergyEntry = Pick<UsageRecord, 'tenant' | 'hardwareClass' | 'day' | 'joules' | 'meteredSeconds'>

/** What is to be done in the world once the decision is durable. */
export type Effect =
  /** What is wanted of a machine may have changed: `core/desired` says what it is now. */
  | { readonly kind: 'desired_changed'; readonly machine: MachineId }
  | { readonly kind: 'order_command'; readonly machine: MachineId; readonly command: CommandId }
  | { readonly kind: 'cancel_command'; readonly machine: MachineId; readonly command: CommandId }
  | { readonly kind: 'acknowledge_command'; readonly machine: MachineId; readonly command: CommandId }
  /** What counts as a fault of the machine is to be said anew. */
  | { readonly kind: 'health_plan_changed'; readonly machine: MachineId }
  /** The session ends: the machine is retired, or has a newer identity. */
  | { readonly kind: 'end_session'; readonly machine: MachineId; readonly error: BilletError }
  /** A release was proved, and is to be certified. */
  | { readonly kind: 'certify'; readonly machine: MachineId; readonly sequence: number }
  /** A placement is over: readers of its output end. */
  | { readonly kind: 'placement_over'; readonly placement: PlacementId }
