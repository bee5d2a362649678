import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, Method } from '../../shared/grpc/client.ts'
import { type BilletError, errorKinds } from '../../shared/model/errors.ts'
import type { Result } from '../../shared/model/result.ts'
import { MachineState } from '../../shared/wire/gen/types/billet/v1/MachineState.ts'
import { Connection as Heard } from '../../shared/wire/gen/types/billet/v1/Connection.ts'
import { CommandState } from '../../shared/wire/gen/types/billet/v1/CommandState.ts'
import type { WorkloadSpec } from '../../shared/wire/gen/types/billet/v1/WorkloadSpec.ts'
import { WorkloadState } from '../../shared/wire/gen/types/billet/v1/WorkloadState.ts'
import { services } from '../../shared/wire/load.ts'
import type { CommandEnd, Told, WorkloadEnd } from './history.ts'

const DEADLINE_MS = 3000
const COMMAND_MS = 8000
const PAUSE_MS = 200
/** What a caller repeats: nobody said whether it was done. */
const isRepeated = ({ kind }: BilletError): boolean =>
  errorKinds[kind].retryable || kind === 'internal' || kind === 'cancelled'

export class Refused extends Error {
  readonly kind: BilletError['kind']

  constructor(what: string, error: BilletError) {
    super(`${what}: ${error.kind}: ${error.message}`)
    this.kind = error.kind
  }
}

