import { commitPlacement } from '../../coordinator/core/commit.ts'
import { Draft } from '../../coordinator/core/draft.ts'
import { hardwareClass } from '../../coordinator/core/hardware_class.ts'
import type { MachineRecord, WorkloadRecord } from '../../coordinator/core/records.ts'
import { accrueUsage } from '../../coordinator/core/tenants.ts'
import { Scheduler } from '../../coordinator/scheduler/scheduler.ts'
import { type MachineId, type WorkloadId, revision } from '../../shared/model/ids.ts'
import type { Inventory } from '../../shared/model/inventory.ts'
import type { Backfill } from '../../shared/model/tenant.ts'
import { type Instant, later, seconds } from '../../shared/model/time.ts'
import { ANY_MACHINE, type Constraints, type WorkloadSpec } from '../../shared/model/workload.ts'
import { type Job, MODELS, type Slot, type Trace } from './cluster_trace.ts'
import type { Policy, Started } from './replay.ts'
import { type SyntheticFleet, drawSpec, enqueue, syntheticFleet } from './synthetic_fleet.ts'

const GIB = 1024 ** 3
const CLEANED = { state: 'sanitising', placement: null, tenant: null } as const

export type Rules = { readonly isFair: boolean; readonly backfill: Backfill }

/** The production scheduler on a state of its own, whose plans are written by the core's own commit. */
export class Production implements Policy {
  readonly name: string
  readonly pace = 60
  readonly #fleet: SyntheticFleet
  readonly #scheduler: Scheduler
  readonly #template: WorkloadRecord
  readonly #numbers: ReadonlyMap<MachineId, number>
  readonly #jobs = new Map<WorkloadId, Job>()
  readonly #workloads = new Map<Job, WorkloadId>()
  readonly #tenants: readonly WorkloadRecord['tenant'][]

  /** @param isFair whether tenants' shares count; otherwise all go in order of arrival. */
  constructor({ fleet: slots, tenants }: Trace, { isFair, backfill }: Rules) {
    this.name = `billet${backfill === 'easy' ? '' : ', conservative backfill'}${isFair ? '' : ', without shares'}`
    this.#fleet = syntheticFleet(slots.length, 1)
    const { state, machines } = this.#fleet
    this.#template = enqueue(this.#fleet, drawSpec(this.#fleet, 1), 0)
    this.#drop('workloads', this.#template.id)
    for (const [index, id] of machines.entries()) {
      const slot = slots[index]
      if (slot !== undefined) this.#change(id, (machine) => furnished(machine, slot, index))
    }
    const known = [...state.table('tenants').values()].map(({ record }) => record)
    this.#tenants = known.slice(0, tenants).map(({ name }) => name)
    for (const [index, tenant] of known.entries()) {
      // By this share what any has had counts nothing.
      const record = index < tenants ? { ...tenant, share: isFair ? 1 : Infinity } : null
      state.load({ table: 'tenants', key: tenant.name, record }, state.revision)
    }
    const cluster = state.cluster()
    const record = { ...cluster, sharing: { ...cluster.sharing, backfill } }
    state.load({ table: 'cluster', key: 'cluster', record }, state.revision)
    this.#numbers = new Map(machines.map((id, index) => [id, index]))
    this.#scheduler = new Scheduler(state)
  }

  advance(now: number): void {
    this.#decide(now, (draft) => accrueUsage(draft))
  }

