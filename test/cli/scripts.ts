import type { TaskOutcome } from '../../shared/model/run.ts'
import { systemClock } from '../../shared/clock.ts'
import { decodeDesired } from '../../shared/wire/desired.ts'
import type { FakeAgent, Heard, Script } from '../coordinator/sessions/fake_agent.ts'
import { obedient } from '../coordinator/sessions/fake_agent.ts'

function wanted(message: Heard) {
  const wire = message.message === 'welcome' ? message.welcome?.desired : message.desired
  return wire === undefined || wire === null ? undefined : decodeDesired('desired', wire)
}

/** Starts whatever it is told to, and lets it run; does all else at once. */
export const running: Script = (agent, message) => {
  const desired = wanted(message)
  if (desired === undefined || desired.goal !== 'run') return obedient(agent, message)
  const { epoch, term, assignment } = desired
  agent.report({
    epoch,
    term,
    placement: assignment?.placement ?? null,
    state: 'running',
    startedAt: systemClock.now(),
  })
}

/** Every task ends with this code; every command with the same. */
export const exiting = ({ code, reason = '' }: { readonly code: number; readonly reason?: string }): Script =>
  ending({ kind: 'exited', code, at: systemClock.now(), reason })

/** Every task ends so. */
export function ending(outcome: TaskOutcome): Script {
  return (agent: FakeAgent, message) => {
    const desired = wanted(message)
    if (desired === undefined || desired.goal !== 'run') return obedient(agent, message)
    const { epoch, term, assignment } = desired
    const about = { epoch, term, placement: assignment?.placement ?? null }
    const at = systemClock.now()
    const startedAt = outcome.kind === 'exited' ? at : null
    if (startedAt !== null) agent.report({ ...about, state: 'running', startedAt })
    agent.report({ ...about, state: 'clean', startedAt, outcome, handBack: { epoch, clean: true, steps: [], at } })
  }
}