/** The public API as a patient caller uses it: what is not answered is asked again. */
export class Client {
  readonly #connection: Connection
  /** Calls that were answered only after they were repeated. */
  repeats = 0
  #listeners: (() => void)[] = []

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async ask<Request, Response>(method: Method<Request, Response>, request: Request): Promise<Response> {
    for (;;) {
      const answer: Result<Response, BilletError> = await this.#connection.call(method, request, {
        deadlineMs: DEADLINE_MS,
      })
      if (answer.ok) return answer.value
      if (!isRepeated(answer.error)) throw new Refused(method.path, answer.error)
      this.repeats += 1
      await sleep(PAUSE_MS)
    }
  }

  /** As `ask`; answers null where what is asked about does not exist. */
  async #find<Request, Response>(
    method: Method<Request, Response>,
    request: Request,
    missing: BilletError['kind'],
  ): Promise<Response | null> {
    try {
      return await this.ask(method, request)
    } catch (error) {
      if (error instanceof Refused && error.kind === missing) return null
      throw error
    }
  }

  /** Answers with the next acknowledgement of a change, in the moment in which it comes, or after so long. */
  async nextAcknowledged(withinMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#listeners.push(() => resolve(undefined))
    await Promise.race([promise, sleep(withinMs, undefined, { ref: false })])
  }

  #acknowledged(): void {
    for (const listener of this.#listeners.splice(0)) listener()
  }

  /** The workload's identifier. */
  async submit(tenant: string, spec: WorkloadSpec, request_id: string): Promise<string> {
    const { workload } = await this.ask(services.WorkloadService.SubmitWorkload, { tenant, spec, request_id })
    if (workload === null) throw new Error('a submission was answered without its workload')
    this.#acknowledged()
    return idOf(workload.name)
  }

  async cancel(name: string, request_id: string): Promise<Told> {
    const request = { name, request_id, reason: 'not wanted any more' }
    const answer = await this.#find(services.WorkloadService.CancelWorkload, request, 'workload_not_found')
    this.#acknowledged()
    const state = answer?.workload?.state
    return { workload: idOf(name), state: state === undefined ? 'unknown' : endOf(state) }
  }

  async token(uses: number): Promise<string> {
    const request = { uses, auto_approve: true, request_id: 'token', ttl: { seconds: 3600, nanos: 0 } }
    return (await this.ask(services.TokenService.CreateToken, request)).secret
  }

  async machines() {
    const { machines } = await this.ask(services.MachineService.ListMachines, { page_size: 1000 })
    return machines.map(({ name, hostname, state, connection, state_reason, conditions }) => ({
      name,
      hostname,
      isQuarantined: state === MachineState.MACHINE_STATE_QUARANTINED,
      isReady:
        state === MachineState.MACHINE_STATE_AVAILABLE &&
        connection === Heard.CONNECTION_CONNECTED &&
        conditions.every((condition) => !condition.forbids_placement),
      inWords: `${state_reason} (state ${state}, connection ${connection})`,
    }))
  }

  revalidate(name: string, request_id: string) {
    return this.ask(services.MachineService.RevalidateMachine, { name, request_id })
  }

  /** Names of workloads that are not over. */
  async open(): Promise<readonly string[]> {
    const { workloads } = await this.ask(services.WorkloadService.ListWorkloads, {
      page_size: 1000,
      filter: { states: OPEN },
    })
    return workloads.map(({ name }) => name)
  }

  async workloads(): Promise<ReadonlyMap<string, WorkloadEnd>> {
    const ends = new Map<string, WorkloadEnd>()
    let page_token = ''
    do {
      const page = await this.ask(services.WorkloadService.ListWorkloads, { page_size: 1000, page_token })
      for (const { name, state, state_reason } of page.workloads) {
        ends.set(idOf(name), { state: endOf(state), reason: `state ${state}: ${state_reason}` })
      }
      page_token = page.next_page_token
    } while (page_token !== '')
    return ends
  }

  async placements() {
    const found = new Map<string, { readonly machine: string; readonly epoch: number }>()
    let page_token = ''
    do {
      const page = await this.ask(services.PlacementService.ListPlacements, { page_size: 1000, page_token })
      for (const { name, hostname, epoch } of page.placements) found.set(idOf(name), { machine: hostname, epoch })
      page_token = page.next_page_token
    } while (page_token !== '')
    return found
  }

  /** Runs a command to its end; the same request is asked again where the stream breaks off. */
  async run(machines: readonly string[], spec: object, token: string): Promise<string> {
    for (;;) {
      const request = { machines: [...machines], spec, request_id: token }
      let name = ''
      let failed: BilletError | null = null
      for await (const item of this.#connection.stream(services.CommandService.RunCommand, request, {
        deadlineMs: COMMAND_MS,
      })) {
        if (!item.ok) failed = item.error
        else if (item.value.event === 'command') {
          name = item.value.command?.name ?? ''
          this.#acknowledged()
        }
      }
      if (failed === null && name !== '') return name
      if (failed !== null && !isRepeated(failed)) throw new Refused('a command', failed)
      this.repeats += 1
      await sleep(PAUSE_MS)
    }
  }

  async command(name: string, token: string): Promise<readonly CommandEnd[]> {
    const found = await this.#find(services.CommandService.GetCommand, { name }, 'command_not_found')
    if (found === null) return [{ token, machine: '', state: 'unknown' }]
    return (found.command?.runs ?? []).map(({ hostname, state }) => {
      return { token, machine: hostname, state: commandEnd(state) }
    })
  }
}

export const idOf = (name: string): string => name.slice(name.indexOf('/') + 1)

const OPEN: WorkloadState[] = [
  WorkloadState.WORKLOAD_STATE_QUEUED,
  WorkloadState.WORKLOAD_STATE_STARTING,
  WorkloadState.WORKLOAD_STATE_RUNNING,
  WorkloadState.WORKLOAD_STATE_STOPPING,
]

function endOf(state: number): WorkloadEnd['state'] {
  if (state === WorkloadState.WORKLOAD_STATE_SUCCEEDED) return 'succeeded'
  if (state === WorkloadState.WORKLOAD_STATE_FAILED) return 'failed'
  if (state === WorkloadState.WORKLOAD_STATE_CANCELLED) return 'cancelled'
  return state === WorkloadState.WORKLOAD_STATE_RUNNING ? 'running' : 'waiting'
}

function commandEnd(state: number): CommandEnd['state'] {
  if (state === CommandState.COMMAND_STATE_EXITED) return 'exited'
  const isOpen = state === CommandState.COMMAND_STATE_PENDING || state === CommandState.COMMAND_STATE_RUNNING
  return isOpen ? 'open' : 'other'
}
