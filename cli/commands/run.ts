import { basename } from 'node:path'
import { OutputStream } from '../../shared/wire/gen/types/billet/v1/OutputStream.ts'
import type { Workload__Output } from '../../shared/wire/gen/types/billet/v1/Workload.ts'
import { services } from '../../shared/wire/load.ts'
import { CommandFailure, exitCodes } from '../errors.ts'
import { plain } from '../render.ts'
import { type AskedOptions, specOf, withAsked } from './asked.ts'
import { getWorkload, hasEnded, waitingLines, workloadState } from './workloads.ts'
import { type Register, type Session, parseCount, parseSize, resourceName, shortName } from './shared.ts'

const { WorkloadService } = services

type RunOptions = AskedOptions & {
  readonly name?: string
  readonly requestId?: string
  readonly detach?: boolean
}

async function submit(session: Session, argv: readonly string[], options: RunOptions): Promise<string> {
  const request = {
    tenant: options.tenant,
    display_name: options.name ?? basename(argv[0] ?? ''),
    spec: await specOf(session, argv, options),
    request_id: options.requestId ?? session.requestId(),
  }
  // Heard out when interrupted: a workload whose name nobody knows could not be cancelled.
  const { workload } = await session.api().call(WorkloadService.SubmitWorkload, request, { detached: true })
  return workload?.name ?? ''
}

async function run(session: Session, argv: readonly string[], options: RunOptions): Promise<void> {
  const name = await submit(session, argv, options)
  if (options.detach === true) return session.stdout(`${shortName(name)}\n`)
  session.stderr(`billet: ${shortName(name)} is queued\n`)
  try {
    let unread: CommandFailure | undefined
    let ended: Workload__Output | undefined
    // Run again by its restart policy, it has output again.
    while (ended === undefined) {
      const attempt = await untilStarted(session, name)
      unread = await followLogs(session, name, { follow: true }, attempt)
      ended = await untilOver(session, name, attempt)
    }
    finish(session, ended)
    // What could not be read matters only where the workload itself has nothing to say.
    if (unread !== undefined && session.exitCode === 0) throw unread
  } catch (error) {
    if (!session.signal.aborted) throw error
    await cancel(session, name)
  }
}

/** The agent's session takes the stream with it when it ends, and not the task: what was not read yet is read then. */
async function followLogs(
  session: Session,
  name: string,
  options: LogOptions,
  attempt: number | null = null,
): Promise<CommandFailure | undefined> {
  const seen: Seen = new Map()
  for (;;) {
    const unread = await failureOf(readLogs(session, name, options, seen))
    if (unread === undefined || options.follow !== true) return unread
    const workload = await getWorkload(session, name)
    if (hasEnded(workload) || (attempt !== null && workload.attempt !== attempt)) {
      return failureOf(readLogs(session, name, { ...options, follow: false }, seen))
    }
    await pause(LOOK_AGAIN_MS, session.signal)
  }
}

async function failureOf(reading: Promise<void>): Promise<CommandFailure | undefined> {
  try {
    await reading
    return undefined
  } catch (error) {
    if (error instanceof CommandFailure) return error
    throw error
  }
}

/** Says what the workload waits for, whenever that changes. Answers which attempt has begun. */
async function untilStarted(session: Session, name: string): Promise<number> {
  let said = ''
  for await (const workload of watchUntil(session, name)) {
    if (workloadState(workload) !== 'queued') return workload.attempt
    const reasons = workload.refusals.map(({ reason, message }) => (UNTIL_A_TIME.has(reason) ? reason : message))
    if (reasons.join('\n') === said) continue
    for (const line of waitingLines(workload)) session.stderr(`billet: waits: ${line}\n`)
    said = reasons.join('\n')
  }
  return 0
}

/** What stands against it says how long yet, and is another sentence every second. */
const UNTIL_A_TIME: ReadonlySet<string> = new Set(['NOT_BEFORE', 'BACKING_OFF'])

