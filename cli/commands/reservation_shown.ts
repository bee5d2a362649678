import type { Reservation__Output } from '../../shared/wire/gen/types/billet/v1/Reservation.ts'
import { ReservationRecurrence } from '../../shared/wire/gen/types/billet/v1/ReservationRecurrence.ts'
import { ReservationState } from '../../shared/wire/gen/types/billet/v1/ReservationState.ts'
import { services } from '../../shared/wire/load.ts'
import { plain } from '../render.ts'
import type { Stamp } from '../times.ts'
import { type OutputOption, type Session, millisecondsOf, pages, printAll, shortName, word } from './shared.ts'

const { ReservationService } = services

type Filter = { readonly machine?: string; readonly tenant?: string; readonly show_over?: boolean }

/** Those whose window is open, or opens first, before the others. */
export async function listReservations(session: Session, filter: Filter): Promise<readonly Reservation__Output[]> {
  const all: Reservation__Output[] = []
  const found = pages(async (page_token) => {
    const page = await session
      .api()
      .call(ReservationService.ListReservations, { ...filter, page_size: 200, page_token })
    return { items: page.reservations, token: page.next_page_token }
  })
  for await (const one of found) all.push(one)
  const next = ({ window_start_time: start }: Reservation__Output): number => millisecondsOf(start) ?? Infinity
  return all.toSorted((left, right) => (next(left) < next(right) ? -1 : next(left) > next(right) ? 1 : 0))
}

const HEADER = ['RESERVATION', 'NAME', 'FOR', 'STATE', 'WINDOW', 'EVERY', 'MACHINES', 'HELD BY OTHERS']

export function print(session: Session, all: readonly Reservation__Output[], options: OutputOption): void {
  printAll(session, all, options, HEADER, (one) => [
    shortName(one.name),
    plain(one.display_name),
    whom(one),
    word(ReservationState, 'RESERVATION_STATE_', one.state),
    windowOf(one),
    every(one) || '-',
    `${one.machines.length}`,
    `${one.held_by_others}`,
  ])
}

export const whom = ({ tenants }: Reservation__Output): string => tenants.map(shortName).join(',') || 'upkeep'

const time = (stamp: Stamp | null): string => {
  const at = millisecondsOf(stamp)
  return at === undefined ? '' : new Date(at).toISOString().replace(/:\d\d\.\d+Z$/, 'Z')
}

/** The window that is open, or the next. */
export function windowOf({ window_start_time: start, window_end_time: end }: Reservation__Output): string {
  if (start === null) return '-'
  return end === null ? `from ${time(start)}` : `${time(start)} to ${time(end)}`
}

function every({ timing }: Reservation__Output): string {
  const recurrence = timing?.recurrence ?? 0
  if (recurrence === 0) return ''
  return recurrence === ReservationRecurrence.RESERVATION_RECURRENCE_DAILY ? 'day' : 'week'
}

export function describe(one: Reservation__Output): string {
  const until = time(one.timing?.last_start_time ?? null)
  const recurs = every(one)
  const lines = [
    ['Reservation', `${shortName(one.name)} ${plain(one.display_name)}`],
    ['For', whom(one)],
    ['State', word(ReservationState, 'RESERVATION_STATE_', one.state)],
    ['Window', windowOf(one)],
    ['Repeats', recurs === '' ? 'no' : `every ${recurs}, in UTC${until === '' ? '' : `, the last by ${until}`}`],
    ['Evicts', one.evict ? 'what others run there is asked to end when a window begins' : 'nobody'],
    ...(one.admit_unlimited ? [['Admits', 'workloads without a time limit until a window begins']] : []),
    ['Held', one.held_by_others === 0 ? 'by nobody else' : `${one.held_by_others} machines by others`],
    ...(one.found_machines ? [['Found by', one.require === '' ? 'any machine' : plain(one.require)]] : []),
    ['Machines', one.machines.map(shortName).join(`\n${' '.repeat(14)}`) || 'none'],
    ['Comment', plain(one.comment) || 'none'],
    ['By', `${one.user} at ${time(one.create_time)}`],
    ...(one.end_time === null ? [] : [['Over', `since ${time(one.end_time)}`]]),
  ]
  return lines.map(([name, value]) => `${`${name}:`.padEnd(13)} ${value}\n`).join('')
}
