import type { PlanWorkloadResponse__Output } from '../../shared/wire/gen/types/billet/v1/PlanWorkloadResponse.ts'
import { services } from '../../shared/wire/load.ts'
import { plain } from '../render.ts'
import { type AskedOptions, specOf, withAsked } from './asked.ts'
import { type OutputOption, type Register, type Session, shortName, withOutput } from './shared.ts'
import { startLine } from './workloads.ts'

const { WorkloadService } = services

async function plan(session: Session, argv: readonly string[], options: AskedOptions & OutputOption): Promise<void> {
  const request = { tenant: options.tenant, spec: await specOf(session, argv, options) }
  const planned = await session.api().call(WorkloadService.PlanWorkload, request)
  if (options.output === 'json') return session.stdout(`${JSON.stringify(planned)}\n`)
  for (const line of linesOf(planned, session)) session.stdout(`${line}\n`)
}

function linesOf(planned: PlanWorkloadResponse__Output, session: Session): readonly string[] {
  const { machines, preempted, refusals, suggestions } = planned
  if (machines.length > 0) {
    const ranks = machines.map((machine, rank) => `  rank ${rank}: ${shortName(machine)}`)
    return ['It would start at once:', ...ranks]
  }
  return [
    'It would wait:',
    ...refusals.map(({ message }) => `  - ${plain(message)}`),
    ...preempted.map((workload) => `  - Workload ${shortName(workload)} would be stopped for it.`),
    ...startLine(planned.expected_start_time, session.now()).map((line) => `  - ${line}`),
    ...suggestions.map((suggestion) => `  - ${plain(suggestion)}`),
  ]
}

export const registerPlan: Register = (program, session) => {
  const command = program.command('plan').description('say where a workload would run if it were submitted; nothing is')
  withOutput(withAsked(command)).action((argv: readonly string[], options: AskedOptions & OutputOption) =>
    plan(session, argv, options),
  )
}
