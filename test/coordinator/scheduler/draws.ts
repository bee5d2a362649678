import * as fc from 'fast-check'
import { hardwareClass } from '../../../coordinator/core/hardware_class.ts'
import { parseExpression } from '../../../shared/model/expression/parse.ts'
import type { Expression } from '../../../shared/model/expression/expression.ts'
import type { Gpu, Inventory } from '../../../shared/model/inventory.ts'
import type { Arrangement } from '../../../shared/model/workload.ts'
import { LEVELS, inventory, must } from '../../fixtures.ts'

/** Plain data that fleets and queues are made of: it shrinks well and is printed whole when a property fails. */
export type ShapeDraw = { readonly gpus: number; readonly memoryGib: number; readonly threads: number }

export const machineStates = [
  'free',
  'held',
  'pending',
  'validating',
  'sanitising',
  'quarantined',
  'retired',
  'cordoned',
  'silent',
  'lost',
  'sick',
] as const

export type MachineDraw = {
  readonly shape: number
  /** Memory that firmware keeps, in MiB: machines that are alike otherwise. */
  readonly kept: number
  readonly name: number
  /** 0: the machine does not say. */
  readonly site: number
  readonly row: number
  readonly rack: number
  readonly tier: number
  readonly state: (typeof machineStates)[number]
  /** Of what holds it: time limit and time since its start, in minutes. */
  readonly limit: number | null
  readonly elapsed: number
  /** Whether it may be stopped for others. */
  readonly isPreemptible: boolean
  /** How many machines more what holds it may have; none where it does not say. */
  readonly more?: number
}

export type ConstraintDraw = {
  readonly shape: number | null
  readonly labels: readonly (readonly [string, string])[]
  readonly gpusMin: number
  readonly memoryGibMin: number
  /** Places in the list of machines. */
  readonly machines: readonly number[]
  readonly excluded: readonly number[]
  readonly require: string | null
  readonly prefer: readonly { readonly text: string; readonly weight: number }[]
}

export type GroupDraw = {
  /** How many it must have. */
  readonly count: number
  /** How many more it may have; none where it does not say. */
  readonly more?: number
  readonly constraints: ConstraintDraw
  readonly arrangement: Arrangement
}

export type WorkloadDraw = {
  readonly tenant: number
  readonly priority: number
  readonly groups: readonly GroupDraw[]
  /** Minutes. */
  readonly limit: number | null
  /** Ranks that wait for another machine while the rest runs; 0: it waits as a whole. */
  readonly vacant: number
  /** Which reservation it names; 0: none. */
  readonly within?: number
  /** Whether others may be stopped for it, and it for others. */
  readonly preempts: boolean
  readonly isPreemptible: boolean
}

export type ReservationDraw = {
  /** Places in the list of machines, and in that of tenants. */
  readonly machines: readonly number[]
  readonly tenants: readonly number[]
  /** Minutes from now, and how many. */
  readonly in: number
  readonly lasts: number
  readonly isDaily: boolean
  readonly isEndless: boolean
  readonly admitsUnlimited: boolean
}

export type FleetDraw = {
  readonly shapes: readonly ShapeDraw[]
  readonly machines: readonly MachineDraw[]
  readonly queue: readonly WorkloadDraw[]
  readonly reservations?: readonly ReservationDraw[]
}

const GIB = 1024 ** 3
export const TIERS = ['', 'gold', 'silver', 'tin'] as const
export const TEXTS = [
  'gpu.count >= 4',
  'memory >= 64GiB',
  'label.tier = gold',
  'label.tier exists',
  'label.rack in (r1, r2)',
  'label.row != w1',
  'label.site = s1 or label.rack > r2',
  'hostname ~ "n1*"',
  'hostname in (n1, n2, n3, n12)',
  'cpu.threads > 64 or label.tier = silver',
  'not (gpu.vendor = NVIDIA)',
  'gpu.model ~ "*H100*"',
  'class ~ "*128t*"',
] as const

const expressions = new Map<string, Expression>()

export function expressionOf(text: string): Expression {
  let expression = expressions.get(text)
  if (expression === undefined) {
    expression = must(parseExpression(text))
    expressions.set(text, expression)
  }
  return expression
}

const gpu: Gpu = {
  index: 0,
  vendor: 'NVIDIA',
  model: 'NVIDIA H100',
  uuid: '',
  memoryBytes: 80 * GIB,
  serial: '',
  driver: '550.54',
}

