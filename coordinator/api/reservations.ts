import type { BilletError } from '../../shared/model/errors.ts'
import { parseMachineId, parseReservationId, parseReservationName, parseTenantName } from '../../shared/model/ids.ts'
import { RESERVATION_BOUNDS, isOpen, windowAt } from '../../shared/model/reservation.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import { type Clock, type Instant, type Milliseconds, milliseconds } from '../../shared/model/time.ts'
import {
  type WireTimestamp,
  atLeast,
  count,
  decode,
  duration,
  durationOf,
  enumWord,
  invalid,
  list,
  optionalInstant,
  optionalTimestamp,
  parsed,
  present,
  resource,
  text,
  timestamp,
} from '../../shared/wire/check.ts'
import { decodeExpression } from '../../shared/wire/constraints.ts'
import { recurrences, reservationStates } from '../../shared/wire/enums.ts'
import type { Reservation } from '../../shared/wire/gen/types/billet/v1/Reservation.ts'
import type { ReservationServiceHandlers } from '../../shared/wire/gen/types/billet/v1/ReservationService.ts'
import type { ReservationTiming__Output } from '../../shared/wire/gen/types/billet/v1/ReservationTiming.ts'
import type { AskedTiming, InputOf } from '../core/inputs.ts'
import type { ReservationRecord, Versioned } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Fleet } from '../ports.ts'
import { callerOf, digestOf } from './caller.ts'
import type { Call, Door } from './door.ts'
import { found } from './found.ts'
import { page } from './pages.ts'

const COMMENT = 200

/** What a method is asked with. */
type Request<Method extends 'CreateReservation' | 'ListReservations' | 'UpdateReservation'> = Parameters<
  ReservationServiceHandlers[Method]
>[0]['request']

export function reservationService(door: Door, fleet: Fleet, clock: Clock): ReservationServiceHandlers {
  const told = (reservation: Versioned<ReservationRecord>) => ({
    reservation: fleet.read((view) => reservationResource(view, reservation, clock.now())),
  })
  const verb = (kind: 'end_window' | 'delete_reservation') =>
    door.unary(async ({ name, request_id: request }: { name: string; request_id: string }, call: Call) => {
      const caller = callerOf(call, request)
      if (!caller.ok) return caller
      const reservation = decode(() => reservationId(name))
      if (!reservation.ok) return reservation
      const answer = await fleet.submit({ kind, caller: caller.value, reservation: reservation.value })
      return answer.ok ? ok(told(answer.value)) : answer
    })
  return {
    CreateReservation: door.unary(async (request, call) => {
      const caller = callerOf(call, request.request_id)
      if (!caller.ok) return caller
      const asked = decode(() => decodeCreate(request))
      if (!asked.ok) return asked
      const digest = digestOf(asked.value)
      const answer = await fleet.submit({ kind: 'create_reservation', caller: caller.value, digest, ...asked.value })
      return answer.ok ? ok(told(answer.value)) : answer
    }),
    GetReservation: door.unary(({ name }) => {
      const id = decode(() => reservationId(name))
      if (!id.ok) return id
      const record = fleet.read((view) => view.table('reservations').get(id.value))
      const answer = found(record, 'reservation_not_found', name)
      return answer.ok ? ok(told(answer.value)) : answer
    }),
    ListReservations: door.unary((request) => fleet.read((view) => listReservations(view, request, clock.now()))),
    UpdateReservation: door.unary(async (request, call) => {
      const caller = callerOf(call, request.request_id)
      if (!caller.ok) return caller
      const asked = decodeUpdate(request)
      if (!asked.ok) return asked
      const answer = await fleet.submit({ kind: 'update_reservation', caller: caller.value, ...asked.value })
      return answer.ok ? ok(told(answer.value)) : answer
    }),
    EndWindow: verb('end_window'),
    DeleteReservation: verb('delete_reservation'),
  }
}

function listReservations(view: FleetView, request: Request<'ListReservations'>, now: Instant) {
  const filter = decode(() => decodeFilter(request))
  if (!filter.ok) return filter
  const { machine, tenant, show_over: showOver } = request
  const listed = page(view, 'reservations', request, { machine, tenant, showOver }, filter.value)
  if (!listed.ok) return listed
  const { items, next } = listed.value
  const reservations = items.map((item) => reservationResource(view, item, now))
  return ok({ reservations, next_page_token: next, revision: view.revision })
}

const reservationId = (name: string) => resource('name', 'reservations', name, parseReservationId)

const machineIds = (names: readonly string[]) =>
  list('machines', names, RESERVATION_BOUNDS.machinesMost).map((name, index) =>
    resource(`machines[${index}]`, 'machines', name, parseMachineId),
  )

const tenantNames = (field: string, names: readonly string[]) =>
  list(field, names, RESERVATION_BOUNDS.tenantsMost).map((name, index) =>
    resource(`${field}[${index}]`, 'tenants', name, parseTenantName),
  )

