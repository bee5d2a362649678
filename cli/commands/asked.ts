import { basename } from 'node:path'
import type { Command } from 'commander'
import type { WorkloadSpec } from '../../shared/wire/gen/types/billet/v1/WorkloadSpec.ts'
import { NO_CLASS } from '../../shared/model/priority.ts'
import { findMachine } from './machines.ts'
import { type Priority, parsePriority } from './priority_classes.ts'
import { type PlacementOptions, placementOf, withPlacement } from './placement.ts'
import { type PolicyOptions, policiesOf, withPolicies } from './policies.ts'
import {
  type Duration,
  type Session,
  type Size,
  collect,
  collectPairs,
  parseCount,
  parseDuration,
  parseSize,
  parseSizes,
  readInput,
} from './shared.ts'

/** What a workload is to be, as flags. */
export type AskedOptions = PolicyOptions &
  PlacementOptions & {
    readonly tenant: string
    readonly machines: Size
    readonly class?: string
    readonly label?: Readonly<Record<string, string>>
    readonly gpus?: number
    readonly memory?: number
    readonly on?: readonly string[]
    readonly priority?: Priority
    readonly scheduler?: string
    readonly env?: Readonly<Record<string, string>>
    readonly cwd?: string
    readonly file?: readonly string[]
    readonly secret?: Readonly<Record<string, string>>
    readonly limitMemory?: number
    readonly limitPids?: number
    readonly stopSignal?: string
    readonly resizeSignal?: string
    readonly runAs?: string
    readonly grace?: Duration
  }

const ONE: Size = { machine_count: 1, machine_count_least: 0 }
const sized = (text: string): Size => parseSizes('--machines', text)

export function withAsked(command: Command): Command {
  command
    .argument('[argv...]', 'program and arguments, after --; without them the machines are only held')
    .requiredOption('--tenant <tenant>', 'whose workload it is')
    .option('-n, --machines <count>', 'how many machines: 16, or 4..16 for at least 4 and at most 16', sized, ONE)
    .option('--class <class>', 'machines of this hardware class')
    .option('-l, --label <key=value>', 'machines with this label (repeatable)', collectPairs('--label'))
    .option('--gpus <count>', 'machines with at least so many GPUs', parseCount('--gpus', 0, 1024))
    .option('--memory <size>', 'machines with at least so much memory', parseSize('--memory'))
    .option('--on <machine>', 'only these machines, by host name too (repeatable)', collect)
    .option('--scheduler <name>', 'placed by this scheduler outside, not by the coordinator')
    .option(
      '--priority <number|class>',
      'higher goes first: a number, or the name of a class that billet priority-classes lists',
      parsePriority('--priority'),
    )
    .option('-e, --env <name=value>', "in the task's environment (repeatable)", collectPairs('--env'))
    .option('--cwd <path>', 'working directory; the scratch directory without it')
    .option('-f, --file <local[:path]>', 'put this file into the scratch directory (repeatable)', collect)
    .option('--secret <name=local>', 'give this file as a secret (repeatable)', collectPairs('--secret'))
    .option('--limit-memory <size>', 'how much memory the task may use', parseSize('--limit-memory'))
    .option('--limit-pids <count>', 'how many processes it may have', parseCount('--limit-pids', 1, 4_194_304))
    .option('--run-as <user>', 'tenant, a user of its own, or root where machines are made anew after each tenant')
    .option('--stop-signal <signal>', 'what asks it to end; SIGTERM without it')
    .option('--resize-signal <signal>', 'what tells it that its peers file has changed; none without it')
    .option('--grace <duration>', 'how long it has to end; 30s without it', parseDuration('--grace'))
  return withPolicies(withPlacement(command))
}

export async function specOf(session: Session, argv: readonly string[], options: AskedOptions): Promise<WorkloadSpec> {
  const policies = policiesOf(options)
  const machines = await machinesOf(session, options.on)
  const excluded = await machinesOf(session, options.exclude)
  const { require, prefer, ...placed } = placementOf(options, excluded, session.now())
  const constraints = {
    hardware_class: options.class ?? '',
    labels: { ...options.label },
    gpus_min: options.gpus ?? 0,
    memory_bytes_min: options.memory ?? 0,
    machines,
    excluded_machines: excluded,
    require,
    prefer,
  }
  const { scheduler = '' } = options
  const spec = {
    ...options.machines,
    constraints,
    ...priorityOf(options.priority),
    scheduler,
    ...policies,
    ...placed,
  }
  return argv.length === 0 ? spec : { ...spec, task: taskOf(argv, options) }
}

/** Zero that was said is no default class's: the API takes a plain zero for no number at all. */
function priorityOf(asked: Priority | undefined): Partial<Priority> {
  return asked?.priority === 0 && asked.priority_class === '' ? { priority_class: NO_CLASS } : { ...asked }
}

function taskOf(argv: readonly string[], options: AskedOptions) {
  const secrets = Object.entries(options.secret ?? {}).map(([name, path]) => ({
    name,
    content: readInput(path).content,
  }))
  return {
    argv: [...argv],
    env: { ...options.env },
    cwd: options.cwd ?? '',
    files: (options.file ?? []).map(fileOf),
    secrets,
    limits: { memory_bytes: options.limitMemory ?? 0, pids: options.limitPids ?? 0 },
    stop_signal: options.stopSignal ?? '',
    resize_signal: options.resizeSignal ?? '',
    run_as: options.runAs ?? '',
    ...(options.grace === undefined ? {} : { stop_grace: options.grace }),
  }
}

async function machinesOf(session: Session, texts: readonly string[] = []): Promise<string[]> {
  const names: string[] = []
  for (const text of texts) names.push(await findMachine(session, text))
  return names
}

/** "local[:path-in-scratch]"; a file that its owner may execute stays executable. */
function fileOf(text: string) {
  const colon = text.lastIndexOf(':')
  const [local, path] = colon > 0 ? [text.slice(0, colon), text.slice(colon + 1)] : [text, basename(text)]
  const { content, isExecutable } = readInput(local)
  return { path, content, mode: isExecutable ? 0o755 : 0o644 }
}
