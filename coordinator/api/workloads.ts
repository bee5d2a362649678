import { parseTenantName, parseWorkloadId, type WorkloadId } from '../../shared/model/ids.ts'
import { type BilletError, errorKinds } from '../../shared/model/errors.ts'
import { NOTHING_TO_EXPLAIN, type StoppedFor } from '../../shared/model/workload.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import { decode, enumWord, invalid, list, parsed, resource, text } from '../../shared/wire/check.ts'
import { workloadStates } from '../../shared/wire/enums.ts'
import type { CancelWorkloadRequest__Output } from '../../shared/wire/gen/types/billet/v1/CancelWorkloadRequest.ts'
import type { ListWorkloadsRequest__Output } from '../../shared/wire/gen/types/billet/v1/ListWorkloadsRequest.ts'
import type { ListWorkloadsResponse } from '../../shared/wire/gen/types/billet/v1/ListWorkloadsResponse.ts'
import type { PlanWorkloadRequest__Output } from '../../shared/wire/gen/types/billet/v1/PlanWorkloadRequest.ts'
import type { PlanWorkloadResponse } from '../../shared/wire/gen/types/billet/v1/PlanWorkloadResponse.ts'
import type { ResizeWorkloadRequest__Output } from '../../shared/wire/gen/types/billet/v1/ResizeWorkloadRequest.ts'
import type { SubmitWorkloadRequest__Output } from '../../shared/wire/gen/types/billet/v1/SubmitWorkloadRequest.ts'
import type { StoppedFor as StoppedForMessage } from '../../shared/wire/gen/types/billet/v1/StoppedFor.ts'
import type { Workload } from '../../shared/wire/gen/types/billet/v1/Workload.ts'
import type { WorkloadFilter__Output } from '../../shared/wire/gen/types/billet/v1/WorkloadFilter.ts'
import type { WorkloadOutcome } from '../../shared/wire/gen/types/billet/v1/WorkloadOutcome.ts'
import type { WorkloadServiceHandlers } from '../../shared/wire/gen/types/billet/v1/WorkloadService.ts'
import { decodeResize, decodeWorkloadSpec } from '../../shared/wire/workload.ts'
import type { Caller, InputOf } from '../core/inputs.ts'
import type { Versioned, WorkloadRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Fleet } from '../ports.ts'
import { callerOf, digestOf } from './caller.ts'
import type { Call, Door } from './door.ts'
import { found } from './found.ts'
import { readLogs } from './logs.ts'
import { page } from './pages.ts'
import type { LogSource } from './ports.ts'
import { explanationResource, workloadResource } from './resources.ts'
import { watchMessages } from './watch.ts'

export function workloadService(door: Door, fleet: Fleet, logs: LogSource): WorkloadServiceHandlers {
  /** Why it waits is for whoever asks for that: it means looking at the whole fleet. */
  const resourceOf = (versioned: Versioned<WorkloadRecord>): Workload =>
    fleet.read((view) => workloadResource(view, versioned, NOTHING_TO_EXPLAIN))
  return {
    SubmitWorkload: door.unary(async (request, call) => {
      const answer = await submitOne(fleet, request, call)
      return answer.ok ? ok({ workload: resourceOf(answer.value) }) : answer
    }),
    SubmitWorkloads: door.unary(({ requests }, call) =>
      each(fleet, requests, (request) => submitOne(fleet, request, call)),
    ),
    CancelWorkloads: door.unary(({ requests }, call) =>
      each(fleet, requests, (request) => cancelOne(fleet, request, call)),
    ),
    GetWorkload: door.unary(({ name }) => {
      const workload = decode(() => workloadName(name))
      if (!workload.ok) return workload
      const record = fleet.read((view) => view.table('workloads').get(workload.value))
      const answer = found(record, 'workload_not_found', name)
      if (!answer.ok) return answer
      const explanation = fleet.explain(workload.value)
      return ok({ workload: fleet.read((view) => workloadResource(view, answer.value, explanation)) })
    }),
    PlanWorkload: door.unary((request) => planWorkload(fleet, request)),
    ListWorkloads: door.unary((request) => listWorkloads(fleet, request)),
    WatchWorkloads: door.stream(({ after_revision: afterRevision, filter }, { signal }) =>
      watchMessages(
        fleet,
        {
          table: 'workloads',
          afterRevision,
          filter: () => workloadFilter(filter),
          lasting: () => workloadFilter(filter === null ? null : { ...filter, states: [] }),
          signal,
        },
        (item, revision) => ({ workload: resourceOf(item), revision }),
      ),
    ),
    CancelWorkload: door.unary(async (request, call) => {
      const answer = await cancelOne(fleet, request, call)
      return answer.ok ? ok({ workload: resourceOf(answer.value) }) : answer
    }),
    ResizeWorkload: door.unary(async (request, call) => {
      const caller = callerOf(call, request.request_id)
      const asked = caller.ok ? resizeOf(request, caller.value) : caller
      const answer = asked.ok ? await fleet.submit(asked.value) : asked
      return answer.ok ? ok({ workload: resourceOf(answer.value) }) : answer
    }),
    ReadLogs: door.stream((request, { signal }) => readLogs(fleet, logs, request, signal)),
  }
}

