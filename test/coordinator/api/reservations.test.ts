import test, { type ExecutionContext } from 'ava'
import { ReservationRecurrence } from '../../../shared/wire/gen/types/billet/v1/ReservationRecurrence.ts'
import { Connection } from '../../../shared/grpc/client.ts'
import { services } from '../../../shared/wire/load.ts'
import { Fleet } from '../../cli/fixture.ts'
import { must } from '../../fixtures.ts'
import { running } from '../../cli/scripts.ts'

const { EventService, MachineService, ReservationService, WorkloadService } = services

async function open(t: ExecutionContext): Promise<{ readonly fleet: Fleet; readonly admin: Connection }> {
  const fleet = await Fleet.open(t)
  const { address, ca, certificate, key } = fleet.context()
  const admin = new Connection(address, { authorities: ca, identity: { certificate, key } })
  t.teardown(() => admin.close())
  return { fleet, admin }
}

/** The name of a machine that is there. */
async function aMachine(fleet: Fleet, admin: Connection): Promise<string> {
  await fleet.machine('node-1', running)
  return must(await admin.call(MachineService.ListMachines, {})).machines[0]?.name ?? ''
}

const hour = { seconds: 3600, nanos: 0 }
const inHours = (count: number) => ({ seconds: Math.floor(Date.now() / 1000) + count * 3600, nanos: 0 })
const nowhere = 'machines/mch-0000000000000000'

test('what is wrong in a reservation is refused by field', async (t) => {
  const { admin } = await open(t)
  const good = { display_name: 'exam', timing: { start_time: inHours(2), duration: hour }, machine_count: 1 }
  const field = async (asked: object) => {
    const answer = await admin.call(ReservationService.CreateReservation, { ...good, ...asked })
    return answer.ok ? 'accepted' : `${answer.error.kind} ${answer.error.field ?? ''}`
  }
  t.is(await field({ display_name: 'An exam' }), 'invalid_argument display_name')
  t.is(await field({ timing: null }), 'invalid_argument timing')
  t.is(await field({ timing: { duration: { seconds: 59, nanos: 0 } } }), 'invalid_argument timing.duration')
  t.is(await field({ timing: { duration: hour, recurrence: 7 } }), 'invalid_argument timing.recurrence')
  const daily = { start_time: inHours(2), duration: { seconds: 86_400, nanos: 0 }, recurrence: 1 }
  t.is(await field({ timing: daily }), 'invalid_argument timing.duration')
  t.is(await field({ timing: { start_time: inHours(-2), duration: hour } }), 'invalid_argument timing')
  t.is(await field({ timing: { start_time: inHours(24 * 800), duration: hour } }), 'invalid_argument timing.start_time')
  t.is(await field({ timing: {}, tenants: ['tenants/red'] }), 'invalid_argument timing.duration')
  t.is(await field({ machine_count: 0 }), 'invalid_argument machine_count')
  t.is(await field({ machines: [nowhere] }), 'invalid_argument machine_count')
  t.is(await field({ machines: [nowhere], machine_count: 0 }), 'machine_not_found ')
  t.is(await field({ machines: ['node-1'], machine_count: 0 }), 'invalid_argument machines[0]')
  t.is(await field({ tenants: ['red'] }), 'invalid_argument tenants[0]')
  t.is(await field({ require: 'gpu.count >' }), 'invalid_argument require')
  t.is(await field({ admit_unlimited: true }), 'invalid_argument admit_unlimited')
  t.is(await field({ comment: 'x'.repeat(201) }), 'invalid_argument comment')
  t.is(await field({}), 'reservation_conflict ', 'there is no machine at all')
})

