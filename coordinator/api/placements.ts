import { type BilletError, errorKinds } from '../../shared/model/errors.ts'
import {
  type MachineId,
  type WorkloadId,
  parseMachineId,
  parsePlacementId,
  parseWorkloadId,
  revision as revisionOf,
} from '../../shared/model/ids.ts'
import { isOver } from '../../shared/model/placement_phase.ts'
import { ok } from '../../shared/model/result.ts'
import { count, decode, invalid, list, resource } from '../../shared/wire/check.ts'
import type { BindingOutcome } from '../../shared/wire/gen/types/billet/v1/BindingOutcome.ts'
import type { BindWorkloadsRequest__Output } from '../../shared/wire/gen/types/billet/v1/BindWorkloadsRequest.ts'
import type { PlacementFilter__Output } from '../../shared/wire/gen/types/billet/v1/PlacementFilter.ts'
import type { PlacementServiceHandlers } from '../../shared/wire/gen/types/billet/v1/PlacementService.ts'
import type { PlacementRecord } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
import { callerOf } from './caller.ts'
import type { Door } from './door.ts'
import { found } from './found.ts'
import { page } from './pages.ts'
import { placementResource } from './resources.ts'
import { watchMessages } from './watch.ts'

export function placementService(door: Door, fleet: Fleet): PlacementServiceHandlers {
  return {
    GetPlacement: door.unary(({ name }) => {
      const placement = decode(() => resource('name', 'placements', name, parsePlacementId))
      if (!placement.ok) return placement
      const record = fleet.read((view) => view.table('placements').get(placement.value))
      const answer = found(record, 'placement_not_found', name)
      return answer.ok ? ok({ placement: placementResource(answer.value) }) : answer
    }),
    ListPlacements: door.unary((request) => {
      const filter = decode(() => placementFilter(request.filter))
      if (!filter.ok) return filter
      return fleet.read((view) => {
        const listed = page(view, 'placements', request, request.filter, filter.value)
        if (!listed.ok) return listed
        const { items, next } = listed.value
        return ok({ placements: items.map(placementResource), next_page_token: next, revision: view.revision })
      })
    }),
    WatchPlacements: door.stream(({ after_revision: afterRevision, filter }, { signal }) =>
      watchMessages(
        fleet,
        {
          table: 'placements',
          afterRevision,
          filter: () => placementFilter(filter),
          lasting: () => placementFilter(filter === null ? null : { ...filter, active_only: false }),
          signal,
        },
        (item, revision) => ({ placement: placementResource(item), revision }),
      ),
    ),
    BindWorkloads: door.unary(async (request, call) => {
      const caller = callerOf(call, '')
      if (!caller.ok) return caller
      const asked = decode(() => bindingsOf(request))
      if (!asked.ok) return asked
      const seen = revisionOf(request.revision)
      // All at once, so that they are decided and written together; each stands or falls alone.
      const outcomes = await Promise.all(
        asked.value.map(async (binding) => {
          const answer = await fleet.submit({ kind: 'bind_workload', caller: caller.value, ...binding, seen })
          return outcomeOf(binding.workload, answer.ok ? null : answer.error)
        }),
      )
      return ok({ outcomes, revision: fleet.read((view) => view.revision) })
    }),
  }
}

type AskedBinding = { readonly workload: WorkloadId; readonly machines: readonly MachineId[] }

function bindingsOf({ bindings, revision: seen }: BindWorkloadsRequest__Output): readonly AskedBinding[] {
  count('revision', seen)
  if (bindings.length === 0) invalid('bindings', 'expected at least one')
  return list('bindings', bindings, 512).map(({ workload, machines }, index) => ({
    workload: resource(`bindings[${index}].workload`, 'workloads', workload, parseWorkloadId),
    machines: list(`bindings[${index}].machines`, machines, 4096).map((name, rank) =>
      resource(`bindings[${index}].machines[${rank}]`, 'machines', name, parseMachineId),
    ),
  }))
}

function outcomeOf(workload: WorkloadId, error: BilletError | null): BindingOutcome {
  const name = `workloads/${workload}`
  if (error === null) return { workload: name, accepted: true }
  const { reason = errorKinds[error.kind].reason, machines = '' } = error.metadata
  const against = machines.split(',').flatMap((pair) => {
    const [machine = '', why = ''] = pair.split('=')
    return machine === '' ? [] : [[`machines/${machine}`, why] as const]
  })
  return { workload: name, accepted: false, reason, message: error.message, machines: Object.fromEntries(against) }
}

function placementFilter(wire: PlacementFilter__Output | null): (placement: PlacementRecord) => boolean {
  if (wire === null) return () => true
  const { tenant, active_only: activeOnly } = wire
  const workload =
    wire.workload === '' ? null : resource('filter.workload', 'workloads', wire.workload, parseWorkloadId)
  const machine = wire.machine === '' ? null : resource('filter.machine', 'machines', wire.machine, parseMachineId)
  return (placement) =>
    (workload === null || placement.workload === workload) &&
    (machine === null || placement.machine === machine) &&
    (tenant === '' || placement.tenant === tenant) &&
    (!activeOnly || !isOver(placement.phase))
}
