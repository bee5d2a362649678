import { commandIsOver } from '../../shared/model/command.ts'
import type { BilletError } from '../../shared/model/errors.ts'
import { type CommandId, parseCommandId, parseMachineId, revision } from '../../shared/model/ids.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import { decode, invalid, list, resource } from '../../shared/wire/check.ts'
import { decodeCommandSpec } from '../../shared/wire/command.ts'
import { outputStreams } from '../../shared/wire/enums.ts'
import type { CommandServiceHandlers } from '../../shared/wire/gen/types/billet/v1/CommandService.ts'
import type { RunCommandRequest__Output } from '../../shared/wire/gen/types/billet/v1/RunCommandRequest.ts'
import type { RunCommandResponse } from '../../shared/wire/gen/types/billet/v1/RunCommandResponse.ts'
import type { CommandRunRecord } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
import { callerOf, digestOf } from './caller.ts'
import type { Call, Door } from './door.ts'
import { found } from './found.ts'
import { merge } from './merge.ts'
import { page } from './pages.ts'
import type { CommandOutputs, CommandPiece } from './ports.ts'
import { commandResource, commandRunResource } from './resources.ts'

const MACHINES_MAX = 1000

export function commandService(door: Door, fleet: Fleet, outputs: CommandOutputs): CommandServiceHandlers {
  return {
    RunCommand: door.stream((request, call) => runCommand(fleet, outputs, request, call)),
    GetCommand: door.unary(({ name }) => {
      const command = decode(() => resource('name', 'commands', name, parseCommandId))
      if (!command.ok) return command
      const record = fleet.read((view) => view.table('commands').get(command.value))
      const answer = found(record, 'command_not_found', name)
      return answer.ok ? ok({ command: commandResource(answer.value) }) : answer
    }),
    ListCommands: door.unary((request) =>
      fleet.read((view) => {
        const listed = page(view, 'commands', request, null, () => true)
        if (!listed.ok) return listed
        return ok({ commands: listed.value.items.map(commandResource), next_page_token: listed.value.next })
      }),
    ),
    CancelCommand: door.unary(async (request, call) => {
      const caller = callerOf(call, request.request_id)
      if (!caller.ok) return caller
      const command = decode(() => resource('name', 'commands', request.name, parseCommandId))
      if (!command.ok) return command
      const answer = await fleet.submit({ kind: 'cancel_command', caller: caller.value, command: command.value })
      return answer.ok ? ok({ command: commandResource(answer.value) }) : answer
    }),
  }
}

type Item = Result<RunCommandResponse, BilletError>

async function* runCommand(
  fleet: Fleet,
  outputs: CommandOutputs,
  request: RunCommandRequest__Output,
  call: Call,
): AsyncGenerator<Item, void, undefined> {
  const caller = callerOf(call, request.request_id)
  if (!caller.ok) return yield caller
  const asked = decode(() => {
    if (request.machines.length === 0) invalid('machines', 'expected at least one machine')
    return {
      machines: list('machines', request.machines, MACHINES_MAX).map((name, index) =>
        resource(`machines[${index}]`, 'machines', name, parseMachineId),
      ),
      spec: decodeCommandSpec('spec', request.spec),
    }
  })
  if (!asked.ok) return yield asked
  const digest = digestOf(asked.value)
  const answer = await fleet.submit({ kind: 'run_command', caller: caller.value, digest, ...asked.value })
  if (!answer.ok) return yield answer
  const { command } = answer.value
  const { id } = command.record
  const finished = new AbortController()
  const signal = AbortSignal.any([call.signal, finished.signal])
  // Followed from the turn in which it was decided, so that no output is missed while the caller is slow.
  const pieces = outputs.follow(id, signal)[Symbol.asyncIterator]()
  const first = pieces.next()
  yield ok({ command: commandResource(command) })
  const runs = runChanges(fleet, id, call.signal, () => finished.abort())
  yield* merge<Item>([outputPieces(pieces, first), runs])
}

type Piece = Result<CommandPiece, BilletError>

async function* outputPieces(
  pieces: AsyncIterator<Piece>,
  first: Promise<IteratorResult<Piece>>,
): AsyncGenerator<Item, void, undefined> {
  try {
    for (let next = await first; next.done !== true; next = await pieces.next()) {
      if (next.value.ok) {
        const { machine, stream, data } = next.value.value
        yield ok({ output: { machine: `machines/${machine}`, stream: outputStreams[stream], data } })
      } else {
        yield next.value
      }
    }
  } finally {
    void pieces.return?.()
  }
}

/** Each run once it is over; ends with the last. */
async function* runChanges(
  fleet: Fleet,
  id: CommandId,
  signal: AbortSignal,
  finished: () => void,
): AsyncGenerator<Item> {
  const told = new Set<string>()
  while (!signal.aborted) {
    const { at, runs } = fleet.read((view) => ({
      at: view.revision,
      runs: view.table('commands').get(id)?.record.runs ?? [],
    }))
    for (const run of runs.filter((one) => commandIsOver(one.state) && !told.has(one.machine))) {
      told.add(run.machine)
      yield ok({ run: commandRunResource(run) })
    }
    if (runs.every((run: CommandRunRecord) => commandIsOver(run.state))) break
    await fleet.feed.after(revision(at), 1, signal)
  }
  finished()
}
