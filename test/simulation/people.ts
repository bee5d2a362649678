import { isCheckFinding } from '../../shared/model/check.ts'
import type { Caller } from '../../coordinator/core/inputs.ts'
import type { CommandSpec } from '../../shared/model/command.ts'
import type { CommandId, MachineId, WorkloadId } from '../../shared/model/ids.ts'
import {
  ABSENCE,
  type AbsencePolicy,
  type Preemption,
  RESTART,
  type RestartPolicy,
} from '../../shared/model/policies.ts'
import { hours, seconds } from '../../shared/model/time.ts'
import { hasEnded } from '../../shared/model/workload.ts'
import { request, spec, task, tenant, user } from '../fixtures.ts'
import type { SimulatedCoordinator } from './coordinator.ts'
import { CLASSES } from './shapes.ts'
import { URGENT } from './priority_class.ts'
import { Reserving } from './reserving.ts'
import { Wishes } from './wishes.ts'
import type { World } from './world.ts'

const TENANTS = ['red', 'green', 'blue'].map(tenant)
const CAPPED = tenant('red')
const ADMIN = user('admin')
const NOBODY: Caller = { user: ADMIN, request: null }

const COMMAND: Omit<CommandSpec, 'timeout'> = {
  argv: ['/bin/true'],
  shell: false,
  runAs: null,
  cwd: '',
  env: {},
  stdin: new Uint8Array(),
  outputBytesMax: 0,
}

function add<Item>(items: Item[], item: Item): void {
  if (!items.includes(item)) items.push(item)
}

/** What a task is says whether machines may come and go: else all of them are ready before any begins. */
const FIXED = ['/bin/true']
const ELASTIC = ['/bin/true', '--elastic']

/** Tenants and operators: they ask for things at random, and ask again until they are told. */
export class People {
  readonly #world: World
  readonly #coordinator: SimulatedCoordinator
  readonly #machines: readonly MachineId[]
  readonly #wishes: Wishes
  readonly #reserving: Reserving
  /** Tenants may be given quotas. */
  readonly #areLimited: boolean
  /** Some of these with machines that are guaranteed. */
  readonly #areGuaranteed: boolean
  /** One of them gets a highest priority with the first share, and keeps it. */
  readonly #isCapped: boolean
  readonly #workloads: WorkloadId[] = []
  /** Those of them that may have more machines than they must. */
  readonly #elastic: WorkloadId[] = []
  readonly #commands: CommandId[] = []
  #requests = 0

  constructor(world: World, coordinator: SimulatedCoordinator, machines: readonly MachineId[]) {
    this.#world = world
    this.#coordinator = coordinator
    this.#machines = machines
    this.#wishes = new Wishes(world, machines)
    this.#reserving = new Reserving(world, coordinator, machines, TENANTS)
    this.#areLimited = world.chance(0.5)
    this.#areGuaranteed = this.#areLimited && world.chance(0.6)
    this.#isCapped = world.chance(0.5)
  }

  /** Workloads that someone was told of. */
  get workloads(): readonly WorkloadId[] {
    return this.#workloads
  }

