import { CHECKS_WITHIN, CHECK_BOUNDS, type CheckOrder, type CheckResult } from '../../shared/model/check.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import { type Clock, milliseconds } from '../../shared/model/time.ts'
import { ownChecks } from './own/names.ts'
import { threadsEnvironment } from './own/threads.ts'
import { type ProgramEnd, resultsOf } from './output.ts'

export type CheckWorld = {
  readonly clock: Clock
  /** This very program as the runner of its own checks, for the name of one to follow; null where it is not there. */
  readonly runner: readonly [string, ...string[]] | null
  /** A file that its own checks may make, and unlink. */
  readonly file: string
  /** Whether a program may be run as the agent's own user. */
  trusted(program: string): Result<undefined, string>
  /** Runs a program to its end, within bounds, and leaves nothing of it behind. */
  execute(order: CheckOrder, environment: Readonly<Record<string, string>>): Promise<ProgramEnd>
}

/** Runs what is asked for, one after the other: two at once would measure each other. */
export async function runChecks(orders: readonly CheckOrder[], world: CheckWorld): Promise<readonly CheckResult[]> {
  const { clock } = world
  const results: CheckResult[] = []
  const end = clock.monotonic() + CHECKS_WITHIN
  for (const order of orders) {
    const begun = clock.monotonic()
    const left = end - begun
    const program = programOf(order, world)
    const unrun = program.ok ? (left <= 0 ? 'the checks before it took too long' : null) : program.error
    const environment = order.argv.length === 0 ? threadsEnvironment() : {}
    const timeout = milliseconds(Math.max(0, Math.min(order.timeout, left)))
    const ended =
      unrun === null && program.ok ? await world.execute({ ...order, argv: program.value, timeout }, environment) : null
    const found =
      ended === null
        ? [{ measure: '', device: '', outcome: { kind: 'skipped', reason: unrun ?? '' } as const }]
        : resultsOf(order, ended)
    const durationMs = Math.round(clock.monotonic() - begun)
    results.push(...found.map((one) => ({ check: order.id, ...one, durationMs })))
  }
  return results.slice(0, CHECK_BOUNDS.results)
}

/** What to run, or why it cannot be run here. */
function programOf({ id, argv }: CheckOrder, world: CheckWorld): Result<readonly string[], string> {
  const { runner, file } = world
  const [program] = argv
  if (program !== undefined) {
    const trusted = world.trusted(program)
    return trusted.ok ? ok(argv) : trusted
  }
  if (!ownChecks.some((own) => own === id)) return refuse('this agent does not know it')
  return runner === null ? refuse('this agent has no program to run it apart') : ok([...runner, id, file])
}
