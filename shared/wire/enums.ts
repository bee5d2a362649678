import type { CheckOutcome as CheckOutcomeOf, CheckOutput as OutputWord } from '../model/check.ts'
import type { CommandState as CommandWord, OutputStream as StreamWord } from '../model/command.ts'
import type {
  HealthAction as ActionWord,
  HealthMeasure as MeasureWord,
  Severity as SeverityWord,
} from '../model/health.ts'
import type { PlacementPhase as PhaseWord } from '../model/placement_phase.ts'
import type { AbsencePolicy, RestartPolicy } from '../model/policies.ts'
import type {
  NextBoot as NextBootWord,
  PowerAction as PowerActionWord,
  PowerState as PowerWord,
} from '../model/power.ts'
import type { Recurrence } from '../model/reservation.ts'
import type { Fault, RunGoal as GoalWord, RunState as RunWord, TaskOutcome } from '../model/run.ts'
import type { MetricKind as MetricWord } from '../model/telemetry.ts'
import type { Combination, OverTime as OverTimeWord } from '../model/telemetry_query.ts'
import type { DependencyCondition as DependencyWord, WorkloadState as WorkloadWord } from '../model/workload.ts'
import { CheckOutcome } from './gen/types/billet/v1/CheckOutcome.ts'
import { CheckOutput } from './gen/types/billet/v1/CheckOutput.ts'
import { CheckVerdict } from './gen/types/billet/v1/CheckVerdict.ts'
import { Combine } from './gen/types/billet/v1/Combine.ts'
import { CommandState } from './gen/types/billet/v1/CommandState.ts'
import { Connection } from './gen/types/billet/v1/Connection.ts'
import { DependencyCondition } from './gen/types/billet/v1/DependencyCondition.ts'
import { HealthAction } from './gen/types/billet/v1/HealthAction.ts'
import { HealthMeasure } from './gen/types/billet/v1/HealthMeasure.ts'
import { MachineState } from './gen/types/billet/v1/MachineState.ts'
import { MetricKind } from './gen/types/billet/v1/MetricKind.ts'
import { NextBoot } from './gen/types/billet/v1/NextBoot.ts'
import { OnLost } from './gen/types/billet/v1/OnLost.ts'
import { OutputStream } from './gen/types/billet/v1/OutputStream.ts'
import { OverTime } from './gen/types/billet/v1/OverTime.ts'
import { PlacementPhase } from './gen/types/billet/v1/PlacementPhase.ts'
import { PowerAction } from './gen/types/billet/v1/PowerAction.ts'
import { PowerState } from './gen/types/billet/v1/PowerState.ts'
import { RegistrationState } from './gen/types/billet/v1/RegistrationState.ts'
import { ReservationRecurrence } from './gen/types/billet/v1/ReservationRecurrence.ts'
import { ReservationState } from './gen/types/billet/v1/ReservationState.ts'
import { RestartScope } from './gen/types/billet/v1/RestartScope.ts'
import { RestartWhen } from './gen/types/billet/v1/RestartWhen.ts'
import { RolloutState } from './gen/types/billet/v1/RolloutState.ts'
import { RunGoal } from './gen/types/billet/v1/RunGoal.ts'
import { RunState } from './gen/types/billet/v1/RunState.ts'
import { Severity } from './gen/types/billet/v1/Severity.ts'
import { TaskFault } from './gen/types/billet/v1/TaskFault.ts'
import { TaskOutcomeKind } from './gen/types/billet/v1/TaskOutcomeKind.ts'
import { WorkloadState } from './gen/types/billet/v1/WorkloadState.ts'

/** The model's words and the numbers that stand for them on the wire. A word that is forgotten does not compile. */

export const runStates = {
  idle: RunState.RUN_STATE_IDLE,
  preparing: RunState.RUN_STATE_PREPARING,
  prepared: RunState.RUN_STATE_PREPARED,
  running: RunState.RUN_STATE_RUNNING,
  stopping: RunState.RUN_STATE_STOPPING,
  sanitising: RunState.RUN_STATE_SANITISING,
  clean: RunState.RUN_STATE_CLEAN,
  dirty: RunState.RUN_STATE_DIRTY,
} as const satisfies Readonly<Record<RunWord, number>>

export const runGoals = {
  idle: RunGoal.RUN_GOAL_IDLE,
  prepare: RunGoal.RUN_GOAL_PREPARE,
  run: RunGoal.RUN_GOAL_RUN,
} as const satisfies Readonly<Record<GoalWord, number>>

export const outcomeKinds = {
  exited: TaskOutcomeKind.TASK_OUTCOME_KIND_EXITED,
  failed_to_start: TaskOutcomeKind.TASK_OUTCOME_KIND_FAILED_TO_START,
  not_started: TaskOutcomeKind.TASK_OUTCOME_KIND_NOT_STARTED,
  lost: TaskOutcomeKind.TASK_OUTCOME_KIND_LOST,
  timed_out: TaskOutcomeKind.TASK_OUTCOME_KIND_TIMED_OUT,
} as const satisfies Readonly<Record<TaskOutcome['kind'], number>>

