import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../shared/model/random.ts'
import { type Client, Refused, idOf } from './client.ts'
import type { Answers, CommandEnd, Submitted, Told } from './history.ts'
import { type Recorders, commandSpec, leasedSpec, workloadSpec } from './task.ts'

const TENANTS = ['amber', 'birch', 'coral', 'delta'] as const
const COMMAND_EVERY_MS = 1500
const AUDIT_EVERY_MS = 500

/** Tenants and operators: what they ask for while faults go on, and what they were answered. */
export class Load {
  readonly submitted: Submitted[] = []
  readonly cancelled: Told[] = []
  readonly told: Told[] = []
  /** Workloads that outlast their leases, and are replaced. */
  readonly leased = new Set<string>()
  /** Those of them that end by themselves before, and leave a process behind. */
  readonly brief = new Set<string>()
  readonly #client: Client
  readonly #random: Random
  readonly #recorders: Recorders
  readonly #machines: number
  readonly #commands = new Map<string, string>()
  #ended = false
  #requests = 0
  quarantines = 0

  constructor(client: Client, random: Random, recorders: Recorders, machines: number) {
    this.#client = client
    this.#random = random
    this.#recorders = recorders
    this.#machines = machines
  }

  get commands(): number {
    return this.#commands.size
  }

  /** Until `stop`; what was asked for by then is answered first. */
  async run(): Promise<void> {
    const operators = ['first', 'second'].map((name) => this.#commanding(name))
    await Promise.all([this.#submitting(), this.#auditing(), this.#operating(), ...operators])
  }

  stop(): void {
    this.#ended = true
  }

  /** Keeps somewhat more in the queue than the machines can hold. */
  async #submitting(): Promise<void> {
    const random = this.#random.child('workloads')
    while (!this.#ended) {
      const open = await this.#client.open()
      let leased = open.filter((name) => this.#isLeased(name)).length
      let brief = open.filter((name) => this.brief.has(idOf(name))).length
      for (let count = open.length; count < this.#machines + 2 && !this.#ended; count += 1) {
        const isLeased = leased < this.#machines / 2
        const isBrief = isLeased && brief < this.#machines / 4
        await this.#submit(random, isLeased, isBrief)
        if (isLeased) leased += 1
        if (isBrief) brief += 1
      }
      const name = open[random.below(open.length)]
      const isCancelled =
        random.below(6) === 0 && name !== undefined && (!this.#isLeased(name) || random.below(6) === 0)
      if (isCancelled) await this.#cancel(name)
      await sleep(500)
    }
    // They would go on for a minute, and for another where they are replaced.
    for (const name of await this.#client.open()) if (this.#isLeased(name)) await this.#cancel(name)
  }

  #isLeased(name: string): boolean {
    return this.leased.has(idOf(name))
  }

  async #submit(random: Random, isLeased: boolean, isBrief: boolean): Promise<void> {
    const tenant = TENANTS[random.below(TENANTS.length)] ?? 'amber'
    const recorders = this.#recorders
    const spec = isLeased ? leasedSpec(random, recorders, isBrief) : workloadSpec(random, recorders, this.#machines)
    this.#requests += 1
    const workload = await this.#client.submit(tenant, spec, `submit-${this.#requests}`)
    this.submitted.push({ workload, tenant, ranks: spec.machine_count })
    if (isLeased) this.leased.add(workload)
    if (isBrief) this.brief.add(workload)
  }

  async #cancel(name: string): Promise<void> {
    this.#requests += 1
    this.cancelled.push(await this.#client.cancel(name, `cancel-${this.#requests}`))
  }

  /** Asks after all that was acknowledged, again and again: so too whatever coordinator is the first to answer. */
  async #auditing(): Promise<void> {
    const last = new Map<string, Told['state']>()
    while (!this.#ended) {
      const acknowledged = this.submitted.map(({ workload }) => workload)
      const found = await this.#client.workloads()
      for (const workload of acknowledged) {
        const state = found.get(workload)?.state ?? 'unknown'
        if (last.get(workload) !== state) this.told.push({ workload, state })
        last.set(workload, state)
      }
      await sleep(AUDIT_EVERY_MS)
    }
  }

  async #commanding(operator: string): Promise<void> {
    const random = this.#random.child(operator)
    for (let count = 1; !this.#ended; count += 1) {
      const machines = (await this.#client.machines()).map(({ name }) => name)
      const first = random.below(machines.length)
      const token = `${operator}-${count}`
      const some = machines.slice(first, first + 1 + random.below(machines.length))
      const spec = commandSpec(this.#recorders, token)
      const name = await this.#client.run(some, spec, token)
      this.#commands.set(token, name)
      // Asked for once more: it must not run again.
      if (random.below(3) === 0) await this.#client.run(some, spec, token)
      await sleep(COMMAND_EVERY_MS)
    }
  }

  /** Whoever looks after the fleet has machines that were held back checked again. */
  async #operating(): Promise<void> {
    while (!this.#ended) {
      await this.revalidate()
      await sleep(1000)
    }
  }

  async revalidate(): Promise<void> {
    for (const { name, isQuarantined } of await this.#client.machines()) {
      if (!isQuarantined) continue
      this.quarantines += 1
      try {
        await this.#client.revalidate(name, `revalidate-${this.quarantines}`)
      } catch (error) {
        // It is not held back any more.
        if (!(error instanceof Refused)) throw error
      }
    }
  }

  /** What the API says when all is over. */
  async answers(): Promise<Answers> {
    const commands: CommandEnd[] = []
    for (const [token, name] of this.#commands) commands.push(...(await this.#client.command(name, token)))
    const machines = (await this.#client.machines()).map(
      ({ hostname, isReady, inWords }) => [hostname, isReady ? 'ready' : inWords] as const,
    )
    return {
      submitted: this.submitted,
      cancelled: this.cancelled,
      told: this.told,
      final: await this.#client.workloads(),
      placements: await this.#client.placements(),
      commands,
      machines: new Map(machines),
    }
  }
}
