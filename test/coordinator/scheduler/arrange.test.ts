import test from 'ava'
import * as fc from 'fast-check'
import type { MachineRecord } from '../../../coordinator/core/records.ts'
import { arrange } from '../../../coordinator/scheduler/arrange.ts'
import { FleetIndex } from '../../../coordinator/scheduler/fleet_index.ts'
import { type Stock, stockOfKind, stockOfShelves } from '../../../coordinator/scheduler/stock.ts'
import { ANY_ARRANGEMENT, type Arrangement } from '../../../shared/model/workload.ts'
import { LEVELS } from '../../fixtures.ts'
import { type FleetDraw, type MachineDraw, arrangement, machineDraw } from './draws.ts'
import { allWrites, machineRecord, stateOf } from './fleet.ts'
import { lieWell, placeOf } from './lie.ts'
import { always } from './passes.ts'

type Spot = Pick<MachineDraw, 'site' | 'row' | 'rack'>

/** Free machines of one kind in these places, named as they come. */
function fleetAt(spots: readonly Spot[]): FleetDraw {
  const plain = { shape: 0, kept: 0, tier: 0, state: 'free', limit: null, elapsed: 0, isPreemptible: false } as const
  const machines = spots.map(({ site, row, rack }, name) => ({ ...plain, site, row, rack, name }))
  return { shapes: [{ gpus: 0, memoryGib: 64, threads: 64 }], machines, queue: [] }
}

function stocksOf(fleet: FleetDraw): { readonly ofKind: Stock; readonly ofShelves: Stock } {
  const index = new FleetIndex(LEVELS)
  const state = stateOf(allWrites(fleet))
  for (const { record } of state.table('machines').values()) index.update(state, record.id)
  const [kind] = index.kinds.values()
  if (kind === undefined || index.kinds.size > 1) throw new Error('a fleet of one kind')
  const shelves = [...kind.leaves()].map(({ domain, machines }) => ({ domain, machines: [...machines] }))
  return { ofKind: stockOfKind(kind), ofShelves: stockOfShelves(shelves, index.domains.root) }
}

function chosen(spots: readonly Spot[], count: number, wanted: Partial<Arrangement>): string | null {
  const { ofKind } = stocksOf(fleetAt(spots))
  const entries = arrange(ofKind, count, { ...ANY_ARRANGEMENT, ...wanted }, LEVELS)
  return entries?.map(({ record }) => `${record.labels['rack'] ?? '-'}${record.hostname}`).join(' ') ?? null
}

const inRack = (rack: number, row = 1): Spot => ({ site: 1, row, rack })
const racks = (...numbers: readonly number[]): readonly Spot[] => numbers.map((rack) => inRack(rack))

test('machines come from the place that they fill best, in the order in which they stand', (t) => {
  const fleet = racks(1, 2, 2, 1, 3, 3, 1)
  t.is(chosen(fleet, 2, {}), 'r2n1 r2n2')
  t.is(chosen(fleet, 3, {}), 'r1n0 r1n3 r1n6')
  t.is(chosen(fleet, 5, {}), 'r1n0 r1n3 r1n6 r2n1 r2n2')
  t.is(chosen(fleet, 8, {}), null)
})

test('what must be together is in one place that says where it is, or nowhere', (t) => {
  const pack = { level: 'rack', required: true } as const
  t.is(chosen(racks(1, 1, 2), 2, { pack }), 'r1n0 r1n1')
  t.is(chosen(racks(1, 2, 3), 2, { pack }), null)
  t.is(chosen(racks(0, 0, 0, 1), 2, { pack }), null)
  t.is(chosen(racks(1, 1), 2, { pack: { level: 'hall', required: true } }), null)
  t.is(chosen([inRack(1), inRack(1, 2)], 2, { pack }), null, 'racks of two rows that are called alike')
})

test('what is to be spread is spread as evenly as it must be', (t) => {
  const spread = (most: number) => ({ spread: { level: 'rack', most } })
  t.is(chosen(racks(1, 1, 1, 2, 2, 3), 3, spread(2)), 'r1n0 r2n3 r3n5')
  t.is(chosen(racks(1, 1, 1, 2, 2, 3), 5, spread(2)), 'r1n0 r1n1 r2n3 r2n4 r3n5')
  t.is(chosen(racks(1, 1, 1, 2, 2, 3), 6, spread(2)), null)
  t.is(chosen(racks(0, 0, 1), 2, spread(1)), null)
})

/** Places of a level that machines say they are in, with the machines that are there. */
function placesOf(machines: readonly MachineRecord[], level: string): readonly (readonly MachineRecord[])[] {
  const known = machines.filter((one) => placeOf(one, level) !== null)
  return [...Map.groupBy(known, (one) => placeOf(one, level)).values()]
}

/** Whether so many machines of these can lie so; where both are asked for, the spread is within the place. */
function isPossible(machines: readonly MachineRecord[], count: number, { pack, spread }: Arrangement): boolean {
  if (pack?.required === true) {
    const rest = { pack: null, spread, sameClass: false }
    return placesOf(machines, pack.level).some((place) => isPossible(place, count, rest))
  }
  if (spread === null) return machines.length >= count
  const room = placesOf(machines, spread.level).map((place) => Math.min(place.length, spread.most))
  return room.reduce((sum, one) => sum + one, 0) >= count
}

/** The innermost place that holds so many holds them all, and no place with room enough has less room. */
function isTight(all: readonly MachineRecord[], taken: readonly MachineRecord[]): boolean {
  const [first] = taken
  if (first === undefined) return true
  for (const level of LEVELS.toReversed()) {
    const fitting = placesOf(all, level).filter((place) => place.length >= taken.length)
    if (fitting.length === 0) continue
    const here = placeOf(first, level)
    const room = all.filter((one) => placeOf(one, level) === here).length
    return taken.every((one) => placeOf(one, level) === here) && fitting.every((place) => place.length >= room)
  }
  return true
}

const spots = fc.array(machineDraw, { minLength: 1, maxLength: 30, size: 'max' })

test('machines are found wherever there are such, and lie as they should; both kinds of stock give the same', (t) => {
  const count = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 15 }))
  always(fc.tuple(spots, count, arrangement), 1500, ([drawn, wanted, { pack, spread }]) => {
    const asked = { pack, spread, sameClass: false }
    const fleet = fleetAt(drawn)
    const all = fleet.machines.map((draw, index) => machineRecord(fleet, draw, index))
    const { ofKind, ofShelves } = stocksOf(fleet)
    const [found, same] = [ofKind, ofShelves].map((stock) => arrange(stock, wanted, asked, LEVELS))
    if (found?.map(({ key }) => key).join() !== same?.map(({ key }) => key).join()) throw new Error('stocks differ')
    const taken = found?.map(({ record }) => record)
    if ((taken !== undefined) !== isPossible(all, wanted, asked)) throw new Error(`${found?.length} of ${wanted}`)
    if (taken === undefined) return true
    const isWhole = new Set(taken.map(({ id }) => id)).size === wanted && lieWell(taken, asked)
    return isWhole && (pack?.required === true || spread !== null || isTight(all, taken))
  })
  t.pass()
})
