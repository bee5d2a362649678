import { once } from 'node:events'
import process from 'node:process'
import { loadContext } from '../../cli/context.ts'
import { Connection, type Method } from '../../shared/grpc/client.ts'
import type { BindingOutcome__Output } from '../../shared/wire/gen/types/billet/v1/BindingOutcome.ts'
import { Connection as Link } from '../../shared/wire/gen/types/billet/v1/Connection.ts'
import type { Machine__Output } from '../../shared/wire/gen/types/billet/v1/Machine.ts'
import { MachineState } from '../../shared/wire/gen/types/billet/v1/MachineState.ts'
import type { Workload__Output } from '../../shared/wire/gen/types/billet/v1/Workload.ts'
import { WorkloadState } from '../../shared/wire/gen/types/billet/v1/WorkloadState.ts'
import { services } from '../../shared/wire/load.ts'
import { must } from '../fixtures.ts'

/**
 * A scheduler outside, as greedy as can be: every workload that waits for any such scheduler, with whatever machine it
 * believes to be free. It talks to the coordinator alone. Says one line of JSON for each thing that became of it.
 *
 * Arguments: after how many workloads it begins. It says when it has decided what it binds first, and waits until it is
 * told to go on, so that two of them surely want the same.
 */
const { MachineService, PlacementService, WorkloadService } = services

/** What is known of one kind of resource, and up to which revision. */
class Known<Item extends { readonly name: string; readonly revision: number }> {
  readonly items = new Map<string, Item>()
  revision = 0

  see(item: Item): void {
    // The watch begins with the oldest page: what a later one held comes again.
    if (item.revision >= (this.items.get(item.name)?.revision ?? 0)) this.items.set(item.name, item)
  }
}

type Said = Readonly<Record<string, unknown>>
type Proposal = { readonly workload: string; readonly machines: string[] }
type Page = { readonly next_page_token: string; readonly revision: number }
type Change = { readonly revision: number }
type ListRequest = { page_token: string; page_size: number }

/** What somebody else was faster with: the watch tells how it is now. */
const LOST_WORKLOAD: ReadonlySet<string> = new Set(['VERSION_CONFLICT', 'NOTHING_WANTED'])
const LOST_MACHINE: ReadonlySet<string> = new Set([
  'HELD_BY_TENANT',
  'NOT_YET_CLEAN',
  'VALIDATING',
  'NOT_CONNECTED',
  'CONDITION',
  'FAILS_PLACEMENTS',
])
const ENDED: ReadonlySet<unknown> = new Set([
  WorkloadState.WORKLOAD_STATE_SUCCEEDED,
  WorkloadState.WORKLOAD_STATE_FAILED,
  WorkloadState.WORKLOAD_STATE_CANCELLED,
])

class Greedy {
  readonly #connection: Connection
  readonly #skip: number
  readonly #machines = new Known<Machine__Output>()
  readonly #workloads = new Known<Workload__Output>()
  /** What was bound or refused, and as which revision: it is looked at again once it has changed. */
  readonly #tried = new Map<string, number>()
  #changed = (): void => {}

  constructor(connection: Connection, skip: number) {
    this.#connection = connection
    this.#skip = skip
  }

