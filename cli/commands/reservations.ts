import type { Command } from 'commander'
import type { Reservation__Output } from '../../shared/wire/gen/types/billet/v1/Reservation.ts'
import { services } from '../../shared/wire/load.ts'
import { CommandFailure, exitCodes, usage } from '../errors.ts'
import { findMachine } from './machines.ts'
import { describe, listReservations, print } from './reservation_shown.ts'
import { type TimingOptions, assertAgreeing, timingOf, withTiming } from './reservation_timing.ts'
import {
  type OutputOption,
  type Register,
  type Session,
  collect,
  parseCount,
  resourceName,
  withOutput,
} from './shared.ts'

const { ReservationService } = services

function printOne(session: Session, one: Reservation__Output | null, options: OutputOption): void {
  if (one === null) throw new CommandFailure('No reservation came back.', exitCodes.refused)
  if (options.output === 'json' || options.output === 'name') return print(session, [one], options)
  session.stdout(describe(one))
}

/** The reservation that a person means: its identifier, or its name where it is not over. */
async function findReservation(session: Session, text: string): Promise<string> {
  if (/^(?:reservations\/)?rsv-[0-9a-z]{16}$/.test(text)) return resourceName('reservations', text)
  const found = (await listReservations(session, {})).find((one) => one.display_name === text)
  if (found !== undefined) return found.name
  throw usage(`There is no reservation ${JSON.stringify(text)} that is not over: see billet reservations list --all.`)
}

type CreateOptions = OutputOption &
  TimingOptions & {
    readonly machine?: readonly string[]
    readonly count?: number
    readonly require?: string
    readonly tenant?: readonly string[]
    readonly upkeep?: boolean
    readonly evict?: boolean
    readonly admitUnlimited?: boolean
    readonly comment?: string
  }

async function create(session: Session, name: string, options: CreateOptions): Promise<void> {
  const { machine = [], count, tenant = [], upkeep = false } = options
  if (tenant.length > 0 === upkeep) throw usage('Say for whom: --tenant, or --upkeep.')
  if (machine.length > 0 === (count !== undefined)) throw usage('Say which machines: --machine, or --count.')
  const timing = timingOf(options, session.now())
  if (timing.duration === null && !upkeep) throw usage('--duration: expected how long a window lasts.')
  const machines: string[] = []
  for (const text of machine) machines.push(await findMachine(session, text))
  const { reservation } = await session.api().call(ReservationService.CreateReservation, {
    display_name: name,
    timing,
    tenants: tenant.map((one) => resourceName('tenants', one)),
    machines,
    machine_count: count ?? 0,
    require: options.require ?? '',
    evict: options.evict === true,
    admit_unlimited: options.admitUnlimited === true,
    comment: options.comment ?? '',
    request_id: session.requestId(),
  })
  printOne(session, reservation, options)
}

type SetOptions = OutputOption & TimingOptions & { readonly tenant?: readonly string[]; readonly comment?: string }

/** What is not said stays: the timing goes over as a whole. */
async function set(session: Session, text: string, options: SetOptions): Promise<void> {
  assertAgreeing(options)
  const name = await findReservation(session, text)
  const { start, duration, every: recurs, until, times, tenant, comment } = options
  const isTimed = [start, duration, recurs, until, times].some((one) => one !== undefined)
  if (!isTimed && tenant === undefined && comment === undefined) {
    throw usage('Say what to set: --start, --duration, --every, --until, --times, --tenant or --comment.')
  }
  const { reservation: before } = await session.api().call(ReservationService.GetReservation, { name })
  const timing = isTimed ? timingOf(options, session.now(), before?.timing ?? null) : null
  const { reservation } = await session.api().call(ReservationService.UpdateReservation, {
    name,
    timing,
    tenants: tenant === undefined ? null : { tenants: tenant.map((one) => resourceName('tenants', one)) },
    comment: comment ?? '',
    request_id: session.requestId(),
  })
  printOne(session, reservation, options)
}

type ListOptions = OutputOption & { readonly machine?: string; readonly tenant?: string; readonly all?: boolean }

async function list(session: Session, { machine, tenant, all, ...options }: ListOptions): Promise<void> {
  const reservations = await listReservations(session, {
    machine: machine === undefined ? '' : await findMachine(session, machine),
    tenant: tenant === undefined ? '' : resourceName('tenants', tenant),
    show_over: all === true,
  })
  print(session, reservations, options)
}

const TENANT = 'who may use the machines within the windows (repeatable)'

function registerCreate(group: Command, session: Session): void {
  const creating = group
    .command('create')
    .argument('<name>')
    .description('keep machines for tenants, or from all for upkeep, within windows of time')
    .option('--machine <machine>', 'this machine (repeatable)', collect)
    .option(
      '--count <count>',
      'so many machines that will do, replaced where one is lost before',
      parseCount('--count', 1, 1000),
    )
    .option('--require <expression>', 'of which this holds: "gpu.count >= 8"')
    .option('--tenant <tenant>', TENANT, collect)
    .option('--upkeep', 'nobody may use them')
    .option('--evict', 'what others run there is asked to end when a window begins')
    .option('--admit-unlimited', 'with --evict: workloads without a time limit may start there until then')
    .option('--comment <text>', 'one sentence')
  withOutput(withTiming(creating)).action((name: string, options: CreateOptions) => create(session, name, options))
}

export const registerReservations: Register = (program, session) => {
  const group = program
    .command('reservations')
    .alias('reservation')
    .description('windows of machines for tenants, or for upkeep')
  registerCreate(group, session)
  const listing = group
    .command('list')
    .description('list reservations')
    .option('--machine <machine>', 'only those of this machine')
    .option('--tenant <tenant>', 'only those for this tenant')
    .option('-a, --all', 'those that are over as well')
  withOutput(listing).action((options: ListOptions) => list(session, options))
  withOutput(group.command('show').argument('<reservation>').description('everything about one reservation')).action(
    async (text: string, options: OutputOption) => {
      const name = await findReservation(session, text)
      const { reservation } = await session.api().call(ReservationService.GetReservation, { name })
      printOne(session, reservation, options)
    },
  )
  const setting = group
    .command('set')
    .argument('<reservation>')
    .description('change when windows are, for whom, or the comment')
    .option('--tenant <tenant>', `${TENANT}, in place of those it is for`, collect)
    .option('--comment <text>', 'one sentence')
  withOutput(withTiming(setting)).action((text: string, options: SetOptions) => set(session, text, options))
  const verbs = {
    end: 'end the window that is open; those to come stay',
    delete: 'end a reservation for good',
  } as const
  for (const [verb, does] of Object.entries(verbs)) {
    const method = verb === 'end' ? ReservationService.EndWindow : ReservationService.DeleteReservation
    withOutput(group.command(verb).argument('<reservation>').description(does)).action(
      async (text: string, options: OutputOption) => {
        const request = { name: await findReservation(session, text), request_id: session.requestId() }
        const { reservation } = await session.api().call(method, request)
        printOne(session, reservation, options)
      },
    )
  }
}
