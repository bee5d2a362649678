import type { Command } from 'commander'
import type {
  ReservationTiming,
  ReservationTiming__Output,
} from '../../shared/wire/gen/types/billet/v1/ReservationTiming.ts'
import { ReservationRecurrence } from '../../shared/wire/gen/types/billet/v1/ReservationRecurrence.ts'
import { usage } from '../errors.ts'
import { type Stamp, parseTime } from '../times.ts'
import { parseCount, parseDuration } from './shared.ts'

export type TimingOptions = {
  readonly start?: (now: number) => Stamp
  readonly duration?: Stamp
  readonly every?: ReservationRecurrence
  readonly until?: (now: number) => Stamp
  readonly times?: number
}

/** When a reservation has its windows. */
export function withTiming(command: Command): Command {
  return command
    .option(
      '--start <time>',
      'when the first window begins: 2026-12-24T18:00:00Z, or 2h from now',
      parseTime('--start'),
    )
    .option(
      '--duration <duration>',
      'how long each lasts; without it upkeep cordons, and is over',
      parseDuration('--duration'),
    )
    .option('--every <day|week>', 'again at the same time of every day or week, in UTC', parseEvery)
    .option('--until <time>', 'with --every: no window begins after this time', parseTime('--until'))
    .option('--times <count>', 'with --every: so many windows', parseCount('--times', 1, 10_000))
}

const EVERY: Readonly<Record<string, ReservationRecurrence>> = {
  day: ReservationRecurrence.RESERVATION_RECURRENCE_DAILY,
  week: ReservationRecurrence.RESERVATION_RECURRENCE_WEEKLY,
}

function parseEvery(text: string): ReservationRecurrence {
  const recurrence = EVERY[text]
  if (recurrence !== undefined) return recurrence
  throw usage(`--every: expected day or week, got ${JSON.stringify(text.slice(0, 80))}.`)
}

const NONE = ReservationRecurrence.RESERVATION_RECURRENCE_UNSPECIFIED
const DAY = 24 * 3600

/** Options that cannot stand beside each other. */
export function assertAgreeing({ until, times }: TimingOptions): void {
  if (until !== undefined && times !== undefined) throw usage('Expected --until or --times, got both.')
}

/** What the options say; the rest as it was before. */
export function timingOf(
  options: TimingOptions,
  now: number,
  before: ReservationTiming__Output | null = null,
): ReservationTiming & { readonly duration: Stamp | null } {
  const { start, duration, every, until, times } = options
  const recurrence = every ?? before?.recurrence ?? NONE
  if (recurrence === NONE && (until ?? times) !== undefined)
    throw usage('--until and --times: expected --every beside.')
  assertAgreeing(options)
  const first = start?.(now) ?? before?.start_time ?? { seconds: Math.ceil(now / 1000), nanos: 0 }
  const period = recurrence === ReservationRecurrence.RESERVATION_RECURRENCE_DAILY ? DAY : 7 * DAY
  const last = times === undefined ? until?.(now) : { ...first, seconds: first.seconds + (times - 1) * period }
  return {
    start_time: first,
    duration: duration ?? before?.duration ?? null,
    recurrence,
    last_start_time: last ?? before?.last_start_time ?? null,
  }
}
