import type { Severity } from '../../shared/model/health.ts'
import type { Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import { type Milliseconds, milliseconds, minutes, seconds } from '../../shared/model/time.ts'

/** What the rules look at. Whatever is not known is null or NaN, and then what stood before stands on. */
export type HealthFacts = {
  readonly schema: SampleSchema | null
  readonly sample: Sample | null
  /** Where the agent keeps its state; among the directories that the sampler watches. */
  readonly stateDirectory: string
  /** The last error of writing there, such as of a task's log; null where all is well. */
  readonly writeFailure: string | null
  /** How many this machine had when it was taken in; null where nobody has counted. */
  readonly gpusExpected: number | null
  /** The machine's clock minus the coordinator's, in milliseconds; null before the first comparison. */
  readonly clockAheadMs: number | null
  readonly isRoot: boolean
  /** Why there is no cgroup v2 for tasks; null where there is one. */
  readonly cgroupFailure: string | null
}

/** A rule reads one number, and its condition comes and goes as that number crosses two thresholds. */
export type Rule = {
  readonly id: string
  /** The metric or fact that the number comes from. */
  readonly source: string
  readonly severity: Severity
  readonly forbidsPlacement: boolean
  /** NaN where it is not known. */
  readonly measure: (facts: HealthFacts) => number
  /** The condition comes when the number reaches `raiseAt`, and goes when it is at or below `clearAt`. */
  readonly raiseAt: number
  readonly clearAt: number
  /** How long it must have been so before the condition comes. */
  readonly raiseAfter: Milliseconds
  /** One sentence for people, made once when the condition comes: a number that moves would be news at each beat. */
  readonly sentence: (facts: HealthFacts, measured: number) => string
}

const AT_ONCE = milliseconds(0)

function value(facts: HealthFacts, name: string, mountpoint?: string): number {
  const { schema, sample } = facts
  if (schema === null || sample === null || schema.id !== sample.schemaId) return Number.NaN
  const index = schema.metrics.findIndex(
    (metric) => metric.name === name && (mountpoint === undefined || metric.labels.mountpoint === mountpoint),
  )
  return index < 0 ? Number.NaN : (sample.values[index] ?? Number.NaN)
}

function memoryUsed(facts: HealthFacts): number {
  return 1 - value(facts, 'node_memory_MemAvailable_bytes') / value(facts, 'node_memory_MemTotal_bytes')
}

/** Bytes or inodes, whichever is shorter; a file system without a fixed number of inodes says 0 of them. */
function filesystemUsed(facts: HealthFacts): number {
  const read = (name: string): number => value(facts, `node_filesystem_${name}`, facts.stateDirectory)
  const bytes = 1 - read('avail_bytes') / read('size_bytes')
  const files = read('files')
  return files > 0 ? Math.max(bytes, 1 - read('files_free') / files) : bytes
}

/** Devices that answer, however they name themselves. */
function gpusSeen(facts: HealthFacts): number {
  const { schema, sample } = facts
  if (schema === null || sample === null || schema.id !== sample.schemaId) return Number.NaN
  return new Set(
    schema.metrics.flatMap((metric, index) =>
      metric.name.startsWith('DCGM_') && !Number.isNaN(sample.values[index]) ? [metric.labels.UUID] : [],
    ),
  ).size
}

const percent = (share: number): string => `${Math.floor(share * 100)} %`
const yes = (holds: boolean): number => (holds ? 1 : 0)
const ON = { raiseAt: 1, clearAt: 0 } as const

export const healthRules: readonly Rule[] = [
  {
    id: 'memory-nearly-exhausted',
    source: 'node_memory_MemAvailable_bytes',
    severity: 'warning',
    // A tenant may use the whole machine; that it does is no reason against the next one.
    forbidsPlacement: false,
    measure: memoryUsed,
    raiseAt: 0.97,
    clearAt: 0.93,
    raiseAfter: seconds(30),
    sentence: (_facts, used) => `${percent(used)} of the memory is in use`,
  },
  {
    id: 'filesystem-nearly-full',
    source: 'node_filesystem_avail_bytes, node_filesystem_files_free',
    severity: 'warning',
    forbidsPlacement: false,
    measure: filesystemUsed,
    raiseAt: 0.9,
    clearAt: 0.87,
    raiseAfter: AT_ONCE,
    sentence: (facts, used) => `the file system of ${facts.stateDirectory} is ${percent(used)} full`,
  },
  {
    id: 'filesystem-full',
    source: 'node_filesystem_avail_bytes, node_filesystem_files_free',
    severity: 'critical',
    forbidsPlacement: true,
    measure: filesystemUsed,
    raiseAt: 0.98,
    clearAt: 0.96,
    raiseAfter: AT_ONCE,
    sentence: (facts, used) => `the file system of ${facts.stateDirectory} is ${percent(used)} full`,
  },
  {
    id: 'filesystem-read-only',
    source: 'node_filesystem_readonly',
    severity: 'critical',
    forbidsPlacement: true,
    measure: (facts) => value(facts, 'node_filesystem_readonly', facts.stateDirectory),
    ...ON,
    raiseAfter: AT_ONCE,
    sentence: (facts) => `the file system of ${facts.stateDirectory} is read-only`,
  },
  {
    id: 'state-not-writable',
    source: 'the last write below the state directory',
    severity: 'critical',
    forbidsPlacement: true,
    measure: (facts) => yes(facts.writeFailure !== null),
    ...ON,
    raiseAfter: AT_ONCE,
    sentence: (facts) =>
      `the agent cannot write below ${facts.stateDirectory}: ${facts.writeFailure ?? 'unknown error'}`,
  },
  {
    id: 'gpu-missing',
    source: 'any DCGM_FI_DEV_* metric of each UUID',
    severity: 'critical',
    forbidsPlacement: true,
    measure: (facts) => (facts.gpusExpected === null ? Number.NaN : Math.max(0, facts.gpusExpected - gpusSeen(facts))),
    ...ON,
    // The driver needs up to a minute for its first answer where nobody keeps it loaded.
    raiseAfter: minutes(2),
    sentence: (facts, absent) =>
      `${absent} of ${facts.gpusExpected ?? 0} GPUs ${absent === 1 ? 'does' : 'do'} not answer`,
  },
  {
    id: 'clock-differs',
    source: 'the coordinator’s clock',
    severity: 'warning',
    forbidsPlacement: false,
    measure: (facts) => (facts.clockAheadMs === null ? Number.NaN : Math.abs(facts.clockAheadMs)),
    raiseAt: 5_000,
    clearAt: 2_000,
    raiseAfter: seconds(30),
    sentence: (facts, apart) => {
      const direction = (facts.clockAheadMs ?? 0) < 0 ? 'behind' : 'ahead of'
      return `the clock is ${Math.round(apart / 1000)} s ${direction} the coordinator's`
    },
  },
  {
    id: 'agent-not-root',
    source: 'the agent’s user id',
    severity: 'warning',
    // So that an unprivileged user can try things out; tasks then run as that user.
    forbidsPlacement: false,
    measure: (facts) => yes(!facts.isRoot),
    ...ON,
    raiseAfter: AT_ONCE,
    sentence: () => 'the agent does not run as root: tasks run as its own user, and tenants are not kept apart',
  },
  {
    id: 'cgroup-not-writable',
    source: 'the cgroup v2 mount',
    severity: 'warning',
    forbidsPlacement: false,
    measure: (facts) => yes(facts.cgroupFailure !== null),
    ...ON,
    raiseAfter: AT_ONCE,
    sentence: (facts) =>
      `tasks run without limits or accounting, since ${facts.cgroupFailure ?? 'there is no cgroup v2'}`,
  },
]
