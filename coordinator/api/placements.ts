import { parseMachineId, parsePlacementId, parseWorkloadId } from '../../shared/model/ids.ts'
import { isOver } from '../../shared/model/placement_phase.ts'
import { ok } from '../../shared/model/result.ts'
import { decode, resource } from '../../shared/wire/check.ts'
import type { PlacementFilter__Output } from '../../shared/wire/gen/types/billet/v1/PlacementFilter.ts'
import type { PlacementServiceHandlers } from '../../shared/wire/gen/types/billet/v1/PlacementService.ts'
import type { PlacementRecord } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
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
  }
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
