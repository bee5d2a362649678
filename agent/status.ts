import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Result, assertNever, ok, refuse } from '../shared/model/result.ts'
import type { RunState, TaskOutcome } from '../shared/model/run.ts'
import type { Instant } from '../shared/model/time.ts'
import type { Tenancy } from './core/state.ts'
import { IdentityStore } from './identity.ts'
import { readMachineJournal } from './journal.ts'
import { lockHolder } from './lock.ts'

/** What the state directory says of this machine, in lines for people; changes nothing, and needs no agent. */
export async function describeState(stateDir: string, journalFile: string): Promise<Result<string[], string>> {
  if (!existsSync(stateDir)) return refuse(`${stateDir} is not there: no agent ever ran with it`)
  const identity = new IdentityStore(stateDir).load()
  if (!identity.ok) return identity
  const journal = await readMachineJournal(join(stateDir, journalFile))
  if (!journal.ok) return refuse(journal.error.sentence)
  const pid = lockHolder(stateDir)
  const lines = [pid === null ? 'No agent runs here now.' : `An agent runs here, process ${pid}.`]
  if (identity.value === null) lines.push('This machine has not enrolled yet.')
  else lines.push(`It is machine ${identity.value.machine}; its certificate ends ${when(identity.value.to)}.`)
  if (journal.value === null) {
    lines.push('It has not been given any order yet.')
    return ok(lines)
  }
  const { epoch, term, state, placement, outcome, handBack, validation } = journal.value
  lines.push(`Epoch ${epoch}, term ${term}: ${stateSentence(state, placement)}`)
  if (outcome !== null) lines.push(outcomeSentence(outcome))
  for (const step of handBack?.steps ?? []) if (!step.passed) lines.push(`Not clean: ${step.id}: ${step.detail}.`)
  if (validation !== null) {
    lines.push(`Validation ${validation.validation} ${validation.passed ? 'was passed' : 'was not passed'}.`)
    for (const check of validation.checks) if (!check.passed) lines.push(`Not passed: ${check.id}: ${check.detail}.`)
  }
  return ok(lines)
}

const when = (at: Instant): string =>
  new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')

function stateSentence(state: RunState, tenancy: Tenancy | null): string {
  const whose = tenancy === null ? 'nobody' : `tenant ${tenancy.tenant} (${tenancy.placement} of ${tenancy.workload})`
  const since = tenancy?.startedAt === null || tenancy === null ? '' : ` since ${when(tenancy.startedAt)}`
  switch (state) {
    case 'idle':
      return 'no tenant was here.'
    case 'preparing':
    case 'prepared':
      return `it was taken up for ${whose}; whether the task began, its own records say.`
    case 'running':
      return tenancy?.held === true ? `it is held for ${whose}${since}.` : `it runs a task of ${whose}${since}.`
    case 'stopping':
      return `the task of ${whose} is being stopped.`
    case 'sanitising':
      return `it is being made clean after ${whose}.`
    case 'clean':
      return `it was proved clean after ${whose}.`
    case 'dirty':
      return `it could not be made clean after ${whose}.`
    default:
      return assertNever(state)
  }
}

function outcomeSentence(outcome: TaskOutcome): string {
  const why = outcome.reason === '' ? '' : ` (${outcome.reason})`
  const at = `at ${when(outcome.at)}`
  switch (outcome.kind) {
    case 'exited':
      return `The task ended ${at} with exit code ${outcome.code}${why}.`
    case 'failed_to_start':
      return `The task could not be started ${at}${why}.`
    case 'not_started':
      return `The task was never started${why}.`
    case 'timed_out':
      return `The task was ended ${at}${why}.`
    case 'lost':
      return `How the task ended is not known${why}.`
    default:
      return assertNever(outcome)
  }
}
