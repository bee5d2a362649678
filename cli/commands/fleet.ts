import type { Fleet__Output } from '../../shared/wire/gen/types/billet/v1/Fleet.ts'
import { services } from '../../shared/wire/load.ts'
import { CommandFailure, exitCodes } from '../errors.ts'
import { age, plain } from '../render.ts'
import { type OutputOption, type Register, type Session, millisecondsOf, withOutput } from './shared.ts'

const { FleetService } = services

function print(session: Session, fleet: Fleet__Output | null | undefined, { output }: OutputOption): void {
  if (fleet === null || fleet === undefined)
    throw new CommandFailure('The coordinator said nothing.', exitCodes.refused)
  if (output === 'json') return session.stdout(`${JSON.stringify(fleet)}\n`)
  const since = (stamp: Parameters<typeof millisecondsOf>[0]): string =>
    age(session.now() - (millisecondsOf(stamp) ?? session.now()))
  const counts = Object.entries(fleet.machine_counts).map(([state, count]) => `${count} ${state}`)
  const lines = [
    `Machines:  ${counts.join(', ') || 'none'}${fleet.machines_away > 0 ? `; ${fleet.machines_away} away` : ''}`,
    `Term:      ${fleet.term}, for ${since(fleet.term_time)}`,
    ...(fleet.learning_time === null
      ? []
      : [`Learning:  for ${since(fleet.learning_time)}; nothing is placed until every machine was heard`]),
    ...(fleet.halt === null ? [] : [`Halted:    for ${since(fleet.halt.begin_time)}: ${plain(fleet.halt.reason)}`]),
    `Findings:  ${fleet.findings.length === 0 ? 'none' : fleet.findings.length}`,
    ...fleet.findings.flatMap(({ reason, evidence, command, begin_time }) => [
      `  ${reason}, for ${since(begin_time)}: ${plain(evidence)}`,
      `    ${plain(command)}`,
    ]),
  ]
  session.stdout(`${lines.join('\n')}\n`)
}

export const registerFleet: Register = (program, session) => {
  const group = program.command('fleet').description('the fleet as a whole, and what in it needs someone')
  withOutput(group.command('show', { isDefault: true }).description('how the fleet is')).action(
    async (options: OutputOption) => {
      const { fleet } = await session.api().call(FleetService.GetFleet, {})
      print(session, fleet, options)
    },
  )
  const resume = group
    .command('resume')
    .description('go on replacing and failing workloads though many machines are away at once')
  withOutput(resume).action(async (options: OutputOption) => {
    const { fleet } = await session.api().call(FleetService.ResumeAutomation, { request_id: session.requestId() })
    print(session, fleet, options)
  })
}
