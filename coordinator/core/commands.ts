import { billetError } from '../../shared/model/errors.ts'
import { UNSTARTED, commandIsOver } from '../../shared/model/command.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import { type Handler, remember, repeated } from './handler.ts'
import type { CommandRecord, CommandRunRecord, MachineRecord } from './records.ts'
import { label } from './machine_state.ts'

export const runCommand: Handler<'run_command'> = (draft, input) => {
  const before = repeated(draft, input.caller, input.digest)
  if (!before.ok) return before
  if (before.value !== undefined) {
    const { resource } = before.value
    return ok(() => ({ command: draft.written('commands', resource), repeated: true }))
  }
  const runs: CommandRunRecord[] = []
  for (const id of new Set(input.machines)) {
    const machine = draft.machine(id)
    if (!machine.ok) return machine
    runs.push(firstRun(machine.value))
  }
  const id = draft.ids.command()
  const command = { id, spec: input.spec, runs, user: input.caller.user, createdAt: draft.now }
  draft.putCommand(command)
  for (const run of runs) {
    if (run.state === 'pending') draft.effect({ kind: 'order_command', machine: run.machine, command: id })
  }
  remember(draft, input.caller, input.digest, id)
  const where = `${runs.length} machine${runs.length === 1 ? '' : 's'}`
  draft.event('COMMAND_ORDERED', `Command ${id} was ordered on ${where}.`, { user: input.caller.user })
  return ok(() => ({ command: draft.written('commands', id), repeated: false }))
}

function firstRun(machine: MachineRecord): CommandRunRecord {
  const about = { machine: machine.id, hostname: machine.hostname, ...UNSTARTED }
  if (machine.connection === 'connected' && machine.state !== 'pending')
    return { ...about, state: 'pending', reason: '' }
  const why = machine.state === 'pending' ? 'is not approved yet' : `is not connected (${machine.connection})`
  return { ...about, state: 'unreachable', reason: `${label(machine)} ${why}; the command was not sent` }
}

export const cancelCommand: Handler<'cancel_command'> = (draft, { command: id }) => {
  const command = draft.find('commands', id)
  if (command === undefined) {
    return refuse(billetError('command_not_found', `There is no command ${id}.`, { command: id }))
  }
  for (const run of command.runs) {
    if (!commandIsOver(run.state)) draft.effect({ kind: 'cancel_command', machine: run.machine, command: id })
  }
  return ok(() => draft.written('commands', id))
}

/** The first end that is reported stands; every end is acknowledged, so that the agent may forget it. */
export const commandReported: Handler<'command_reported'> = (draft, { machine, command: id, progress }) => {
  const command = draft.find('commands', id)
  const run = command?.runs.find((candidate) => candidate.machine === machine)
  if (commandIsOver(progress.state)) draft.effect({ kind: 'acknowledge_command', machine, command: id })
  if (command === undefined || run === undefined || commandIsOver(run.state)) return ok(() => undefined)
  draft.putCommand(withRun(command, { ...run, ...progress }))
  return ok(() => undefined)
}

export function withRun(command: CommandRecord, run: CommandRunRecord): CommandRecord {
  return { ...command, runs: command.runs.map((other) => (other.machine === run.machine ? run : other)) }
}