export function inventoryOf({ gpus, memoryGib, threads }: ShapeDraw, kept = 0): Inventory {
  return inventory({
    memoryBytes: (memoryGib + 1) * GIB - 1024 ** 2 * (1 + kept),
    cpu: { model: 'CPU', architecture: 'x64', sockets: 2, coresPhysical: threads / 2, threads },
    gpus: Array.from({ length: gpus }, (_, index) => ({ ...gpu, index })),
  })
}

export const classOf = (shape: ShapeDraw): string => hardwareClass(inventoryOf(shape), null)

export const pick = <Value>(...values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values)
const upTo = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most })
const orNull = <Value>(arbitrary: fc.Arbitrary<Value>, freq: number): fc.Arbitrary<Value | null> =>
  fc.option(arbitrary, { nil: null, freq })

export const shapes: fc.Arbitrary<readonly ShapeDraw[]> = fc.array(
  fc.record({ gpus: pick(0, 1, 4, 8), memoryGib: pick(15, 64, 512, 1024), threads: pick(32, 64, 128) }),
  { minLength: 1, maxLength: 5 },
)

export const machineDraw: fc.Arbitrary<MachineDraw> = fc.record({
  shape: upTo(4),
  kept: pick(0, 0, 3, 50),
  name: upTo(40),
  site: pick(1, 1, 1, 2, 0),
  row: pick(1, 1, 2, 0),
  rack: pick(1, 2, 3, 1, 2, 0),
  tier: upTo(3),
  state: fc.oneof(
    { arbitrary: pick('free' as const), weight: 12 },
    { arbitrary: pick('held' as const), weight: 6 },
    { arbitrary: pick(...machineStates), weight: 5 },
  ),
  limit: orNull(pick(5, 10, 30, 60, 120), 4),
  elapsed: pick(0, 1, 4, 9, 29, 400),
  isPreemptible: fc.boolean(),
  more: pick(0, 0, 0, 2),
})

const label = fc.oneof(
  pick('gold', 'silver', 'none').map((tier) => ['tier', tier] as const),
  pick('r1', 'r2').map((rack) => ['rack', rack] as const),
  pick('w1', 'w2').map((row) => ['row', row] as const),
)

export const constraints: fc.Arbitrary<ConstraintDraw> = fc.record({
  shape: fc.oneof({ arbitrary: fc.constant(null), weight: 4 }, { arbitrary: upTo(4), weight: 1 }),
  labels: fc.oneof(
    { arbitrary: fc.constant([]), weight: 4 },
    { arbitrary: fc.array(label, { maxLength: 2 }), weight: 1 },
  ),
  gpusMin: pick(0, 0, 0, 0, 1, 4, 8),
  memoryGibMin: pick(0, 0, 0, 15, 16, 64, 1024),
  machines: fc.oneof(
    { arbitrary: fc.constant([]), weight: 8 },
    { arbitrary: fc.uniqueArray(upTo(15), { maxLength: 8 }), weight: 1 },
  ),
  excluded: fc.oneof(
    { arbitrary: fc.constant([]), weight: 8 },
    { arbitrary: fc.uniqueArray(upTo(15), { maxLength: 4 }), weight: 1 },
  ),
  require: fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, { arbitrary: pick(...TEXTS), weight: 1 }),
  prefer: fc.oneof(
    { arbitrary: fc.constant([]), weight: 3 },
    {
      arbitrary: fc.array(fc.record({ text: pick(...TEXTS), weight: pick(1, 2, 10) }), { maxLength: 2 }),
      weight: 1,
    },
  ),
})

const level = pick(...LEVELS)

export const arrangement: fc.Arbitrary<Arrangement> = fc.record({
  pack: fc.oneof(
    { arbitrary: fc.constant(null), weight: 3 },
    { arbitrary: fc.record({ level, required: fc.boolean() }), weight: 2 },
  ),
  spread: fc.oneof(
    { arbitrary: fc.constant(null), weight: 4 },
    { arbitrary: fc.record({ level, most: pick(1, 2, 3) }), weight: 1 },
  ),
  sameClass: pick(false, false, false, true),
})

export const groupDraw: fc.Arbitrary<GroupDraw> = fc.record({
  count: fc.oneof(
    { arbitrary: pick(1, 1, 2, 3), weight: 3 },
    { arbitrary: fc.integer({ min: 1, max: 12 }), weight: 1 },
  ),
  more: pick(0, 0, 0, 1, 4),
  constraints,
  arrangement,
})

