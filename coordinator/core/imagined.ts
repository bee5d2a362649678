import {
  type PlacementId,
  type TenantName,
  type WorkloadId,
  SYSTEM_USER,
  parsePlacementId,
  parseWorkloadId,
} from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'
import type { Dependency, WorkloadSpec } from '../../shared/model/workload.ts'
import { layoutOf } from './ranks.ts'
import type { WorkloadRecord } from './records.ts'
import type { FleetView } from './state.ts'

/** No workload has this identifier: random ones of all zeroes do not happen. */
function nobody(): WorkloadId {
  const id = parseWorkloadId('wkl-0000000000000000')
  if (!id.ok) throw new Error(id.error)
  return id.value
}

/** A workload as it would be if it were submitted now. */
export function imagined(view: FleetView, tenant: TenantName, spec: WorkloadSpec, now: Instant): WorkloadRecord {
  return newWorkload(
    { id: nobody(), tenant, displayName: '', spec, user: SYSTEM_USER, now },
    view.cluster().nextSequence,
  )
}

/** The same as it would be if it had been placed at this moment. */
export function imaginedPlaced(workload: WorkloadRecord, now: Instant): WorkloadRecord {
  const layout = layoutOf(workload)
  return { ...workload, state: 'starting', stateAt: now, layout, placements: layout.map(nowhere) }
}

function nowhere(): PlacementId {
  const id = parsePlacementId('plc-0000000000000000')
  if (!id.ok) throw new Error(id.error)
  return id.value
}

const FOR_MACHINES = 'waits for machines'
/** Others that it waits for are named, so many of them. */
const NAMED = 3

/** A workload that waits, which says for whom; one that waits for nobody any more waits for machines. */
export function waitingFor(workload: WorkloadRecord, waitsFor: readonly Dependency[]): WorkloadRecord {
  const named = waitsFor.slice(0, NAMED).map((one) => `${one.workload} to have ${one.condition}`)
  const more = waitsFor.length - named.length
  const others = more === 0 ? '' : ` and ${more} more`
  const stateReason = waitsFor.length === 0 ? FOR_MACHINES : `waits for ${named.join(', ')}${others}`
  return { ...workload, waitsFor, stateReason }
}

type Submitted = Pick<WorkloadRecord, 'id' | 'tenant' | 'displayName' | 'spec' | 'user'> & { readonly now: Instant }

/** A workload that nothing has happened to yet. */
export function newWorkload({ now, ...submitted }: Submitted, sequence: number): WorkloadRecord {
  return {
    ...submitted,
    state: 'queued',
    stateReason: FOR_MACHINES,
    stateAt: now,
    placements: [],
    exitCode: null,
    createdAt: now,
    startedAt: null,
    endedAt: null,
    sequence,
    stop: null,
    attempt: 0,
    restarts: [],
    notBefore: null,
    waitsFor: [],
    preempting: false,
    array: null,
    vacancies: [],
    generation: 0,
    layout: [],
    sizes: null,
    formerPlacements: [],
  }
}
