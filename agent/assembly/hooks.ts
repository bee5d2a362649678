import type { Epoch, PlacementId, TenantName, WorkloadId } from '../../shared/model/ids.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Step } from '../../shared/model/run.ts'
import type { Clock } from '../../shared/model/time.ts'
import type { AgentOptions } from '../options.ts'
import { checkProgram, runProgram } from '../sanitise/program.ts'

/** Whose start or end a hook is told of. */
export type HookFacts = {
  readonly placement: PlacementId
  readonly workload: WorkloadId
  readonly tenant: TenantName
  readonly epoch: Epoch
  readonly uid: number
  readonly scratch: string
  /** Devices that tenants must be kept from. */
  readonly fenced: readonly string[]
}

/** The site's own programs, run as root before a task starts and after it has ended. */
export class Hooks {
  readonly #options: Pick<AgentOptions, 'prolog' | 'epilog' | 'hookLimit'>
  readonly #clock: Clock
  /** Placements whose prolog failed: their machine is held back. */
  readonly #failed = new Map<PlacementId, Step>()

  constructor(options: Pick<AgentOptions, 'prolog' | 'epilog' | 'hookLimit'>, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  async before(facts: HookFacts): Promise<Result<undefined, { readonly sentence: string }>> {
    const step = await this.#run('prolog', this.#options.prolog, facts)
    if (step === null || step.passed) return ok()
    this.#failed.set(facts.placement, step)
    return refuse({ sentence: `the prolog of this machine failed: ${step.detail}` })
  }

  /** Once nothing of the task lives, and before its files are gone. What failed holds the machine back. */
  async after(facts: HookFacts): Promise<readonly Step[]> {
    const before = this.#failed.get(facts.placement)
    this.#failed.delete(facts.placement)
    const step = await this.#run('epilog', this.#options.epilog, facts)
    return [...(before === undefined ? [] : [before]), ...(step === null ? [] : [step])]
  }

  async #run(id: 'prolog' | 'epilog', program: string, facts: HookFacts): Promise<Step | null> {
    if (program === '') return null
    const begun = this.#clock.monotonic()
    const checked = checkProgram(program)
    const environment = {
      BILLET_PLACEMENT: facts.placement,
      BILLET_WORKLOAD: facts.workload,
      BILLET_TENANT: facts.tenant,
      BILLET_EPOCH: `${facts.epoch}`,
      BILLET_UID: `${facts.uid}`,
      BILLET_SCRATCH: facts.scratch,
      BILLET_FENCED_DEVICES: facts.fenced.join(','),
    }
    const limit = this.#options.hookLimit
    const ran = checked.ok ? await runProgram({ argv: [program], environment, limit }) : checked
    const detail = ran.ok ? `${program} ended with code 0` : ran.error
    return { id, passed: ran.ok, detail, durationMs: this.#clock.monotonic() - begun }
  }
}
