import type { Command } from 'commander'
import { services } from '../../shared/wire/load.ts'
import { plain, table } from '../render.ts'
import { type OutputOption, type Session, millisecondsOf, withOutput } from './shared.ts'

const { MachineService } = services
const HEADER = ['LAST', 'EVENT', 'SUBJECT', 'COUNT', 'MESSAGE']

export function registerKernelEvents(
  machines: Command,
  session: Session,
  find: (session: Session, text: string) => Promise<string>,
): void {
  const command = machines
    .command('kernel-events')
    .argument('<machine>')
    .description('what its kernel told of faults since the boot, the last at the end')
  withOutput(command).action(async (machine: string, options: OutputOption) => {
    const parent = await find(session, machine)
    const { kernel_events: events } = await session.api().call(MachineService.ListKernelEvents, { parent })
    if (options.output === 'json') {
      for (const event of events) session.stdout(`${JSON.stringify(event)}\n`)
      return
    }
    if (events.length === 0) return session.stdout('Its kernel has told of no fault since the boot.\n')
    const rows = events.map(({ event, subject, count, last_time: last, message }) => [
      new Date(millisecondsOf(last) ?? 0).toISOString().slice(0, 19),
      plain(event),
      plain(subject) || '-',
      `${count}`,
      plain(message),
    ])
    session.stdout(table(HEADER, rows))
  })
}
