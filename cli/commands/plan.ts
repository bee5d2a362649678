import type { PlanWorkloadResponse__Output } from '../../shared/wire/gen/types/billet/v1/PlanWorkloadResponse.ts'
import type { StoppedFor__Output } from '../../shared/wire/gen/types/billet/v1/StoppedFor.ts'
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
  const { machines, stopped, refusals, suggestions } = planned
  if (machines.length > 0) {
    const ranks = machines.map((machine, rank) => `  rank ${rank}: ${shortName(machine)}`)
    return ['It would start at once:', ...ranks]
  }
  return [
    'It would wait:',
    ...refusals.map(({ message }) => `  - ${plain(message)}`),
    ...stopped.map((one) => `  - ${stopLine(one)}`),
    ...startLine(planned.expected_start_time, session.now()).map((line) => `  - ${line}`),
    ...suggestions.map((suggestion) => `  - ${plain(suggestion)}`),
  ]
}

function stopLine({ workload, tenant, machine_count: count, reason }: StoppedFor__Output): string {
  const whose = `Workload ${shortName(workload)} of tenant ${plain(tenant)} (${count} machine${count === 1 ? '' : 's'})`
  const why = reason === 'BORROWED' ? 'its tenant has borrowed its machines' : 'it is of lower priority and allows that'
  return `${whose} would be stopped for it: ${why}.`
}

export const registerPlan: Register = (program, session) => {
  const command = program.command('plan').description('say where a workload would run if it were submitted; nothing is')
  withOutput(withAsked(command)).action((argv: readonly string[], options: AskedOptions & OutputOption) =>
    plan(session, argv, options),
  )
}