  act(): void {
    const { random } = this.#world
    if (this.#world.chance(0.25)) this.#command()
    if (this.#world.chance(0.05)) this.#cancelCommand()
    if (this.#world.chance(0.06)) this.#share()
    if (this.#world.chance(0.05)) this.#resize()
    this.#reserving.act()
    const drawn = random.next()
    const machine = this.#machine()
    const workload = this.#workloads[random.below(Math.max(1, this.#workloads.length))]
    if (drawn < 0.6) this.submit()
    else if (drawn < 0.7 && workload !== undefined) this.#cancel(workload)
    else if (machine !== undefined) this.#operate(machine)
  }

  submit(): void {
    this.#requests += 1
    const name = `r-${this.#requests}`
    const { random } = this.#world
    const most = this.#world.isAboutLeases ? 2 : 3
    // A few ask for more than there is.
    const machineCount = 1 + random.below(Math.min(most, this.#machines.length)) + (this.#world.chance(0.02) ? 5 : 0)
    // Some may have more than they must.
    const more = this.#world.chance(0.3) ? 1 + random.below(3) : 0
    const wanted = spec({
      machineCount: machineCount + more,
      ...(more === 0 ? {} : { least: machineCount }),
      ...this.#priority(),
      task: this.#world.chance(0.1)
        ? null
        : task({ argv: more > 0 ? ELASTIC : FIXED, grace: seconds(random.below(3)) }),
      constraints: this.#wishes.constraints(),
      arrangement: this.#wishes.arrangement(),
      groups: this.#wishes.groups(),
      dependencies: this.#wishes.dependencies(this.#workloads),
      startAfter: this.#wishes.startAfter(),
      noBorrow: this.#areGuaranteed && this.#world.chance(0.15),
      reservation: this.#reserving.named(),
      ...this.#policies(),
    })
    const by = TENANTS[random.below(TENANTS.length)] ?? tenant('red')
    this.#ask(name, (caller, told, refused) => {
      const about = { caller, tenant: by, displayName: '', spec: wanted, digest: name }
      this.#coordinator.submit({ kind: 'submit_workload', ...about }, (answer) => {
        if (answer.ok && told(answer.value.record.id)) {
          add(this.#workloads, answer.value.record.id)
          if (more > 0) add(this.#elastic, answer.value.record.id)
        }
        if (!answer.ok && answer.error.kind !== 'store_unavailable') refused()
      })
    })
  }

  #priority() {
    const isNamed = this.#world.chance(0.2)
    return isNamed ? { priority: 0, priorityClass: URGENT.name } : { priority: this.#world.random.below(3) }
  }

  /** Repeated under its own identifier until it is answered, as a client does that lost its connection. */
  #ask(name: string, send: (caller: Caller, told: (resource: string) => boolean, refused: () => void) => void): void {
    const ask = (): void => {
      if (!this.#coordinator.isUp) return this.#world.after(500, 4000, ask)
      let isAnswered = false
      const refused = (): void => {
        isAnswered = true
      }
      const told = (resource: string): boolean => {
        if (isAnswered) return false
        isAnswered = true
        this.#world.observer.acknowledged(name, resource)
        // The answer may be lost on its way: the client asks once more.
        if (this.#world.fault(0.1)) this.#world.after(10, 2000, ask)
        return true
      }
      send({ user: ADMIN, request: request(name) }, told, refused)
      this.#world.after(3000, 6000, () => {
        if (!isAnswered) ask()
      })
    }
    ask()
  }

  /** On some machines at once, of which one may be named twice. */
  #command(): void {
    const { random } = this.#world
    const known = this.#connected()
    const of = known.length > 0 && this.#world.chance(0.9) ? known : this.#machines
    const machines = Array.from({ length: 1 + random.below(3) }, () => of[random.below(of.length)] ?? []).flat()
    if (machines.length === 0) return
    this.#requests += 1
    const name = `c-${this.#requests}`
    const wanted = { machines, spec: { ...COMMAND, timeout: seconds(1 + random.below(30)) }, digest: name }
    this.#ask(name, (caller, told) => {
      this.#coordinator.submit({ kind: 'run_command', caller, ...wanted }, (answer) => {
        if (!answer.ok) return
        const { id } = answer.value.command.record
        if (told(id)) add(this.#commands, id)
      })
    })
  }

  #cancelCommand(): void {
    const command = this.#commands[this.#world.random.below(Math.max(1, this.#commands.length))]
    if (command === undefined || !this.#coordinator.isUp) return
    this.#coordinator.submit({ kind: 'cancel_command', caller: NOBODY, command }, () => {})
  }

  #connected(): readonly MachineId[] {
    if (!this.#coordinator.isUp) return []
    const { state } = this.#coordinator
    return this.#machines.filter((machine) => state.find('machines', machine)?.connection === 'connected')
  }

  #machine(): MachineId | undefined {
    return this.#machines[this.#world.random.below(this.#machines.length)]
  }

  #policies() {
    const { random } = this.#world
    const one = <Choice>(choices: readonly Choice[], otherwise: Choice): Choice =>
      choices[random.below(choices.length)] ?? otherwise
    const absence: AbsencePolicy = {
      onLost: this.#world.isAboutLeases ? 'replace' : one(['wait', 'replace', 'fail'], ABSENCE.onLost),
      lease: seconds(10),
      margin: seconds(random.below(5)),
    }
    const restart: RestartPolicy = {
      when: one(['never', 'never', 'on_failure', 'always'], RESTART.when),
      attempts: 1 + random.below(3),
      window: hours(1),
      backoff: seconds(random.below(5)),
      scope: one(['gang', 'rank'], RESTART.scope),
    }
    const warning = { signal: 'SIGUSR1', before: seconds(2) } as const
    const timeLimit = random.below(3) === 0 ? { limit: seconds(one([4, 30, 30, 120], 30)), warning } : null
    const preemption: Preemption = { preempts: this.#world.chance(0.2), preemptible: this.#world.chance(0.4) }
    return { absence, restart, preemption, timeLimit }
  }

  #resize(): void {
    const { random } = this.#world
    const workload = this.#elastic[random.below(Math.max(1, this.#elastic.length))]
    if (workload === undefined || !this.#coordinator.isUp) return
    const machineCount = 1 + random.below(4)
    const least = this.#world.chance(0.5) ? 1 + random.below(machineCount) : null
    const group = this.#world.chance(0.9) ? '' : 'beside'
    this.#coordinator.submit(
      { kind: 'resize_workload', caller: NOBODY, workload, group, machineCount, least },
      () => {},
    )
  }

  #cancel(workload: WorkloadId): void {
    if (!this.#coordinator.isUp) return
    this.#coordinator.submit({ kind: 'cancel_workload', caller: NOBODY, workload, reason: '' }, () => {})
  }

  #operate(machine: MachineId): void {
    if (!this.#coordinator.isUp) return
    const drawn = this.#world.random.below(10)
    const about = { caller: NOBODY, machine }
    const ignore = (): void => {}
    if (drawn === 0) {
      this.#coordinator.submit(
        { kind: 'cordon_machine', ...about, reason: 'r', drain: this.#world.chance(0.5) },
        ignore,
      )
    } else if (drawn === 1) {
      this.#coordinator.submit({ kind: 'quarantine_machine', ...about, reason: 'r' }, ignore)
    } else if (drawn > 6) {
      this.#coordinator.submit({ kind: 'label_machine', ...about, ...this.#wishes.relabelling() }, ignore)
    } else if (drawn === 6) {
      this.#coordinator.submit({ kind: 'resume_automation', caller: NOBODY }, ignore)
    } else if (drawn < 4) {
      this.#coordinator.submit({ kind: 'uncordon_machine', ...about }, ignore)
    } else if (drawn === 5 && this.#world.isAboutChecks) {
      this.#coordinator.submit({ kind: 'check_machine', ...about, checks: [] }, ignore)
    } else {
      this.#coordinator.submit({ kind: 'revalidate_machine', ...about }, ignore)
    }
  }

  /** A tenant gets a share and quotas, or none. */
  #share(): void {
    if (!this.#coordinator.isUp) return
    const { random } = this.#world
    const share = [0.5, 1, 4, null][random.below(4)] ?? null
    const all = { hardwareClass: '', ...this.#quota(1 + random.below(3)) }
    const ofClass = { hardwareClass: CLASSES[random.below(CLASSES.length)] ?? '', ...this.#quota(random.below(3)) }
    const drawn = [[], [], [all], [ofClass], [all, ofClass]][random.below(5)] ?? []
    const quotas = this.#areLimited ? drawn : []
    const by = TENANTS[random.below(TENANTS.length)] ?? tenant('red')
    const cap = this.#isCapped && by === CAPPED ? { maxPriority: { priority: 1, priorityClass: '' } } : {}
    this.#coordinator.submit({ kind: 'update_tenant', caller: NOBODY, tenant: by, share, quotas, ...cap }, () => {})
  }

  /** With or without a limit, and sometimes with a guarantee. */
  #quota(most: number) {
    const limit = this.#areGuaranteed && this.#world.chance(0.4) ? null : most
    return { limit, guaranteed: this.#areGuaranteed ? this.#world.random.below(1 + most) : 0 }
  }

  /** Says where a new machine stands. */
  describe(machine: MachineId): void {
    const set = this.#wishes.labels()
    const tell = (): void => {
      if (!this.#coordinator.isUp) return this.#world.after(500, 2000, tell)
      this.#coordinator.submit({ kind: 'label_machine', caller: NOBODY, machine, set, remove: [] }, (answer) => {
        if (!answer.ok) this.#world.after(500, 2000, tell)
      })
    }
    tell()
  }

  /** Puts everything right that people put wrong, and what failed its checks. */
  tidyUp(): void {
    if (!this.#coordinator.isUp) return
    this.#reserving.tidyUp()
    for (const machine of this.#machines) {
      const record = this.#coordinator.state.table('machines').get(machine)?.record
      if (record === undefined) continue
      const about = { caller: NOBODY, machine }
      if (record.cordon !== null) this.#coordinator.submit({ kind: 'uncordon_machine', ...about }, () => {})
      const isLeftAlone = record.state === 'available' && record.trouble !== null && record.trouble.heldBack !== null
      const isFound = record.state === 'available' && record.conditions.some(({ id }) => isCheckFinding(id))
      if (record.state === 'quarantined' || isLeftAlone || isFound)
        this.#coordinator.submit({ kind: 'revalidate_machine', ...about }, () => {})
      if (record.state === 'pending') this.#coordinator.submit({ kind: 'approve_machine', ...about }, () => {})
    }
    if (this.#coordinator.state.cluster().halt !== null) {
      this.#coordinator.submit({ kind: 'resume_automation', caller: NOBODY }, () => {})
    }
    for (const workload of this.#workloads) {
      const record = this.#coordinator.state.table('workloads').get(workload)?.record
      // A machine that is only held is held until someone lets go of it.
      const isHeld = record?.spec.task === null && record.state === 'running'
      const isNeglected =
        record !== undefined && !hasEnded(record.state) && this.#coordinator.fleet.isNeglected(workload)
      if (isHeld || isNeglected) this.#cancel(workload)
    }
  }
}
