import { accessSync, constants, existsSync, readFileSync, readdirSync, statfsSync } from 'node:fs'
import type { Step, ValidationReport } from '../../shared/model/run.ts'
import type { Clock } from '../../shared/model/time.ts'
import type { MachineScope } from './machine_scope.ts'
import type { Outcome } from './outcome.ts'

export type ValidationFacts = {
  /** Number of the validation that this answers. */
  readonly validation: number
  readonly state: string
  readonly scratch: string
  readonly run: string
  /** Uids that only tenants have; null where tasks run as the agent's user. */
  readonly tenantUids: { readonly first: number; readonly last: number } | null
  /** A usable cgroup, or why there is none. */
  readonly cgroup: { readonly usable: boolean; readonly detail: string }
  readonly freeBytesMin: number
  readonly clock: Clock
  /** Live processes that hold a uid of the range. */
  /** Null where the agent shares its machine with others. */
  readonly machine: Pick<MachineScope, 'compareOrTake'> | null
  processesOf(range: { readonly first: number; readonly last: number }): Promise<readonly number[]>
}

async function noTenantProcess(facts: ValidationFacts): Promise<Outcome> {
  if (facts.tenantUids === null) return { passed: true, detail: "not looked for: tasks run as the agent's own user" }
  const { first, last } = facts.tenantUids
  const alive = await facts.processesOf({ first, last })
  if (alive.length === 0) return { passed: true, detail: `no process has a uid of ${first} to ${last}` }
  return { passed: false, detail: `processes with uids of tenants are alive: ${alive.slice(0, 10).join(', ')}` }
}

/** A user of the machine's own within the tenants' range would be taken for a tenant, and swept away with one. */
function uidsUnclaimed({ tenantUids }: ValidationFacts): Outcome {
  if (tenantUids === null) return { passed: true, detail: "not looked for: tasks run as the agent's own user" }
  const { first, last } = tenantUids
  const claimed = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([, , uid]) => Number(uid) >= first && Number(uid) <= last)
  if (claimed === undefined) return { passed: true, detail: `no user of this machine has a uid of ${first} to ${last}` }
  const [name, , uid] = claimed
  return { passed: false, detail: `user ${name} has uid ${uid}, which is a tenant's: give the agent another uid-base` }
}

function emptyAndWritable(path: string): Outcome {
  if (!existsSync(path)) return { passed: false, detail: `${path} is not there` }
  const left = readdirSync(path)
  if (left.length > 0) return { passed: false, detail: `${path} still holds ${left.slice(0, 5).join(', ')}` }
  accessSync(path, constants.W_OK)
  return { passed: true, detail: `${path} is empty and can be written to` }
}

function roomIn(path: string, least: number): Outcome {
  accessSync(path, constants.W_OK)
  const { bavail, bsize } = statfsSync(path)
  const free = bavail * bsize
  return { passed: free >= least, detail: `${path} has ${free} bytes free, at least ${least} are needed` }
}

/** Whether the next tenant may be let in, as far as processes, directories and cgroups can tell. */
export async function validate(facts: ValidationFacts): Promise<ValidationReport> {
  const checks: readonly (readonly [string, () => Outcome | Promise<Outcome>])[] = [
    ['no_tenant_process', () => noTenantProcess(facts)],
    ['uids_unclaimed', () => uidsUnclaimed(facts)],
    ['scratch_empty', () => emptyAndWritable(facts.scratch)],
    ['secrets_empty', () => emptyAndWritable(facts.run)],
    ['state_has_room', () => roomIn(facts.state, facts.freeBytesMin)],
    ['scratch_has_room', () => roomIn(facts.scratch, facts.freeBytesMin)],
    // Without cgroups a task is still held by its uid and session: told, but no reason to hold the machine back.
    ['cgroup', () => ({ passed: true, detail: facts.cgroup.detail })],
  ]
  const done: Step[] = []
  const make = async (id: string, check: () => Outcome | Promise<Outcome>): Promise<void> => {
    const begun = facts.clock.monotonic()
    let outcome: Outcome
    try {
      outcome = await check()
    } catch (error) {
      outcome = { passed: false, detail: error instanceof Error ? error.message : String(error) }
    }
    done.push({ id, ...outcome, durationMs: Math.round((facts.clock.monotonic() - begun) * 1000) / 1000 })
  }
  const passed = (): boolean => done.every((check) => check.passed)
  for (const [id, check] of checks) await make(id, check)
  const { machine } = facts
  // What a machine is while something else is wrong with it must not become what it should be.
  if (machine !== null && passed()) await make('baseline', () => machine.compareOrTake())
  return { validation: facts.validation, passed: passed(), checks: done }
}
