import test from 'ava'
import { steady, steadyGroup } from './draws.ts'
import { allWrites, stateOf } from './fleet.ts'
import { History, askerWrite, histories } from './history.ts'
import { always } from './passes.ts'

test('a scheduler that lived through it all plans what one made anew plans', (t) => {
  let placed = 0
  always(histories, 600, ({ fleet, steps, order }) => {
    const calm = steady(fleet)
    const history = new History(calm, stateOf([...allWrites(calm), askerWrite(calm)]), order)
    for (const step of steps) {
      if (step.kind === 'submit') {
        history.take({ ...step, draw: { ...step.draw, groups: step.draw.groups.map(steadyGroup) } })
      } else if ('draw' in step) history.take({ ...step, draw: { ...step.draw, kept: 0 } })
      else history.take(step)
    }
    placed += history.placed
  })
  t.true(placed > 1000, `${placed} plans in all`)
})