export const taskFaults = {
  machine: TaskFault.TASK_FAULT_MACHINE,
  task: TaskFault.TASK_FAULT_TASK,
} as const satisfies Readonly<Record<Fault, number>>

export const severities = {
  info: Severity.SEVERITY_INFO,
  warning: Severity.SEVERITY_WARNING,
  critical: Severity.SEVERITY_CRITICAL,
} as const satisfies Readonly<Record<SeverityWord, number>>

export const healthActionNumbers = {
  note: HealthAction.HEALTH_ACTION_NOTE,
  cordon: HealthAction.HEALTH_ACTION_CORDON,
  quarantine: HealthAction.HEALTH_ACTION_QUARANTINE,
  replace: HealthAction.HEALTH_ACTION_REPLACE,
  power_cycle: HealthAction.HEALTH_ACTION_POWER_CYCLE,
} as const satisfies Readonly<Record<ActionWord, number>>

export const healthMeasureNumbers = {
  value: HealthMeasure.HEALTH_MEASURE_VALUE,
  increase: HealthMeasure.HEALTH_MEASURE_INCREASE,
  changes: HealthMeasure.HEALTH_MEASURE_CHANGES,
} as const satisfies Readonly<Record<MeasureWord, number>>

export const checkOutputNumbers = {
  lines: CheckOutput.CHECK_OUTPUT_LINES,
  dcgm: CheckOutput.CHECK_OUTPUT_DCGM,
} as const satisfies Readonly<Record<OutputWord, number>>

export const checkOutcomes = {
  measured: CheckOutcome.CHECK_OUTCOME_MEASURED,
  passed: CheckOutcome.CHECK_OUTCOME_PASSED,
  failed: CheckOutcome.CHECK_OUTCOME_FAILED,
  skipped: CheckOutcome.CHECK_OUTCOME_SKIPPED,
} as const satisfies Readonly<Record<CheckOutcomeOf['kind'], number>>

export const checkVerdicts = {
  well: CheckVerdict.CHECK_VERDICT_WELL,
  worse: CheckVerdict.CHECK_VERDICT_WORSE,
  failed: CheckVerdict.CHECK_VERDICT_FAILED,
  unknown: CheckVerdict.CHECK_VERDICT_UNKNOWN,
} as const

export const placementPhaseNumbers = {
  preparing: PlacementPhase.PLACEMENT_PHASE_PREPARING,
  prepared: PlacementPhase.PLACEMENT_PHASE_PREPARED,
  starting: PlacementPhase.PLACEMENT_PHASE_STARTING,
  running: PlacementPhase.PLACEMENT_PHASE_RUNNING,
  stopping: PlacementPhase.PLACEMENT_PHASE_STOPPING,
  exited: PlacementPhase.PLACEMENT_PHASE_EXITED,
  failed: PlacementPhase.PLACEMENT_PHASE_FAILED,
  lost: PlacementPhase.PLACEMENT_PHASE_LOST,
  timed_out: PlacementPhase.PLACEMENT_PHASE_TIMED_OUT,
} as const satisfies Readonly<Record<PhaseWord, number>>

export const workloadStates = {
  queued: WorkloadState.WORKLOAD_STATE_QUEUED,
  starting: WorkloadState.WORKLOAD_STATE_STARTING,
  running: WorkloadState.WORKLOAD_STATE_RUNNING,
  stopping: WorkloadState.WORKLOAD_STATE_STOPPING,
  succeeded: WorkloadState.WORKLOAD_STATE_SUCCEEDED,
  failed: WorkloadState.WORKLOAD_STATE_FAILED,
  cancelled: WorkloadState.WORKLOAD_STATE_CANCELLED,
} as const satisfies Readonly<Record<WorkloadWord, number>>

/** The coordinator's own words for a machine's life and connection; it alone tells them. */
export const machineStates = {
  pending: MachineState.MACHINE_STATE_PENDING,
  validating: MachineState.MACHINE_STATE_VALIDATING,
  available: MachineState.MACHINE_STATE_AVAILABLE,
  allocated: MachineState.MACHINE_STATE_ALLOCATED,
  sanitising: MachineState.MACHINE_STATE_SANITISING,
  quarantined: MachineState.MACHINE_STATE_QUARANTINED,
  retired: MachineState.MACHINE_STATE_RETIRED,
} as const

export const connections = {
  connected: Connection.CONNECTION_CONNECTED,
  silent: Connection.CONNECTION_SILENT,
  lost: Connection.CONNECTION_LOST,
} as const

