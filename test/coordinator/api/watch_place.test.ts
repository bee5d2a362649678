import test from 'ava'
import { WatchPlace } from '../../../coordinator/api/watch_place.ts'
import type { MachineRecord } from '../../../coordinator/core/records.ts'
import { ChangeFeed } from '../../../coordinator/feed.ts'
import type { FleetChange } from '../../../coordinator/ports.ts'
import { encodeWrite } from '../../../coordinator/store/encoder.ts'
import { decodeChange } from '../../../coordinator/store/records.ts'
import { revision } from '../../../shared/model/ids.ts'
import { CoreHarness, must } from '../../fixtures.ts'

const harness = new CoreHarness()
const machine = harness.machine(harness.available('one'))
const free: MachineRecord = { ...machine, hostname: 'one', state: 'available' }
const taken: MachineRecord = { ...machine, hostname: 'one', state: 'allocated' }
const isFree = ({ state }: MachineRecord): boolean => state === 'available'

function change(at: number, record: MachineRecord | null, before: MachineRecord | null): FleetChange {
  return { table: 'machines', key: machine.id, revision: revision(at), record, before }
}

/** As it is read from the history by the next start. */
function past(at: number, record: MachineRecord | null): FleetChange {
  const write = encodeWrite({ table: 'machines', key: machine.id, record })
  return must(decodeChange({ ...write, revision: revision(at) }))
}

function told(place: WatchPlace<'machines'>, feed: ChangeFeed): readonly string[] {
  return [...place.take(feed.take(place.seen, 100))].map((item) => {
    if (!item.ok) return item.error.kind
    return item.value.event === 'item' ? `${item.value.revision} ${item.value.item.record.state}` : item.value.event
  })
}

test('what stops matching is told once more, and what is removed as it last was', (t) => {
  const changes = [change(1, free, null), change(2, taken, free), change(3, taken, taken), change(4, null, free)]
  const feed = new ChangeFeed(revision(4), 100, changes)
  const place = new WatchPlace({ table: 'machines', matches: isFree }, revision(0))
  t.deepEqual(told(place, feed), ['1 available', '2 allocated', '4 available'])
  t.is(place.seen, revision(4))
})

test('over a start, nobody goes on who may miss that something stopped matching', (t) => {
  const feed = new ChangeFeed(revision(3), 100, [past(1, free), past(2, taken), past(3, free)])
  const all = new WatchPlace({ table: 'machines', matches: () => true }, revision(1))
  t.deepEqual(told(all, feed), ['2 allocated', '3 available'])
  const some = new WatchPlace({ table: 'machines', matches: isFree }, revision(1))
  t.deepEqual(told(some, feed), ['revision_compacted'])
  t.is(some.seen, revision(1))
  const canMatch = ({ hostname }: MachineRecord): boolean => hostname === 'other'
  const other = new WatchPlace({ table: 'machines', matches: () => false, canMatch }, revision(1))
  t.deepEqual(told(other, feed), [])
  t.is(other.seen, revision(3))
  const late = new WatchPlace({ table: 'machines', matches: isFree }, revision(2))
  t.deepEqual(told(late, feed), ['3 available'])
})

test('a place that is gone is told at once, and otherwise by the name of what happened to it', (t) => {
  const feed = new ChangeFeed(revision(0), 2)
  const place = new WatchPlace({ table: 'machines', matches: () => true }, revision(0))
  feed.append([change(1, free, null)])
  t.deepEqual(told(place, feed), ['1 available'])
  feed.append([2, 3, 4, 5, 6].map((at) => change(at, free, free)))
  t.deepEqual(told(place, feed), ['slow_reader'])
  const resumed = new WatchPlace({ table: 'machines', matches: () => true }, revision(1))
  t.deepEqual(told(resumed, feed), ['revision_compacted'])
  const early = new WatchPlace({ table: 'machines', matches: () => true }, revision(7))
  t.deepEqual(told(early, feed), ['revision_future'])
})