const LOOK_AGAIN_MS = 1000

/** The workload now, and again every second while it waits: why it waits changes without any change of its own. */
async function* watchUntil(session: Session, name: string) {
  for (;;) {
    yield await getWorkload(session, name)
    await pause(LOOK_AGAIN_MS, session.signal)
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    const abort = (): void => {
      clearTimeout(timer)
      reject(new CommandFailure('interrupted', exitCodes.interrupted))
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

/** The workload once it has ended; undefined where it is run again after this attempt. */
async function untilOver(session: Session, name: string, attempt: number): Promise<Workload__Output | undefined> {
  for await (const workload of watchUntil(session, name)) {
    if (hasEnded(workload)) return workload
    if (workloadState(workload) !== 'queued' && workload.attempt === attempt) continue
    session.stderr(`billet: ${shortName(name)} ${plain(workload.state_reason)}\n`)
    return undefined
  }
  return undefined
}

function finish(session: Session, workload: Workload__Output): void {
  const { name, exit_code: code } = workload
  const state = workloadState(workload)
  if (state !== 'succeeded') session.stderr(`billet: ${shortName(name)} ${state}: ${plain(workload.state_reason)}\n`)
  session.exit(state === 'succeeded' ? 0 : code > 0 ? code : exitCodes.runFailed)
}

async function cancel(session: Session, name: string): Promise<void> {
  session.stderr(`billet: interrupted; asking ${shortName(name)} to end\n`)
  const request = { name, request_id: session.requestId(), reason: 'interrupted at the command line' }
  await session.api().call(WorkloadService.CancelWorkload, request, { detached: true })
  session.exit(exitCodes.interrupted)
}

type LogOptions = { readonly follow?: boolean; readonly rank?: readonly number[]; readonly tailBytes?: number }

/** Up to where each stream of each placement was read. */
type Seen = Map<string, number>

async function readLogs(session: Session, name: string, options: LogOptions, seen: Seen): Promise<void> {
  const request = {
    name: resourceName('workloads', name),
    ranks: [...(options.rank ?? [])],
    follow: options.follow === true,
    tail_bytes: options.tailBytes ?? 0,
  }
  for await (const piece of session.api().stream(WorkloadService.ReadLogs, request)) {
    const { placement, stream, offset, data } = piece
    const key = `${placement} ${stream}`
    const from = seen.get(key) ?? 0
    if (offset + data.length <= from) continue
    seen.set(key, offset + data.length)
    if (piece.skipped_bytes > 0 && offset > from) {
      session.stderr(`billet: ${piece.skipped_bytes} bytes of rank ${piece.rank} are no longer kept\n`)
    }
    const write = piece.stream === OutputStream.OUTPUT_STREAM_STDERR ? session.stderrBytes : session.stdoutBytes
    write(data.subarray(Math.max(0, from - offset)))
  }
}

export const registerRun: Register = (program, session) => {
  const command = program
    .command('run')
    .description('run a task on whole machines, show its output, and end with its exit code')
    .option('--name <name>', 'a name for people')
    .option('--request-id <id>', 'makes repeated calls one submission')
    .option('-d, --detach', 'print the name of the workload and do not wait')
  withAsked(command).action((argv: readonly string[], options: RunOptions) => run(session, argv, options))
  program
    .command('logs')
    .description("show the output of a workload's tasks")
    .argument('<workload>')
    .option('-f, --follow', 'go on until the workload has ended')
    .option('--rank <rank>', 'only of this rank (repeatable)', collectRanks)
    .option('--tail-bytes <count>', 'only so much of the end', parseSize('--tail-bytes'))
    .action(async (workload: string, options: LogOptions) => {
      const unread = await followLogs(session, workload, options)
      if (unread !== undefined) throw unread
    })
}

function collectRanks(text: string, collected: readonly number[] = []): readonly number[] {
  return [...collected, parseCount('--rank', 0, 4095)(text)]
}
