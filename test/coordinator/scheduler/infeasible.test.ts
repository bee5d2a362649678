import test from 'ava'
import * as fc from 'fast-check'
import { LEVELS } from '../../fixtures.ts'
import { type ConstraintDraw, type FleetDraw, type GroupDraw, arrangement, constraints, fleets, pick } from './draws.ts'
import { allWrites, queuedWorkload, stateOf, workloadId } from './fleet.ts'
import { askerWrite } from './history.ts'
import { always, pass } from './passes.ts'

/** More than any fleet here has. */
const MANY = 61

/** A group that no fleet could ever hold, whatever else is drawn of it. */
const impossible: fc.Arbitrary<GroupDraw> = fc
  .record({ constraints, arrangement, level: pick(...LEVELS), way: fc.integer({ min: 0, max: 5 }) })
  .map((drawn) => {
    const { level, way } = drawn
    const asked = (wanted: Partial<ConstraintDraw>, count = 1): GroupDraw => ({
      count,
      constraints: { ...drawn.constraints, ...wanted },
      arrangement: drawn.arrangement,
    })
    if (way === 0) return asked({ gpusMin: 9 })
    if (way === 1) return asked({ labels: [['tier', 'none']] })
    if (way === 2) return asked({ memoryGibMin: 5000 })
    if (way === 3) return asked({ machines: [0, 1, 2] }, 4)
    if (way === 4) return asked({}, MANY)
    const pack = { level, required: true }
    return { ...asked({ machines: [], excluded: [] }, MANY), arrangement: { pack, spread: null, sameClass: false } }
  })

/** What is placed where such a workload comes before all others, and where it is not there at all. */
function changesNothing(fleet: FleetDraw, groups: readonly GroupDraw[]): void {
  const draw = { tenant: 3, priority: 100, groups, limit: null, vacant: 0, preempts: false, isPreemptible: false }
  const record = { ...queuedWorkload(fleet, draw, 198), id: workloadId(198), sequence: 901 }
  const writes = [...allWrites(fleet), askerWrite(fleet)]
  const without = pass(stateOf(writes)).plans
  const along = pass(stateOf([...writes, { table: 'workloads', key: record.id, record }])).plans
  if (JSON.stringify(without) !== JSON.stringify(along)) {
    throw new Error(`planned ${JSON.stringify(along)}, and ${JSON.stringify(without)} without it`)
  }
}

test('what the fleet could never hold holds up nobody, first as it may be', (t) => {
  const other = fc.array(impossible, { minLength: 1, maxLength: 2 })
  always(fc.tuple(fleets({ machines: 40, queue: 12 }), other), 1000, ([fleet, groups]) => changesNothing(fleet, groups))
  t.pass()
})