type Created = Omit<InputOf<'create_reservation'>, 'kind' | 'caller' | 'digest'>

function decodeCreate(request: Request<'CreateReservation'>): Created {
  const { machine_count: machineCount, require: required, evict, admit_unlimited: admitsUnlimited } = request
  const machines = machineIds(request.machines)
  const isFound = machines.length === 0
  if (!isFound && machineCount !== 0) invalid('machine_count', 'expected none beside machines that are named')
  if (!isFound && required !== '') invalid('require', 'expected none beside machines that are named')
  if (admitsUnlimited && !evict) invalid('admit_unlimited', 'expected evict beside it')
  const wanted = {
    count: isFound ? count('machine_count', machineCount, 1, RESERVATION_BOUNDS.countMost) : 0,
    require: required === '' ? null : decodeExpression('require', required),
  }
  return {
    name: parsed('display_name', request.display_name, parseReservationName),
    timing: decodeTiming(present('timing', request.timing)),
    tenants: tenantNames('tenants', request.tenants),
    machines,
    wanted: isFound ? wanted : null,
    evicts: evict,
    admitsUnlimited,
    comment: text('comment', request.comment, COMMENT),
  }
}

function decodeTiming(wire: ReservationTiming__Output): AskedTiming {
  const { start_time: start, duration: lasts, recurrence, last_start_time: last } = wire
  return {
    start: optionalInstant('timing.start_time', start),
    duration: lasts === null ? null : lengthOf(lasts),
    recurrence: recurrence === 0 ? null : enumWord('timing.recurrence', recurrences, recurrence),
    lastStart: optionalInstant('timing.last_start_time', last),
  }
}

function lengthOf(lasts: WireTimestamp): Milliseconds {
  const { durationLeast: least, durationMost: most } = RESERVATION_BOUNDS
  const field = 'timing.duration'
  return milliseconds(Math.floor(atLeast(field, durationOf(field, lasts, least, most), least)))
}

type Updated = Omit<InputOf<'update_reservation'>, 'kind' | 'caller'>

function decodeUpdate(request: Request<'UpdateReservation'>): Result<Updated, BilletError> {
  return decode(() => {
    const { name, timing, tenants, comment } = request
    if (timing === null && tenants === null && comment === '') invalid('timing', 'expected something to change')
    return {
      reservation: reservationId(name),
      timing: timing === null ? null : decodeTiming(timing),
      tenants: tenants === null ? null : tenantNames('tenants.tenants', tenants.tenants),
      comment: comment === '' ? null : text('comment', comment, COMMENT),
    }
  })
}

type Filter = { readonly machine: string; readonly tenant: string; readonly show_over: boolean }

function decodeFilter({ machine, tenant, show_over: showOver }: Filter): (one: ReservationRecord) => boolean {
  const id = machine === '' ? null : resource('machine', 'machines', machine, parseMachineId)
  const name = tenant === '' ? null : resource('tenant', 'tenants', tenant, parseTenantName)
  return (one) =>
    (showOver || one.overAt === null) &&
    (id === null || one.machines.includes(id)) &&
    (name === null || one.tenants.includes(name))
}

export function reservationResource(
  view: FleetView,
  { record, revision }: Versioned<ReservationRecord>,
  now: Instant,
): Reservation {
  const window = record.overAt === null ? windowAt(record, now) : null
  const state = record.overAt !== null ? 'over' : isOpen(window, now) ? 'open' : 'waiting'
  return {
    name: `reservations/${record.id}`,
    display_name: record.name,
    timing: {
      start_time: timestamp(record.start),
      duration: record.duration === null ? null : duration(record.duration),
      recurrence: record.recurrence === null ? 0 : recurrences[record.recurrence],
      last_start_time: optionalTimestamp(record.lastStart),
    },
    tenants: record.tenants.map((name) => `tenants/${name}`),
    machines: record.machines.map((id) => `machines/${id}`),
    require: record.wanted?.require?.text ?? '',
    found_machines: record.wanted !== null,
    evict: record.evicts,
    admit_unlimited: record.admitsUnlimited,
    comment: record.comment,
    state: reservationStates[state],
    window_start_time: optionalTimestamp(window?.start ?? null),
    window_end_time: optionalTimestamp(window?.end ?? null),
    held_by_others: heldByOthers(view, record),
    user: record.user,
    create_time: timestamp(record.createdAt),
    end_time: optionalTimestamp(record.overAt),
    revision,
  }
}

function heldByOthers(view: FleetView, { machines, tenants, overAt }: ReservationRecord): number {
  if (overAt !== null) return 0
  return machines.filter((id) => {
    const machine = view.find('machines', id)
    return machine?.state === 'allocated' && machine.tenant !== null && !tenants.includes(machine.tenant)
  }).length
}
