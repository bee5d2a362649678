import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../shared/model/random.ts'
import { services } from '../../shared/wire/load.ts'
import { type Client, Refused, idOf } from './client.ts'
import type { Answers, CommandEnd, Submitted } from './history.ts'
import { type Recorders, commandSpec, workloadSpec } from './task.ts'

const TENANTS = ['amber', 'birch', 'coral', 'delta'] as const
const COMMAND_EVERY_MS = 1500

/** Tenants and operators: what they ask for while faults go on, and what they were answered. */
export class Load {
  readonly submitted: Submitted[] = []
  readonly #client: Client
  readonly #random: Random
  readonly #recorders: Recorders
  readonly #machines: number
  readonly #commands = new Map<string, string>()
  #ended = false
  #requests = 0
  quarantines = 0
  cancelled = 0

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
    await Promise.all([this.#submitting(), this.#operating(), ...operators])
  }

  stop(): void {
    this.#ended = true
  }

  /** Keeps somewhat more in the queue than the machines can hold. */
  async #submitting(): Promise<void> {
    const random = this.#random.child('workloads')
    while (!this.#ended) {
      const open = await this.#client.open()
      for (let count = open.length; count < this.#machines + 2 && !this.#ended; count += 1) await this.#submit(random)
      const name = open[random.below(open.length)]
      if (name !== undefined && random.below(6) === 0) await this.#cancel(name)
      await sleep(500)
    }
  }

  async #submit(random: Random): Promise<void> {
    const tenant = TENANTS[random.below(TENANTS.length)] ?? 'amber'
    const spec = workloadSpec(random, this.#recorders, this.#machines)
    this.#requests += 1
    const request = { tenant, spec, request_id: `submit-${this.#requests}` }
    const { workload } = await this.#client.ask(services.WorkloadService.SubmitWorkload, request)
    if (workload === null) throw new Refused('a submission was answered without its workload')
    this.submitted.push({ workload: idOf(workload.name), tenant, ranks: spec.machine_count })
  }

  async #cancel(name: string): Promise<void> {
    this.#requests += 1
    const request = { name, request_id: `cancel-${this.#requests}`, reason: 'not wanted any more' }
    await this.#client.ask(services.WorkloadService.CancelWorkload, request)
    this.cancelled += 1
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
      final: await this.#client.workloads(),
      placements: await this.#client.placements(),
      commands,
      machines: new Map(machines),
    }
  }
}
