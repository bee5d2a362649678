import test from 'ava'
import { allWrites, backfilled, stateOf } from './fleet.ts'
import { History, askerWrite, histories } from './history.ts'
import { always } from './passes.ts'

test('a scheduler that lived through it all plans what one made anew plans', (t) => {
  let placed = 0
  let preempted = 0
  always(histories, 1000, ({ fleet, steps, order }) => {
    const rules = backfilled(order.length % 2 === 0 ? 'easy' : 'conservative')
    const history = new History(fleet, stateOf([rules, ...allWrites(fleet), askerWrite(fleet)]), order)
    for (const step of steps) history.take(step)
    placed += history.placed
    preempted += history.preempted
  })
  t.true(placed > 1000 && preempted > 30, `${placed} plans in all, and ${preempted} times others were stopped`)
})