const submissionOf = (request: SubmitWorkloadRequest__Output) => ({
  tenant: parsed('tenant', request.tenant, parseTenantName),
  displayName: text('display_name', request.display_name, 63),
  spec: decodeWorkloadSpec('spec', request.spec),
})

function resizeOf(
  request: ResizeWorkloadRequest__Output,
  caller: Caller,
): Result<InputOf<'resize_workload'>, BilletError> {
  return decode(() => ({
    kind: 'resize_workload',
    caller,
    workload: workloadName(request.name),
    group: text('group', request.group, 63),
    ...decodeResize(request),
  }))
}

type Answered = Promise<Result<Versioned<WorkloadRecord>, BilletError>>

async function submitOne(fleet: Fleet, request: SubmitWorkloadRequest__Output, call: Call): Answered {
  const caller = callerOf(call, request.request_id)
  if (!caller.ok) return caller
  const asked = decode(() => submissionOf(request))
  if (!asked.ok) return asked
  const digest = digestOf(asked.value)
  return fleet.submit({ kind: 'submit_workload', caller: caller.value, digest, ...asked.value })
}

async function cancelOne(fleet: Fleet, request: CancelWorkloadRequest__Output, call: Call): Answered {
  const caller = callerOf(call, request.request_id)
  if (!caller.ok) return caller
  const asked = decode(() => ({
    workload: workloadName(request.name),
    reason: text('reason', request.reason, 500),
  }))
  if (!asked.ok) return asked
  return fleet.submit({ kind: 'cancel_workload', caller: caller.value, ...asked.value })
}

const TOGETHER_MOST = 512

/** All are submitted at once, so that they are decided and written together; each stands or falls alone. */
async function each<Request>(
  fleet: Fleet,
  requests: readonly Request[],
  act: (request: Request) => Answered,
): Promise<Result<{ readonly outcomes: WorkloadOutcome[]; readonly revision: number }, BilletError>> {
  const asked = decode(() => {
    if (requests.length === 0) invalid('requests', 'expected at least one')
    return list('requests', requests, TOGETHER_MOST)
  })
  if (!asked.ok) return asked
  const outcomes = await Promise.all(asked.value.map(async (request) => outcomeOf(await act(request))))
  return ok({ outcomes, revision: fleet.read((view) => view.revision) })
}

function outcomeOf(answer: Awaited<Answered>): WorkloadOutcome {
  if (answer.ok) return { workload: `workloads/${answer.value.record.id}`, accepted: true }
  const { kind, message } = answer.error
  return { workload: '', accepted: false, reason: errorKinds[kind].reason, message }
}

function planWorkload(fleet: Fleet, request: PlanWorkloadRequest__Output): Result<PlanWorkloadResponse, BilletError> {
  const asked = decode(() => ({
    tenant: parsed('tenant', request.tenant, parseTenantName),
    spec: decodeWorkloadSpec('spec', request.spec),
  }))
  if (!asked.ok) return asked
  const forecast = fleet.forecast(asked.value.tenant, asked.value.spec)
  if (!forecast.ok) return forecast
  const { machines, preempted, explanation } = forecast.value
  return fleet.read((view) =>
    ok({
      machines: machines.map((id) => `machines/${id}`),
      preempted: preempted.map(({ workload }) => `workloads/${workload}`),
      ...explanationResource(explanation),
      revision: view.revision,
      stopped: preempted.map((one) => stoppedResource(view, one)),
    }),
  )
}

function stoppedResource(view: FleetView, { workload, reason }: StoppedFor): StoppedForMessage {
  const record = view.find('workloads', workload)
  return {
    workload: `workloads/${workload}`,
    tenant: record?.tenant ?? '',
    machine_count: record?.placements.length ?? 0,
    reason: reason.toUpperCase(),
  }
}

function listWorkloads(
  fleet: Fleet,
  request: ListWorkloadsRequest__Output,
): Result<ListWorkloadsResponse, BilletError> {
  const filter = decode(() => workloadFilter(request.filter))
  if (!filter.ok) return filter
  return fleet.read((view) => {
    const listed = page(view, 'workloads', request, request.filter, filter.value)
    if (!listed.ok) return listed
    const { items, next } = listed.value
    const workloads = items.map((item) => workloadResource(view, item, NOTHING_TO_EXPLAIN))
    return ok({ workloads, next_page_token: next, revision: view.revision })
  })
}

function workloadName(name: string): WorkloadId {
  return resource('name', 'workloads', name, parseWorkloadId)
}

function workloadFilter(wire: WorkloadFilter__Output | null): (workload: WorkloadRecord) => boolean {
  if (wire === null) return () => true
  const states = list('filter.states', wire.states, 10).map((state, index) =>
    enumWord(`filter.states[${index}]`, workloadStates, state),
  )
  const id = wire.name === '' ? null : resource('filter.name', 'workloads', wire.name, parseWorkloadId)
  const array = wire.array === '' ? null : resource('filter.array', 'workloads', wire.array, parseWorkloadId)
  const { tenant, scheduler } = wire
  return (workload) =>
    (tenant === '' || workload.tenant === tenant) &&
    (array === null || workload.array?.first === array) &&
    (scheduler === '' || workload.spec.scheduler === scheduler) &&
    (states.length === 0 || states.includes(workload.state)) &&
    (id === null || workload.id === id)
}
