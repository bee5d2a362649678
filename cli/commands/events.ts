import type { Event__Output } from '../../shared/wire/gen/types/billet/v1/Event.ts'
import { services } from '../../shared/wire/load.ts'
import { plain } from '../render.ts'
import {
  type OutputOption,
  type Register,
  type Session,
  millisecondsOf,
  parseCount,
  resourceName,
  withOutput,
} from './shared.ts'

const { EventService } = services

type EventOptions = OutputOption & {
  readonly machine?: string
  readonly workload?: string
  readonly watch?: boolean
  readonly last: number
}

function print(session: Session, event: Event__Output, options: OutputOption): void {
  if (options.output === 'json') return session.stdout(`${JSON.stringify(event)}\n`)
  const at = new Date(millisecondsOf(event.time) ?? 0).toISOString()
  session.stdout(`${at}  ${(event.reason ?? '').padEnd(20)}  ${plain(event.message ?? '')}\n`)
}

async function events(session: Session, options: EventOptions): Promise<void> {
  const filter = {
    machine: options.machine === undefined ? '' : resourceName('machines', options.machine),
    workload: options.workload === undefined ? '' : resourceName('workloads', options.workload),
  }
  const page = await session.api().call(EventService.ListEvents, { filter, page_size: options.last })
  const recent = (page.events ?? []).toReversed()
  for (const event of recent) print(session, event, options)
  if (options.watch !== true) return
  const seen = Math.max(0, ...recent.map((event) => event.revision ?? 0))
  for await (const change of session.api().stream(EventService.WatchEvents, { filter, after_revision: seen })) {
    if (change.recorded !== undefined && change.recorded !== null) print(session, change.recorded, options)
  }
}

export const registerEvents: Register = (program, session) => {
  const command = program
    .command('events')
    .description('what happened in the fleet, oldest first')
    .option('--machine <machine>', 'only about this machine')
    .option('--workload <workload>', 'only about this workload')
    .option('--last <count>', 'only so many of the newest', parseCount('--last', 1, 1000), 50)
    .option('-w, --watch', 'go on with every event')
  withOutput(command).action((options: EventOptions) => events(session, options))
}