export const workloadDraw: fc.Arbitrary<WorkloadDraw> = fc.record({
  tenant: upTo(3),
  priority: pick(-10, 0, 0, 0, 10),
  groups: fc.oneof(
    { arbitrary: fc.array(groupDraw, { minLength: 1, maxLength: 1 }), weight: 4 },
    { arbitrary: fc.array(groupDraw, { minLength: 2, maxLength: 3 }), weight: 1 },
  ),
  limit: orNull(pick(1, 5, 10, 30, 60, 120), 3),
  vacant: pick(0, 0, 0, 0, 0, 1, 2),
  preempts: pick(false, false, true),
  isPreemptible: fc.boolean(),
})

export type Sizes = { readonly machines: number; readonly queue: number }

/** Fleets of all sizes up to these, and not mostly small ones. */
export const fleets = (sizes: Sizes): fc.Arbitrary<FleetDraw> =>
  fc.record({
    shapes,
    machines: fc.array(machineDraw, { minLength: 3, maxLength: sizes.machines, size: 'max' }),
    queue: fc.array(workloadDraw, { minLength: 1, maxLength: sizes.queue, size: 'max' }),
  })

export const reservationDraw: fc.Arbitrary<ReservationDraw> = fc.record({
  machines: fc.uniqueArray(upTo(39), { minLength: 1, maxLength: 20 }),
  tenants: fc.uniqueArray(upTo(2), { maxLength: 2 }),
  in: pick(-30, 0, 1, 7, 40, 150, 300),
  lasts: pick(31, 60, 60 * 20, 60 * 23),
  isDaily: fc.boolean(),
  isEndless: fc.boolean(),
  admitsUnlimited: pick(false, false, true),
})

/** The same, with machines that are reserved. */
export const reservedFleets = (sizes: Sizes): fc.Arbitrary<FleetDraw> =>
  fc
    .record({
      fleet: fleets(sizes),
      reservations: fc.array(reservationDraw, { minLength: 1, maxLength: 4 }),
      within: fc.array(pick(0, 0, 0, 0, 1, 2, 3), { minLength: sizes.queue, maxLength: sizes.queue }),
    })
    .map(({ fleet, reservations, within }) => ({
      ...fleet,
      reservations,
      queue: fleet.queue.map((one, index) => ({ ...one, within: within[index] ?? 0 })),
    }))

const PLACED_TEXT = /hostname|label\.(?:site|row|rack)/

/** Asks only for what machines of one kind have alike: neither for places nor for single machines. */
export const ofKinds = (draw: ConstraintDraw): ConstraintDraw => ({
  ...draw,
  labels: draw.labels.filter(([key]) => key === 'tier'),
  machines: [],
  excluded: [],
  require: draw.require !== null && PLACED_TEXT.test(draw.require) ? null : draw.require,
  prefer: draw.prefer.filter(({ text }) => !PLACED_TEXT.test(text)),
})

/** The same queue, with every group changed so. */
export const withGroups = (fleet: FleetDraw, change: (one: GroupDraw) => GroupDraw): FleetDraw => ({
  ...fleet,
  queue: fleet.queue.map((one) => ({ ...one, groups: one.groups.map(change) })),
})

/** The same queue, in which nobody lacks a rank whose group must lie in some way. */
export const withoutJoins = (fleet: FleetDraw): FleetDraw => ({
  ...fleet,
  queue: fleet.queue.map((one) => {
    const isTied = one.groups.some(
      ({ arrangement: { pack, spread, sameClass } }) => pack?.required === true || spread !== null || sameClass,
    )
    return isTied ? { ...one, vacant: 0 } : one
  }),
})

/** The same fleet, of machines whose firmware keeps the same. */
export const withoutKept = (fleet: FleetDraw): FleetDraw => ({
  ...fleet,
  machines: fleet.machines.map((one) => ({ ...one, kept: 0 })),
})

export const steadyGroup = (one: GroupDraw): GroupDraw => ({ ...one, constraints: ofKinds(one.constraints) })

/** Without what is known to be decided by the order in which records came; see the tests of known faults. */
export const steady = (fleet: FleetDraw): FleetDraw => withoutKept(withoutJoins(withGroups(fleet, steadyGroup)))

/** The same, in which everybody has as many machines as it must, and no more. */
export const fixed = (fleet: FleetDraw): FleetDraw => ({
  ...withGroups(fleet, (one) => ({ ...one, more: 0 })),
  machines: fleet.machines.map((one) => ({ ...one, more: 0 })),
})