export const commandStates = {
  pending: CommandState.COMMAND_STATE_PENDING,
  running: CommandState.COMMAND_STATE_RUNNING,
  exited: CommandState.COMMAND_STATE_EXITED,
  timed_out: CommandState.COMMAND_STATE_TIMED_OUT,
  cancelled: CommandState.COMMAND_STATE_CANCELLED,
  failed: CommandState.COMMAND_STATE_FAILED,
  unreachable: CommandState.COMMAND_STATE_UNREACHABLE,
  unknown: CommandState.COMMAND_STATE_UNKNOWN,
} as const satisfies Readonly<Record<CommandWord, number>>

export const outputStreams = {
  stdout: OutputStream.OUTPUT_STREAM_STDOUT,
  stderr: OutputStream.OUTPUT_STREAM_STDERR,
} as const satisfies Readonly<Record<StreamWord, number>>

export const metricKinds = {
  gauge: MetricKind.METRIC_KIND_GAUGE,
  counter: MetricKind.METRIC_KIND_COUNTER,
} as const satisfies Readonly<Record<MetricWord, number>>

export const rolloutStates = {
  running: RolloutState.ROLLOUT_STATE_RUNNING,
  paused: RolloutState.ROLLOUT_STATE_PAUSED,
  done: RolloutState.ROLLOUT_STATE_DONE,
  cancelled: RolloutState.ROLLOUT_STATE_CANCELLED,
} as const

export const onLosts = {
  wait: OnLost.ON_LOST_WAIT,
  replace: OnLost.ON_LOST_REPLACE,
  fail: OnLost.ON_LOST_FAIL,
} as const satisfies Readonly<Record<AbsencePolicy['onLost'], number>>

export const restartWhens = {
  never: RestartWhen.RESTART_WHEN_NEVER,
  on_failure: RestartWhen.RESTART_WHEN_ON_FAILURE,
  always: RestartWhen.RESTART_WHEN_ALWAYS,
} as const satisfies Readonly<Record<RestartPolicy['when'], number>>

export const dependencyConditions = {
  succeeded: DependencyCondition.DEPENDENCY_CONDITION_SUCCEEDED,
  ended: DependencyCondition.DEPENDENCY_CONDITION_ENDED,
  failed: DependencyCondition.DEPENDENCY_CONDITION_FAILED,
} as const satisfies Readonly<Record<DependencyWord, number>>

export const restartScopes = {
  gang: RestartScope.RESTART_SCOPE_GANG,
  rank: RestartScope.RESTART_SCOPE_RANK,
} as const satisfies Readonly<Record<RestartPolicy['scope'], number>>

export const recurrences = {
  daily: ReservationRecurrence.RESERVATION_RECURRENCE_DAILY,
  weekly: ReservationRecurrence.RESERVATION_RECURRENCE_WEEKLY,
} as const satisfies Readonly<Record<Recurrence, number>>

export const reservationStates = {
  waiting: ReservationState.RESERVATION_STATE_WAITING,
  open: ReservationState.RESERVATION_STATE_OPEN,
  over: ReservationState.RESERVATION_STATE_OVER,
} as const

export const registrationStates = {
  waiting: RegistrationState.REGISTRATION_STATE_WAITING,
  enrolled: RegistrationState.REGISTRATION_STATE_ENROLLED,
} as const

export const overTimes = {
  last: OverTime.OVER_TIME_LAST,
  min: OverTime.OVER_TIME_MIN,
  max: OverTime.OVER_TIME_MAX,
  mean: OverTime.OVER_TIME_MEAN,
  rate: OverTime.OVER_TIME_RATE,
} as const satisfies Readonly<Record<OverTimeWord, number>>

export const combinations = {
  sum: Combine.COMBINE_SUM,
  mean: Combine.COMBINE_MEAN,
  min: Combine.COMBINE_MIN,
  max: Combine.COMBINE_MAX,
  count: Combine.COMBINE_COUNT,
  quantile: Combine.COMBINE_QUANTILE,
} as const satisfies Readonly<Record<Combination['kind'], number>>

export const powerStates = {
  on: PowerState.POWER_STATE_ON,
  off: PowerState.POWER_STATE_OFF,
  powering_on: PowerState.POWER_STATE_POWERING_ON,
  powering_off: PowerState.POWER_STATE_POWERING_OFF,
  paused: PowerState.POWER_STATE_PAUSED,
} as const satisfies Readonly<Record<Exclude<PowerWord, 'unknown'>, number>>

export const powerActions = {
  on: PowerAction.POWER_ACTION_ON,
  off: PowerAction.POWER_ACTION_OFF,
  graceful: PowerAction.POWER_ACTION_GRACEFUL,
  cycle: PowerAction.POWER_ACTION_CYCLE,
} as const satisfies Readonly<Record<PowerActionWord, number>>

export const nextBoots = {
  network: NextBoot.NEXT_BOOT_NETWORK,
  network_always: NextBoot.NEXT_BOOT_NETWORK_ALWAYS,
  none: NextBoot.NEXT_BOOT_NONE,
} as const satisfies Readonly<Record<NextBootWord, number>>
