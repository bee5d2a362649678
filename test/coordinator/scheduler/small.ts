import type { StateWrite } from '../../../coordinator/core/state.ts'
import type { Arrangement } from '../../../shared/model/workload.ts'
import type { ConstraintDraw, FleetDraw, GroupDraw, MachineDraw, WorkloadDraw } from './draws.ts'
import { stateOf } from './fleet.ts'
import { pass } from './passes.ts'

/** Small fleets and queues, written down in a line. */
const SMALL = { gpus: 0, memoryGib: 64, threads: 64 }
const LARGE = { gpus: 8, memoryGib: 1024, threads: 128 }

export type Where = Partial<
  Pick<MachineDraw, 'site' | 'row' | 'rack' | 'tier' | 'shape' | 'state' | 'limit' | 'kept' | 'isPreemptible'>
>
const machine = (where: Where, name = 0): MachineDraw => ({
  shape: 0,
  kept: 0,
  site: 1,
  row: 1,
  rack: 1,
  tier: 0,
  state: 'free',
  limit: null,
  elapsed: 0,
  isPreemptible: false,
  name,
  ...where,
})

const ANY: ConstraintDraw = {
  shape: null,
  labels: [],
  gpusMin: 0,
  memoryGibMin: 0,
  machines: [],
  excluded: [],
  require: null,
  prefer: [],
}

export const group = (
  count: number,
  wanted: Partial<ConstraintDraw> = {},
  lie: Partial<Arrangement> = {},
): GroupDraw => ({
  count,
  constraints: { ...ANY, ...wanted },
  arrangement: { pack: null, spread: null, sameClass: false, ...lie },
})

export const work = (groups: readonly GroupDraw[], also: Partial<WorkloadDraw> = {}): WorkloadDraw => ({
  tenant: 0,
  priority: 0,
  groups,
  limit: null,
  vacant: 0,
  preempts: false,
  isPreemptible: false,
  ...also,
})

export const fleet = (machines: readonly Where[], queue: readonly WorkloadDraw[]): FleetDraw => ({
  shapes: [SMALL, LARGE],
  machines: machines.map(machine),
  queue,
})

/** What is placed, as numbers of workloads and of machines in the order of the draw. */
export function placedOf(writes: readonly StateWrite[]): string {
  const machines = writes.flatMap(({ table, key }) => (table === 'machines' ? [key] : []))
  const state = stateOf(writes)
  const { plans, refused } = pass(state)
  const shown = plans.map(({ workload, machines: ids }) => {
    const sequence = state.find('workloads', workload)?.sequence ?? 0
    return `${sequence} on ${ids.map((id) => machines.indexOf(id)).join(' ')}`
  })
  return [...shown, ...refused.map(({ kind }) => `refused: ${kind}`)].join('; ')
}

export const racks = (...numbers: readonly number[]): readonly Where[] => numbers.map((rack) => ({ rack }))
export const small = (count: number): readonly Where[] => Array.from({ length: count }, () => ({ shape: 0 }))
export const large = (count: number): readonly Where[] => Array.from({ length: count }, () => ({ shape: 1 }))
export const one = work([group(1)])
