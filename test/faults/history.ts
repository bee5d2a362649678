import { type Result, ok, refuse } from '../../shared/model/result.ts'

/** What a process of a task said of itself, on the machine where it ran, in the order in which it was written. */
export type TaskLine = {
  /** Seconds since the host's start, to a hundredth: what machines' own clocks are ahead of it is taken off. */
  readonly at: number
  readonly event: 'start' | 'beat' | 'stray' | 'term' | 'stop'
  readonly tenant: string
  readonly workload: string
  readonly placement: string
  readonly rank: number
  readonly details: readonly string[]
}

export type CommandLine = { readonly at: number; readonly token: string }

/** What one machine's recorder kept. */
export type MachineRecord = {
  readonly machine: string
  readonly tasks: readonly TaskLine[]
  readonly commands: readonly CommandLine[]
}

/** What the API answered. Nothing else is known of what goes on inside. */
export type Answers = {
  /** Submissions that were answered. */
  readonly submitted: readonly Submitted[]
  /** Cancellations that were answered. */
  readonly cancelled: readonly Told[]
  /**
   * What one caller was told all along of workloads whose submission had been answered before it asked: in order, and
   * of each only what differs from what it was told before.
   */
  readonly told: readonly Told[]
  /** Workloads as they were told after the last fault. */
  readonly final: ReadonlyMap<string, WorkloadEnd>
  readonly placements: ReadonlyMap<string, { readonly machine: string; readonly epoch: number }>
  /** Runs of commands as they were told after the last fault. */
  readonly commands: readonly CommandEnd[]
  /** Machines after the last fault. */
  readonly machines: ReadonlyMap<string, string>
}

export type Submitted = { readonly workload: string; readonly tenant: string; readonly ranks: number }
export type WorkloadEnd = {
  readonly state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled'
  readonly reason: string
}
/** What an answer said of a workload; `unknown`: that there is none. */
export type Told = { readonly workload: string; readonly state: WorkloadEnd['state'] | 'unknown' }
export type CommandEnd = {
  readonly token: string
  /** Empty where the command is unknown. */
  readonly machine: string
  readonly state: 'open' | 'exited' | 'other' | 'unknown'
}

export type History = { readonly records: readonly MachineRecord[]; readonly answers: Answers }

const TASK = /^(\d+\.\d+) (-?\d+) (start|beat|stray|term|stop) (\S+) (\S+) (\S+) (\d+) ?(.*)$/
const COMMAND = /^(\d+\.\d+) begin (\S+)$/

const isEvent = (text: string): text is TaskLine['event'] => /^(?:start|beat|stray|term|stop)$/.test(text)

export function parseTaskLine(line: string): Result<TaskLine, string> {
  const [, read, ahead, event = '', tenant = '', workload = '', placement = '', rank, details = ''] =
    TASK.exec(line) ?? []
  if (read === undefined || !isEvent(event)) return refuse(`no line of a recorder: ${JSON.stringify(line)}`)
  const words = details.split(' ').filter((word) => word !== '')
  const at = Math.round((Number(read) - Number(ahead)) * 100) / 100
  return ok({ at, event, tenant, workload, placement, rank: Number(rank), details: words })
}

export function parseCommandLine(line: string): Result<CommandLine, string> {
  const [, at, token = ''] = COMMAND.exec(line) ?? []
  if (at === undefined) return refuse(`no line of a recorder: ${JSON.stringify(line)}`)
  return ok({ at: Number(at), token })
}