test('a reservation is created once for a request, told, listed, changed, and ended', async (t) => {
  const { fleet, admin } = await open(t)
  const machine = await aMachine(fleet, admin)
  const request = {
    display_name: 'exam',
    timing: {
      start_time: inHours(2),
      duration: hour,
      recurrence: ReservationRecurrence.RESERVATION_RECURRENCE_WEEKLY,
      last_start_time: inHours(24 * 30),
    },
    tenants: ['tenants/red'],
    machine_count: 1,
    require: 'hostname = node-1',
    evict: true,
    admit_unlimited: true,
    comment: 'finals',
    request_id: 'r1',
  }
  const { reservation: made } = must(await admin.call(ReservationService.CreateReservation, request))
  const { reservation: again } = must(await admin.call(ReservationService.CreateReservation, request))
  t.is(again?.name, made?.name)
  const name = made?.name ?? ''
  t.like(made, { display_name: 'exam', tenants: ['tenants/red'], require: 'hostname = node-1', found_machines: true })
  t.like(made, {
    evict: true,
    admit_unlimited: true,
    comment: 'finals',
    state: 1,
    window_start_time: request.timing.start_time,
  })
  t.deepEqual(made?.machines, [machine])
  const other = await admin.call(ReservationService.CreateReservation, { ...request, comment: 'other' })
  t.is(other.ok ? '' : other.error.kind, 'request_id_reused')
  const list = async (filter: object) =>
    must(await admin.call(ReservationService.ListReservations, filter)).reservations.map((one) => one.name)
  t.deepEqual(await list({ machine }), [name])
  t.deepEqual(await list({ machine: nowhere }), [])
  t.deepEqual(await list({ tenant: 'tenants/red' }), [name])
  t.deepEqual(await list({ tenant: 'tenants/blue' }), [])
  await ends(t, admin, name)
})

/** Changes it, and ends it for good. */
async function ends(t: ExecutionContext, admin: Connection, name: string): Promise<void> {
  const list = async (filter: object) =>
    must(await admin.call(ReservationService.ListReservations, filter)).reservations.map((one) => one.name)
  const { reservation: changed } = must(
    await admin.call(ReservationService.UpdateReservation, {
      name,
      timing: { duration: { seconds: 7200, nanos: 0 }, recurrence: 2 },
      tenants: { tenants: ['tenants/blue'] },
    }),
  )
  t.like(changed, { tenants: ['tenants/blue'], comment: 'finals' })
  t.like(changed?.timing, { duration: { seconds: 7200, nanos: 0 }, last_start_time: null })
  const early = await admin.call(ReservationService.EndWindow, { name })
  t.is(early.ok ? '' : early.error.kind, 'state_conflict')
  for (const _ of [1, 2]) {
    const { reservation } = must(await admin.call(ReservationService.DeleteReservation, { name }))
    t.like(reservation, { state: 3, window_start_time: null })
  }
  t.deepEqual(await list({}), [])
  t.deepEqual(await list({ show_over: true }), [name])
  const late = await admin.call(ReservationService.UpdateReservation, { name, comment: 'x' })
  t.is(late.ok ? '' : late.error.kind, 'state_conflict')
  const none = await admin.call(ReservationService.GetReservation, { name: 'reservations/rsv-0000000000000000' })
  t.is(none.ok ? '' : none.error.kind, 'reservation_not_found')
}

test('a machine is drained by a time, takes that back, and says what it waits for', async (t) => {
  const { fleet, admin } = await open(t)
  const name = await aMachine(fleet, admin)
  const drain = { name, reason: 'new fans', by_time: inHours(2) }
  t.is(must(await admin.call(MachineService.DrainMachine, drain)).machine?.cordon ?? null, null)
  const { workload } = must(
    await admin.call(WorkloadService.SubmitWorkload, { tenant: 'red', spec: { machine_count: 1 } }),
  )
  const read = async () => must(await admin.call(WorkloadService.GetWorkload, { name: workload?.name ?? '' })).workload
  t.like((await read())?.refusals[0], { reason: 'RESERVATION', machine_count: 1 })
  const planned = must(await admin.call(ReservationService.ListReservations, { machine: name })).reservations
  t.like(planned[0], { comment: 'new fans', tenants: [], window_end_time: null, evict: true })
  must(await admin.call(MachineService.UncordonMachine, { name }))
  t.deepEqual(must(await admin.call(ReservationService.ListReservations, {})).reservations, [])
  const far = await admin.call(MachineService.DrainMachine, { ...drain, by_time: inHours(24 * 800) })
  t.like(far, { ok: false, error: { kind: 'invalid_argument', field: 'by_time' } })
  const { events } = must(await admin.call(EventService.ListEvents, {}))
  t.true(events.some(({ reason }) => reason === 'MACHINE_DRAIN_PLANNED'))
})
