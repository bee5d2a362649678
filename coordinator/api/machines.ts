import { CHECK_BOUNDS } from '../../shared/model/check.ts'
import type { BilletError } from '../../shared/model/errors.ts'
import { type MachineId, parseMachineId } from '../../shared/model/ids.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import {
  type WireTimestamp,
  decode,
  enumWord,
  instantOf,
  invalid,
  list,
  map,
  resource,
  text,
} from '../../shared/wire/check.ts'
import { encodeKernelEvent } from '../../shared/wire/kernel_event.ts'
import { connections, machineStates } from '../../shared/wire/enums.ts'
import type { Certificate } from '../../shared/wire/gen/types/billet/v1/Certificate.ts'
import type { ListKernelEventsResponse } from '../../shared/wire/gen/types/billet/v1/ListKernelEventsResponse.ts'
import type { Machine } from '../../shared/wire/gen/types/billet/v1/Machine.ts'
import type { MachineFilter__Output } from '../../shared/wire/gen/types/billet/v1/MachineFilter.ts'
import type { MachineServiceHandlers } from '../../shared/wire/gen/types/billet/v1/MachineService.ts'
import { CERTIFICATES_KEPT, certificateKey } from '../core/certificate_key.ts'
import type { Caller, InputOf } from '../core/inputs.ts'
import type { MachineRecord, Versioned } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
import { callerOf } from './caller.ts'
import { listCheckResults } from './checks.ts'
import type { Call, Door } from './door.ts'
import { found } from './found.ts'
import type { KernelView } from './ports.ts'
import { page } from './pages.ts'
import { certificateResource, machineResource } from './resources.ts'
import { watchMessages } from './watch.ts'

const REASON = 500

export function machineService(door: Door, fleet: Fleet, kernels: KernelView): MachineServiceHandlers {
  return {
    GetMachine: door.unary(({ name }) => getMachine(fleet, name)),
    ListMachines: door.unary((request) => {
      const filter = decode(() => machineFilter(request.filter))
      if (!filter.ok) return filter
      return fleet.read((view) => {
        const listed = page(view, 'machines', request, request.filter, filter.value)
        if (!listed.ok) return listed
        const { items, next } = listed.value
        return ok({ machines: items.map(machineResource), next_page_token: next, revision: view.revision })
      })
    }),
    WatchMachines: door.stream(({ after_revision: afterRevision, filter }, { signal }) =>
      watchMessages(
        fleet,
        { table: 'machines', afterRevision, filter: () => machineFilter(filter), signal },
        (item, revision) => ({ machine: machineResource(item), revision }),
      ),
    ),
    ListCheckResults: door.unary(({ parent }) => listCheckResults(fleet, parent)),
    ListCertificates: door.unary(({ parent }) => listCertificates(fleet, parent)),
    ListKernelEvents: door.unary(({ parent }) => listKernelEvents(kernels, parent)),
    ...machineVerbs(door, fleet),
  }
}

function machineVerbs(door: Door, fleet: Fleet) {
  return {
    ApproveMachine: verb(door, fleet, (about) => ({ kind: 'approve_machine', ...about })),
    CordonMachine: verb(door, fleet, (about, { reason }) => ({
      kind: 'cordon_machine',
      ...about,
      reason: why(reason),
      drain: false,
    })),
    UncordonMachine: verb(door, fleet, (about) => ({ kind: 'uncordon_machine', ...about })),
    DrainMachine: verb(door, fleet, (about, { reason, by_time: by = null }) => ({
      kind: 'cordon_machine',
      ...about,
      reason: why(reason),
      drain: true,
      ...drainTime(by),
    })),
    LabelMachine: verb(door, fleet, (about, { set = {}, remove = [] }) => ({
      kind: 'label_machine',
      ...about,
      set: map('set', set, { entries: 64, key: 63, value: 63 }),
      remove: list('remove', remove, 64),
    })),
    QuarantineMachine: verb(door, fleet, (about, { reason }) => {
      return { kind: 'quarantine_machine', ...about, reason: why(reason) }
    }),
    CheckMachine: verb(door, fleet, (about, { checks = [] }) => ({
      kind: 'check_machine',
      ...about,
      checks: list('checks', checks, CHECK_BOUNDS.checks),
    })),
    AcceptHardware: verb(door, fleet, (about) => ({ kind: 'accept_hardware', ...about })),
    RevalidateMachine: verb(door, fleet, (about) => ({ kind: 'revalidate_machine', ...about })),
    RetireMachine: verb(door, fleet, (about, { force = false }) => ({ kind: 'retire_machine', ...about, force })),
  } satisfies Partial<MachineServiceHandlers>
}