  submit(job: Job): void {
    const { state, ids } = this.#fleet
    const tenant = this.#tenants[job.tenant]
    if (tenant === undefined) throw new Error('there is no such tenant')
    const at = this.#instant(job.arrival)
    const workload = {
      ...this.#template,
      id: ids.workload(),
      tenant,
      spec: specOf(job, this.#template.spec),
      createdAt: at,
      stateAt: at,
      sequence: job.number + 1,
    }
    state.load({ table: 'workloads', key: workload.id, record: workload }, state.revision)
    this.#jobs.set(workload.id, job)
    this.#workloads.set(job, workload.id)
  }

  ended(job: Job, machines: readonly number[], now: number): void {
    const id = this.#workloads.get(job)
    const workload = id === undefined ? undefined : this.#fleet.state.find('workloads', id)
    if (workload === undefined) throw new Error('there is no such workload')
    for (const machine of machines) {
      this.#change(this.#machine(machine), () => ({ ...CLEANED, stateAt: this.#instant(now) }))
    }
    for (const placement of workload.placements) this.#drop('placements', placement)
    this.#drop('workloads', workload.id)
    this.#jobs.delete(workload.id)
    this.#workloads.delete(job)
  }

  cleaned(machines: readonly number[]): void {
    for (const machine of machines) {
      this.#change(this.#machine(machine), ({ epoch }) => ({ state: 'available', cleanEpoch: epoch }))
    }
  }

  place(now: number): readonly Started[] {
    const started: Started[] = []
    for (const planned of this.#scheduler.schedule(this.#fleet.state, this.#instant(now))) {
      this.#decide(now, (draft) => {
        const refusals = commitPlacement(draft, planned)
        if (refusals.length > 0) throw new Error(`a plan was refused: ${JSON.stringify(refusals)}`)
      })
      const job = this.#jobs.get(planned.workload)
      if (job === undefined) throw new Error('there is no such job')
      started.push({ job, machines: planned.machines.map((id) => this.#numbers.get(id) ?? -1) })
    }
    return started
  }

  #instant(now: number): Instant {
    return later(this.#fleet.now, seconds(now))
  }

  #decide(now: number, decision: (draft: Draft) => void): void {
    const { state, ids } = this.#fleet
    const draft = new Draft(state, this.#instant(now), ids)
    decision(draft)
    draft.flush()
    state.keep(revision(state.revision + state.writes.length))
  }

  #machine(number: number): MachineId {
    const id = this.#fleet.machines[number]
    if (id === undefined) throw new Error('there is no such machine')
    return id
  }

  #change(id: MachineId, to: (machine: MachineRecord) => Partial<MachineRecord>): void {
    const { state } = this.#fleet
    const machine = state.find('machines', id)
    if (machine === undefined) throw new Error('there is no such machine')
    state.load({ table: 'machines', key: id, record: { ...machine, ...to(machine) } }, state.revision)
  }

  #drop(table: 'workloads' | 'placements', key: string): void {
    const { state } = this.#fleet
    state.load({ table, key, record: null }, state.revision)
  }
}

function specOf({ size, limit, wish }: Job, like: WorkloadSpec): WorkloadSpec {
  const timeLimit = limit === null ? null : { limit: seconds(limit), warning: null }
  return { ...like, machineCount: size, constraints: constraintsOf(wish), priority: 0, timeLimit }
}

function constraintsOf({ model, gpus }: Job['wish']): Constraints {
  if (model === null) return { ...ANY_MACHINE, gpusMin: gpus }
  return { ...ANY_MACHINE, hardwareClass: hardwareClass(inventoryOf(model), null) }
}

function furnished(machine: MachineRecord, { model, rack, row, site }: Slot, index: number): Partial<MachineRecord> {
  const inventory = inventoryOf(model)
  const labels = { site: `s${site}`, row: `w${row}`, rack: `r${rack}` }
  return { ...machine, hostname: `n${index}`, labels, inventory, hardwareClass: hardwareClass(inventory, null) }
}

const inventories = new Map<number, Inventory>()

function inventoryOf(model: number): Inventory {
  const known = inventories.get(model)
  if (known !== undefined) return known
  const { gpu = '', gpus = 0, name = '' } = MODELS[model] ?? {}
  const inventory: Inventory = {
    hardware: { macs: [] },
    manufacturer: 'Maker',
    product: name,
    cpu: { model: 'CPU', architecture: 'x64', sockets: 2, coresPhysical: 64, threads: 128 },
    memoryBytes: (512 + gpus * 128) * GIB,
    memoryModules: [],
    disks: [],
    nics: [],
    gpus: Array.from({ length: gpus }, (_, at) => ({
      index: at,
      vendor: 'NVIDIA',
      model: gpu,
      uuid: '',
      memoryBytes: 80 * GIB,
      serial: '',
      driver: '550.54',
    })),
    bios: '1.0',
    os: { distro: 'Debian GNU/Linux 12', kernel: '6.1.0', hostname: '' },
    architecture: 'x64',
  }
  inventories.set(model, inventory)
  return inventory
}