  async run(): Promise<void> {
    const after = Math.min(
      await this.#list(MachineService.ListMachines, ({ machines }) => machines, this.#machines),
      await this.#list(WorkloadService.ListWorkloads, ({ workloads }) => workloads, this.#workloads),
    )
    this.#workloads.revision = after
    const first = this.#propose()
    say({ ready: after, wants: first.length })
    await once(process.stdin, 'data')
    const failed = new Promise<never>((_, reject) => {
      this.#watch(MachineService.WatchMachines, after, ({ machine }) => machine, this.#machines).catch(reject)
      this.#watch(WorkloadService.WatchWorkloads, after, ({ workload }) => workload, this.#workloads).catch(reject)
    })
    await Promise.race([this.#bindAll(first), failed])
  }

  async #bindAll(first: readonly Proposal[]): Promise<void> {
    for (let bindings = first; !this.#isDone(); bindings = this.#propose()) {
      const changed = new Promise<void>((resolve) => {
        this.#changed = resolve
      })
      if (bindings.length === 0) await changed
      else await this.#bind(bindings)
    }
  }

  /** Answers the revision that a watch goes on from: that of the first page. */
  async #list<Answer extends Page, Item extends { readonly name: string; readonly revision: number }>(
    method: Method<ListRequest, Answer>,
    itemsOf: (page: Answer) => readonly Item[],
    known: Known<Item>,
  ): Promise<number> {
    let first: number | undefined
    for (let token = ''; first === undefined || token !== ''; ) {
      const page = must(await this.#connection.call(method, { page_token: token, page_size: 10 }))
      for (const item of itemsOf(page)) known.see(item)
      first ??= page.revision
      token = page.next_page_token
    }
    return first
  }

  async #watch<Answer extends Change, Item extends { readonly name: string; readonly revision: number }>(
    method: Method<{ after_revision: number }, Answer>,
    after: number,
    itemOf: (change: Answer) => Item | null | undefined,
    known: Known<Item>,
  ): Promise<never> {
    for await (const answer of this.#connection.stream(method, { after_revision: after })) {
      const change = must(answer)
      const item = itemOf(change)
      if (item !== null && item !== undefined) known.see(item)
      known.revision = change.revision
      this.#changed()
    }
    throw new Error('a watch ended')
  }

  #isDone(): boolean {
    return this.#ours().every(({ state }) => ENDED.has(state))
  }

  /** Of any scheduler outside, and not this one's alone. */
  #ours(): readonly Workload__Output[] {
    return [...this.#workloads.items.values()].filter(({ spec }) => (spec?.scheduler ?? '') !== '')
  }

  #propose(): readonly Proposal[] {
    const queued = this.#ours().filter(
      (workload) =>
        workload.state === WorkloadState.WORKLOAD_STATE_QUEUED &&
        // A later page may hold what the revision of the first does not cover: the watch catches up with it.
        workload.revision <= this.#workloads.revision &&
        this.#isFresh(workload),
    )
    const free = [...this.#machines.items.values()].filter(
      (machine) =>
        machine.state === MachineState.MACHINE_STATE_AVAILABLE &&
        machine.connection === Link.CONNECTION_CONNECTED &&
        this.#isFresh(machine),
    )
    const inOrder = [...queued.slice(this.#skip), ...queued.slice(0, this.#skip)]
    return free.slice(0, inOrder.length).map(({ name }, index) => ({
      workload: inOrder[index]?.name ?? '',
      machines: [name],
    }))
  }

  #isFresh({ name, revision }: { readonly name: string; readonly revision: number }): boolean {
    return revision > (this.#tried.get(name) ?? -1)
  }

  async #bind(bindings: readonly Proposal[]): Promise<void> {
    const before = new Map(
      [...this.#machines.items, ...this.#workloads.items].map(([name, item]) => [name, item.revision]),
    )
    const { revision } = this.#workloads
    const { outcomes } = must(
      await this.#connection.call(PlacementService.BindWorkloads, { bindings: [...bindings], revision }),
    )
    for (const [index, outcome] of outcomes.entries()) {
      const { workload = '', machines = [] } = bindings[index] ?? {}
      if (outcome.workload !== workload) throw new Error(`asked for ${workload}, was answered for ${outcome.workload}`)
      say({ ...outcome, proposed: machines })
      for (const name of stale(outcome, machines)) this.#tried.set(name, before.get(name) ?? 0)
    }
  }
}

/** What was other than it seemed, or is now. */
function stale({ accepted, reason, workload }: BindingOutcome__Output, machines: readonly string[]): readonly string[] {
  if (accepted) return [workload, ...machines]
  if (LOST_WORKLOAD.has(reason)) return [workload]
  if (LOST_MACHINE.has(reason)) return machines
  throw new Error(`${workload} was refused with a reason that nobody thought of: ${reason}`)
}

function say(said: Said): void {
  process.stdout.write(`${JSON.stringify(said)}\n`)
}

const { address, ca, certificate, key } = loadContext({}, process.env)
const connection = new Connection(address, { authorities: ca, identity: { certificate, key } })
await new Greedy(connection, Number(process.argv[2] ?? '0')).run()
connection.close()
process.stdin.destroy()
