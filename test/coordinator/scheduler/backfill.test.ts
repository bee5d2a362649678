import test from 'ava'
import type { WorkloadRecord } from '../../../coordinator/core/records.ts'
import type { StateWrite } from '../../../coordinator/core/state.ts'
import { type FleetDraw, fleets } from './draws.ts'
import { NOW, allWrites, stateOf } from './fleet.ts'
import { startsOf } from './future.ts'
import { askerWrite } from './history.ts'
import { always } from './passes.ts'
import { Reference } from './reference.ts'
import { countedWorld, mixedWorld, packedWorld, singleWorld, timelyWorld } from './worlds.ts'

type Found = { blocked: number; behind: number }

const isWaiting = (write: StateWrite): boolean => write.table === 'workloads' && write.record?.state === 'queued'

/**
 * The first of a queue that must wait starts no later than if nobody behind it were there, where every run uses up its
 * time limit: what is placed before its time never holds it up.
 */
function holdsUpNobody(fleet: FleetDraw, found: Found): void {
  const asker = askerWrite(fleet)
  const all = allWrites(fleet)
  const held = [asker, ...all.filter((write) => !isWaiting(write))]
  // What never starts, even if it were alone, tells nothing of those behind it.
  const waiting = all.filter((write) => isWaiting(write) && startsOf([...held, write]).has(write.key))
  const starts = startsOf([...held, ...waiting])
  const reference = new Reference(stateOf(waiting), NOW, 'counted')
  const queue: WorkloadRecord['id'][] = []
  for (let next = reference.next(); next !== undefined; next = reference.next()) queue.push(next.id)
  const place = queue.findIndex((id) => starts.get(id) !== NOW)
  const [id] = queue.slice(place)
  if (place === -1 || id === undefined) return
  const behind = new Set<string>(queue.slice(place + 1))
  const alone = startsOf([...held, ...waiting.filter(({ key }) => !behind.has(key))])
  const [start = Infinity, startAlone = Infinity] = [starts.get(id), alone.get(id)]
  if (startAlone === Infinity) return
  found.blocked += 1
  if ([...behind].some((key) => [...starts].some(([one, at]) => one === key && at < start))) found.behind += 1
  if (start > startAlone)
    throw new Error(`starts after ${(start - NOW) / 60_000} min, not ${(startAlone - NOW) / 60_000}`)
}

// Of gangs that are spread, of one class, or of groups that vie for machines this is not so: see the known faults.
const worlds = { counted: countedWorld, packed: packedWorld, single: singleWorld, mixed: mixedWorld }
for (const [name, world] of Object.entries(worlds)) {
  test(`nothing that is placed before its time holds up the first that waits: ${name}`, (t) => {
    const found = { blocked: 0, behind: 0 }
    always(fleets({ machines: 20, queue: 10 }), 400, (fleet) => holdsUpNobody(timelyWorld(world(fleet)), found))
    t.true(found.blocked > 80 && found.behind > 30, JSON.stringify(found))
  })
}
