import test from 'ava'
import { steady, steadyGroup } from './draws.ts'
import { allWrites, stateOf } from './fleet.ts'
import { History, askerWrite, histories } from './history.ts'
import { always } from './passes.ts'

test('a scheduler that lived through it all plans what one made anew plans', (t) => {
  let placed = 0
  let preempted = 0
  always(histories, 1000, ({ fleet, steps, order }) => {
    const calm = steady(fleet)
    const history = new History(calm, stateOf([...allWrites(calm), askerWrite(calm)]), order)
    for (const step of steps) {
      if (step.kind === 'submit' || step.kind === 'forecast') {
        // A forecast of several groups loses machines: see the known faults.
        const groups = step.draw.groups.slice(0, step.kind === 'forecast' ? 1 : 3)
        history.take({ ...step, draw: { ...step.draw, groups: groups.map(steadyGroup) } })
      } else if (step.kind === 'machine' || step.kind === 'relabel') {
        history.take({ ...step, draw: { ...step.draw, kept: 0 } })
      } else history.take(step)
    }
    placed += history.placed
    preempted += history.preempted
  })
  t.true(placed > 1000 && preempted > 30, `${placed} plans in all, and ${preempted} times others were stopped`)
})
