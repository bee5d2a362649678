import type { Logger } from '../../shared/log.ts'
import { type BilletError, invalidField } from '../../shared/model/errors.ts'
import { type CommandId, type MachineId, parseCommandId } from '../../shared/model/ids.ts'
import type { Result } from '../../shared/model/result.ts'
import type { Sample } from '../../shared/model/telemetry.ts'
import { bytes, count, decode, enumWord, present, resource } from '../../shared/wire/check.ts'
import { decodeProgress } from '../../shared/wire/command.ts'
import { outputStreams } from '../../shared/wire/enums.ts'
import type { SessionRequest__Output } from '../../shared/wire/gen/types/billet/v1/SessionRequest.ts'
import { decodeInventory } from '../../shared/wire/inventory.ts'
import { decodeKernelEvents } from '../../shared/wire/kernel_event.ts'
import { decodeReport } from '../../shared/wire/report.ts'
import { decodeChanges, decodeSample, decodeSchema } from '../../shared/wire/telemetry.ts'
import type { Fleet } from '../ports.ts'
import type { KernelSink, TelemetrySink } from './ports.ts'
import type { CommandOutputRelay } from './command_outputs.ts'
import type { LogReaders } from './log_readers.ts'
import type { AgentSession } from './session.ts'

const CHUNK_BYTES_MAX = 64 * 1024

/** Where an agent's messages go. */
export type Destinations = {
  readonly fleet: Fleet
  readonly rings: TelemetrySink
  readonly kernelLogs: KernelSink
  readonly logs: LogReaders
  readonly outputs: CommandOutputRelay
  readonly log: Logger
}

/** Nothing: go on at once. A promise: the next message waits for it, and the session ends with the error in it. */
type Taken = Promise<BilletError | undefined> | undefined
type Taker = (to: Destinations, session: AgentSession, message: SessionRequest__Output) => Taken
type Case = NonNullable<SessionRequest__Output['message']>

/** One taker per message that an agent can send; one that is forgotten does not compile. */
const takers: Readonly<Record<Case, Taker>> = {
  hello: () => problem(invalidField('hello', 'expected only as the first message')),
  report: ({ fleet }, { machine }, message) => {
    const report = decode(() => decodeReport('report', message.report ?? null))
    if (!report.ok) return problem(report.error)
    return problemOf(fleet.submit({ kind: 'agent_reported', machine, report: report.value }))
  },
  schema: ({ rings }, { machine }, message) => {
    const schema = decode(() => decodeSchema('schema', present('schema', message.schema)))
    if (!schema.ok) return problem(schema.error)
    rings.schema(machine, schema.value)
    return undefined
  },
  sample: (to, session, message) =>
    takeSample(
      to,
      session,
      decode(() => decodeSample('sample', present('sample', message.sample))),
    ),
  changes: (to, session, message) =>
    takeSample(
      to,
      session,
      decode(() => decodeChanges('changes', present('changes', message.changes), session.lastSample)),
    ),
  kernel_events: ({ kernelLogs }, { machine }, message) => {
    const events = decode(() => decodeKernelEvents('kernel_events.events', message.kernel_events?.events ?? []))
    if (!events.ok) return problem(events.error)
    kernelLogs.kernelEvents(machine, events.value)
    return undefined
  },
  inventory: ({ fleet }, { machine }, message) => {
    const inventory = decode(() => decodeInventory('inventory', message.inventory ?? null))
    if (!inventory.ok) return problem(inventory.error)
    const inventoryDigest = message.inventory?.digest ?? ''
    return problemOf(fleet.submit({ kind: 'agent_inventory', machine, inventory: inventory.value, inventoryDigest }))
  },
  command: ({ fleet }, { machine }, message) => {
    const report = decode(() => ({
      command: resource('command.command', 'commands', message.command?.command ?? '', parseCommandId),
      progress: decodeProgress('command.run', message.command?.run ?? null),
    }))
    if (!report.ok) return problem(report.error)
    return problemOf(fleet.submit({ kind: 'command_reported', machine, ...report.value }))
  },
  command_chunk: ({ fleet, outputs }, { machine }, message) => {
    const decoded = decode(() => {
      const chunk = present('command_chunk', message.command_chunk)
      return {
        command: resource('command_chunk.command', 'commands', chunk.command, parseCommandId),
        stream: enumWord('command_chunk.stream', outputStreams, chunk.stream),
        data: bytes('command_chunk.data', chunk.data, CHUNK_BYTES_MAX),
        offset: count('command_chunk.offset', chunk.offset),
      }
    })
    if (!decoded.ok) return problem(decoded.error)
    const { command, offset, stream, data } = decoded.value
    const interest = outputs.interest(command, machine)
    // A machine that was not asked says nothing in this command's name.
    if (interest === 'none' || (interest === 'new' && !runsOn(fleet, command, machine))) return undefined
    outputs.piece(command, { machine, stream, data }, offset)
    return undefined
  },
  log_chunk: ({ logs }, session, message) => {
    const chunk = decode(() => present('log_chunk', message.log_chunk))
    if (!chunk.ok) return problem(chunk.error)
    const honest = logs.chunk(session, chunk.value)
    return honest ? undefined : problem(invalidField('log_chunk', 'expected no more than was granted'))
  },
  heartbeat: (_to, session, message) => {
    session.send({ heartbeat: message.heartbeat ?? 0 })
    return undefined
  },
}

/** A sample that is not right is dropped and counted: telemetry never ends a session. */
function takeSample({ rings, log }: Destinations, session: AgentSession, sample: Result<Sample, BilletError>): Taken {
  session.lastSample = sample.ok ? sample.value : null
  if (sample.ok && rings.sample(session.machine, sample.value)) return undefined
  if (session.samplesDropped === 0) {
    const reason = sample.ok ? 'it does not fit its schema' : sample.error.message
    log.warn({ machine_id: session.machine, reason }, 'samples of this session are dropped')
  }
  session.dropSample()
  return undefined
}

/** Messages that the fleet decides on: each may become a commit. */
const DECIDED: ReadonlySet<Case> = new Set<Case>(['report', 'inventory', 'command'])

export function isDecided({ message }: SessionRequest__Output): boolean {
  return message !== undefined && DECIDED.has(message)
}

/** Numbers of a sample, and metrics of a schema, that are as much work as a small message. */
const NUMBERS_EACH = 256
const METRICS_EACH = 4

/** How many small messages one is worth: an agent cannot make up in size what it may not send in number. */
export function costOf({ message, sample, changes, schema }: SessionRequest__Output): number {
  if (message === 'sample') return 1 + (sample?.values.length ?? 0) / NUMBERS_EACH
  // One bit for each number of the sample that is made of it.
  if (message === 'changes') return 1 + ((changes?.changed.length ?? 0) * 8) / NUMBERS_EACH
  if (message === 'schema') return 1 + (schema?.metrics.length ?? 0) / METRICS_EACH
  return 1
}

export function take(to: Destinations, session: AgentSession, message: SessionRequest__Output): Taken {
  if (message.message === undefined) return problem(invalidField('message', 'expected one that this coordinator knows'))
  return takers[message.message](to, session, message)
}

function runsOn(fleet: Fleet, command: CommandId, machine: MachineId): boolean {
  const runs = fleet.read((view) => view.table('commands').get(command)?.record.runs ?? [])
  return runs.some((run) => run.machine === machine)
}

async function problem(error: BilletError): Promise<BilletError> {
  return error
}

async function problemOf(answer: Promise<Result<unknown, BilletError>>): Promise<BilletError | undefined> {
  const result = await answer
  return result.ok ? undefined : result.error
}
