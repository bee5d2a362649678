import { parseMachineId, parseWorkloadId } from '../../shared/model/ids.ts'
import { ok } from '../../shared/model/result.ts'
import { count, decode, resource } from '../../shared/wire/check.ts'
import type { EventFilter__Output } from '../../shared/wire/gen/types/billet/v1/EventFilter.ts'
import type { EventServiceHandlers } from '../../shared/wire/gen/types/billet/v1/EventService.ts'
import type { EventRecord } from '../core/records.ts'
import type { Fleet } from '../ports.ts'
import type { Door } from './door.ts'
import { eventResource } from './resources.ts'
import { watchMessages } from './watch.ts'

const PAGE = 100
const PAGE_MAX = 1000

export function eventService(door: Door, fleet: Fleet): EventServiceHandlers {
  return {
    ListEvents: door.unary((request) => {
      const asked = decode(() => ({
        size: count('page_size', request.page_size, 0, PAGE_MAX) || PAGE,
        // Newest first: the token is the revision of the last event of the page before.
        before:
          request.page_token === '' ? Number.MAX_SAFE_INTEGER : count('page_token', Number(request.page_token), 1),
        matches: eventFilter(request.filter),
      }))
      if (!asked.ok) return asked
      const { size, before, matches } = asked.value
      return fleet.read((view) => {
        const events = [...view.table('events').values()]
          .filter(({ record, revision }) => revision < before && matches(record))
          .toSorted((left, right) => right.revision - left.revision)
        const items = events.slice(0, size)
        const next = events.length > size ? `${items.at(-1)?.revision ?? ''}` : ''
        return ok({ events: items.map(eventResource), next_page_token: next })
      })
    }),
    WatchEvents: door.stream(({ after_revision: afterRevision, filter }, { signal }) =>
      watchMessages(
        fleet,
        {
          table: 'events',
          afterRevision,
          filter: () => eventFilter(filter),
          lasting: () => eventFilter(filter),
          signal,
        },
        (item, revision) => ({ recorded: eventResource(item), revision }),
      ),
    ),
  }
}

function eventFilter(wire: EventFilter__Output | null): (event: EventRecord) => boolean {
  if (wire === null) return () => true
  const machine = wire.machine === '' ? null : resource('filter.machine', 'machines', wire.machine, parseMachineId)
  const workload =
    wire.workload === '' ? null : resource('filter.workload', 'workloads', wire.workload, parseWorkloadId)
  return (event) =>
    (machine === null || event.machine === machine) && (workload === null || event.workload === workload)
}