function getMachine(fleet: Fleet, name: string): Result<{ machine: Machine }, BilletError> {
  const machine = decode(() => resource('name', 'machines', name, parseMachineId))
  if (!machine.ok) return machine
  const record = fleet.read((view) => view.table('machines').get(machine.value))
  const answer = found(record, 'machine_not_found', name)
  return answer.ok ? ok({ machine: machineResource(answer.value) }) : answer
}

function listKernelEvents(kernels: KernelView, parent: string): Result<ListKernelEventsResponse, BilletError> {
  const machine = decode(() => resource('parent', 'machines', parent, parseMachineId))
  return machine.ok ? ok({ kernel_events: kernels.of(machine.value).map(encodeKernelEvent) }) : machine
}

function listCertificates(fleet: Fleet, parent: string): Result<{ certificates: Certificate[] }, BilletError> {
  const machine = decode(() => resource('parent', 'machines', parent, parseMachineId))
  return machine.ok ? ok({ certificates: certificatesOf(fleet, machine.value) }) : machine
}

function certificatesOf(fleet: Fleet, machine: MachineId): Certificate[] {
  return fleet.read((view) => {
    const newest = view.find('machines', machine)?.releases ?? 0
    const kept: Certificate[] = []
    for (let sequence = newest; sequence > newest - CERTIFICATES_KEPT && sequence > 0; sequence -= 1) {
      const record = view.find('certificates', certificateKey(machine, sequence))
      if (record?.signed !== undefined && record.signed !== null) kept.push(certificateResource(record, record.signed))
    }
    return kept
  })
}

const drainTime = (by: WireTimestamp | null) => (by === null ? {} : { by: instantOf('by_time', by) })

function why(reason = ''): string {
  return reason === '' ? invalid('reason', 'expected one sentence, got none') : text('reason', reason, REASON)
}

type VerbRequest = {
  readonly name: string
  readonly request_id: string
  readonly reason?: string
  readonly force?: boolean
  readonly by_time?: WireTimestamp | null
  readonly set?: Readonly<Record<string, string>>
  readonly remove?: readonly string[]
  readonly checks?: readonly string[]
}

type MachineVerb =
  | 'approve_machine'
  | 'cordon_machine'
  | 'uncordon_machine'
  | 'label_machine'
  | 'quarantine_machine'
  | 'revalidate_machine'
  | 'check_machine'
  | 'accept_hardware'
  | 'retire_machine'

type About = { readonly caller: Caller; readonly machine: MachineId }

/** A verb on one machine: what all have in common, and what this one adds. */
function verb<Kind extends MachineVerb>(
  door: Door,
  fleet: Fleet,
  input: (about: About, request: VerbRequest) => InputOf<Kind>,
) {
  return door.unary(async (request: VerbRequest, call: Call): Promise<Result<{ machine: Machine }, BilletError>> => {
    const caller = callerOf(call, request.request_id)
    if (!caller.ok) return caller
    const decided = decode(() => {
      const machine = resource('name', 'machines', request.name, parseMachineId)
      return input({ caller: caller.value, machine }, request)
    })
    if (!decided.ok) return decided
    const answer: Result<Versioned<MachineRecord>, BilletError> = await fleet.submit<Kind>(decided.value)
    return answer.ok ? ok({ machine: machineResource(answer.value) }) : answer
  })
}

function machineFilter(wire: MachineFilter__Output | null): (machine: MachineRecord) => boolean {
  if (wire === null) return () => true
  const states = list('filter.states', wire.states, 10).map((state, index) =>
    enumWord(`filter.states[${index}]`, machineStates, state),
  )
  const labels = Object.entries(map('filter.labels', wire.labels, { entries: 64, key: 63, value: 63 }))
  const connection = wire.connection === 0 ? null : enumWord('filter.connection', connections, wire.connection)
  const { hardware_class: hardwareClass, tenant, prefix } = wire
  return (machine) =>
    (states.length === 0 || states.includes(machine.state)) &&
    labels.every(([key, value]) => machine.labels[key] === value) &&
    (hardwareClass === '' || machine.hardwareClass === hardwareClass) &&
    (tenant === '' || machine.tenant === tenant) &&
    (connection === null || machine.connection === connection) &&
    (prefix === '' || machine.hostname.startsWith(prefix) || `machines/${machine.id}`.startsWith(prefix))
}
