import type { Logger } from '../shared/log.ts'
import type { Finding } from './core/watchdog.ts'
import type { Fleet } from './ports.ts'

/** Says once what lasts longer than it should, and once that it no longer does. */
export class Overseer {
  readonly #fleet: Pick<Fleet, 'findings'>
  readonly #log: Logger
  #told = new Map<string, Finding>()

  constructor(fleet: Pick<Fleet, 'findings'>, log: Logger) {
    this.#fleet = fleet
    this.#log = log
  }

  look(): void {
    const found = new Map(this.#fleet.findings().map((finding) => [keyOf(finding), finding]))
    for (const [key, finding] of found) {
      if (this.#told.has(key)) continue
      const { reason, machine, workload, evidence, command } = finding
      const about = { finding: reason, machine_id: machine, workload_id: workload, recover_with: command }
      this.#log.warn(about, evidence)
    }
    for (const [key, { reason, machine, workload }] of this.#told) {
      if (found.has(key)) continue
      this.#log.info({ finding: reason, machine_id: machine, workload_id: workload }, 'a finding is no more')
    }
    this.#told = found
  }
}

const keyOf = ({ reason, machine, workload }: Finding): string => `${reason} ${machine ?? ''} ${workload ?? ''}`
