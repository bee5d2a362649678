import type { ConstraintDraw, FleetDraw, GroupDraw, WorkloadDraw } from './draws.ts'
import { fixed, ofKinds, steadyGroup, withGroups, withoutKept } from './draws.ts'

/** Fleets and queues so narrowed that it can be said plainly who is placed; see `Reference`. */

/**
 * Tenants of one priority are one: whose tenant had less goes first then, and no reference knows of that. Nobody is
 * stopped for others.
 */
const oneTenant = (one: WorkloadDraw): WorkloadDraw => ({
  ...one,
  tenant: one.priority === 0 ? 0 : one.priority > 0 ? 1 : 2,
  preempts: false,
})

const withQueue = (fleet: FleetDraw, change: (one: WorkloadDraw) => WorkloadDraw): FleetDraw => ({
  ...fleet,
  queue: fleet.queue.map((one) => oneTenant(change(one))),
})

/** Nothing ties machines to each other; near each other is only better. */
export const loose = ({ arrangement: { pack }, ...one }: GroupDraw): GroupDraw => ({
  ...one,
  arrangement: { pack: pack === null ? null : { ...pack, required: false }, spread: null, sameClass: false },
})

/** Hardware tells kinds apart, and nothing else does: the labels that are asked for go along with it. */
function alike(fleet: FleetDraw): FleetDraw {
  const different = new Map(fleet.shapes.map((shape) => [JSON.stringify(shape), shape]))
  const shapes = [...different.values()]
  const machines = fleet.machines.map((one) => ({ ...one, tier: (one.shape % shapes.length) % 4 }))
  return withoutKept({ ...fleet, shapes, machines })
}

const withoutPreferences = (one: GroupDraw): GroupDraw => ({
  ...one,
  constraints: { ...one.constraints, prefer: [] },
})

export function countedWorld(fleet: FleetDraw): FleetDraw {
  const calm = withGroups(alike(fleet), (one) => withoutPreferences(loose(steadyGroup(one))))
  // What is kept for several groups is kept machine by machine: which, no reference can say plainly.
  return withQueue(calm, (one) => ({ ...one, groups: one.groups.slice(0, 1) }))
}

/** Leaves out one machine at least: that is enough to make it look at each. */
const single = (draw: ConstraintDraw): ConstraintDraw =>
  draw.machines.length + draw.excluded.length > 0 ? draw : { ...draw, excluded: [3] }

export const singleWorld = (fleet: FleetDraw): FleetDraw =>
  withQueue(
    withGroups(fixed(fleet), (one) => ({ ...loose(one), constraints: single(one.constraints) })),
    (one) => ({ ...one, groups: one.groups.slice(0, 1) }),
  )

const packed = ({ arrangement: { pack }, ...one }: GroupDraw): GroupDraw => ({
  ...one,
  more: 0,
  constraints: ofKinds(one.constraints),
  arrangement: { pack: { level: pack?.level ?? 'rack', required: true }, spread: null, sameClass: false },
})

export const packedWorld = (fleet: FleetDraw): FleetDraw =>
  withQueue(withGroups(alike(fixed(fleet)), packed), (one) => ({ ...one, groups: one.groups.slice(0, 1), vacant: 0 }))

/** Nobody is over time at first, and nobody lacks single ranks: the future can be told. */
export const timelyWorld = (fleet: FleetDraw): FleetDraw => ({
  ...fleet,
  machines: fleet.machines.map((one) => ({
    ...one,
    state: one.state === 'free' ? 'free' : 'held',
    elapsed: Math.min(one.elapsed, one.limit ?? 0),
  })),
  queue: fleet.queue.map((one) => oneTenant({ ...one, vacant: 0 })),
})

/** Every other workload asks for hardware alone, and the others look at single machines. */
export function mixedWorld(fleet: FleetDraw): FleetDraw {
  const calm = singleWorld(fleet)
  const queue = calm.queue.map((one, index) =>
    index % 2 === 0 ? one : { ...one, groups: one.groups.map(steadyGroup) },
  )
  return { ...calm, queue }
}

/** Many may be stopped for others. */
export const preemptingWorld = (fleet: FleetDraw): FleetDraw => ({
  ...fleet,
  queue: fleet.queue.map((one, index) => ({ ...one, preempts: index % 2 === 0, vacant: 0 })),
})
