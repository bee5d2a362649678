import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { sinceBoot } from '../shared/clock.ts'
import { parseAddress } from '../shared/config.ts'
import { makePrivateDirectory } from '../shared/files.ts'
import type { Logger } from '../shared/log.ts'
import type { MachineId } from '../shared/model/ids.ts'
import { type Result, ok, refuse } from '../shared/model/result.ts'
import type { MachineReport } from '../shared/model/run.ts'
import { type Clock, type Milliseconds, milliseconds, minutes, seconds } from '../shared/model/time.ts'
import { version } from '../shared/version.ts'
import { LocalCommands } from './assembly/commands.ts'
import { type Host, addressTowards, findHost } from './assembly/host.ts'
import { identify } from './assembly/identify.ts'
import { type InventorySource, localInventory } from './assembly/inventory.ts'
import { LocalMachine } from './assembly/machine.ts'
import { Beat } from './assembly/sampling.ts'
import { localSampler } from './assembly/sampler.ts'
import { LocalSenses } from './assembly/senses.ts'
import { TelemetryWatch } from './assembly/telemetry_watch.ts'
import type { Journaled } from './core/state.ts'
import { AgentLoop } from './effects.ts'
import { printAddress } from './enrol.ts'
import { type Identity, IdentityStore, tlsOf } from './identity.ts'
import { type MachineJournal, openMachineJournal } from './journal.ts'
import { type Lock, acquireLock } from './lock.ts'
import type { AgentOptions } from './options.ts'
import type { KnownInventory } from './ports.ts'
import { keepRenewed } from './renewal.ts'
import { createRuntime } from './runtime/execute.ts'
import type { Launcher } from './runtime/launcher.ts'
import { type ProcessTable, processTable } from './runtime/processes.ts'
import type { Runtime } from './runtime/runtime.ts'
import { CommandOrders } from './session/commands.ts'
import { SessionLink } from './session/link.ts'
import type { SessionOptions } from './session/session.ts'
import { Upgrader } from './upgrade/upgrader.ts'
import type { Sampler } from './telemetry/sampler.ts'

export const JOURNAL_FILE = 'machine.journal'

export type AgentWorld = {
  readonly logger: Logger
  readonly clock: Clock
  /** Ends the agent; its task runs on. */
  readonly signal: AbortSignal
  /** The environment's join token; empty for none. A secret. */
  readonly token?: string
  readonly random?: () => number
  /** Where many agents share one machine, they need not each ask what it is made of. */
  readonly inventory?: InventorySource
  /** Where many agents share one process, they need not each have shells to start tasks, nor look on their own. */
  readonly launcher?: Launcher
  readonly processes?: ProcessTable
  /** Directories that every user may write to, swept at each hand-back; the usual ones when absent. */
  readonly sharedDirectories?: readonly string[]
  /** How this program was called, and how it begins anew as another one; without it no upgrade is taken. */
  readonly program?: {
    readonly path: string
    readonly argv: readonly string[]
    readonly restart: () => void
    /** The program that reads GPUs through their driver's library. */
    readonly gpuReader: readonly [string, ...string[]]
    /** The program that asks disks and kernel by system calls. */
    readonly systemReader: readonly [string, ...string[]]
    /** The program that runs one of its own checks. */
    readonly checkRunner: readonly [string, ...string[]]
  }
}

export interface RunningAgent {
  readonly machine: MachineId
  readonly isConnected: boolean
  report(): MachineReport
  /** Resolves once the signal fired and everything is let go of. */
  readonly ended: Promise<void>
}

/** Room that a machine must have to be offered, in its state and scratch directories each. */
const FREE_BYTES_MIN = 64 * 1024 * 1024
const LOOK_FOR_CHANGES_MS = 60_000
const RETRY_AFTER = seconds(5)
const OUTPUT_PATIENCE = seconds(5)

type Prepared = Required<Pick<AgentWorld, 'random' | 'inventory'>> & AgentWorld

/**
 * Starts an agent: enrols it where it must, finds again what an earlier one left running, and keeps its session.
 * Many can be started in one process, each with directories of its own. The refusal says what stands in the way.
 */
export async function startAgent(options: AgentOptions, world: AgentWorld): Promise<Result<RunningAgent, string>> {
  const prepared: Prepared = {
    ...world,
    random: world.random ?? Math.random,
    inventory: world.inventory ?? localInventory(options, world.logger),
  }
  const made = makePrivateDirectory(options.stateDir)
  if (!made.ok) return made
  const lock = acquireLock(options.stateDir)
  if (!lock.ok) return lock
  const store = new IdentityStore(options.stateDir)
  const started = await startLocked(options, prepared, store, lock.value)
  if (!started.ok) lock.value.release()
  return started
}

async function startLocked(
  options: AgentOptions,
  world: Prepared,
  store: IdentityStore,
  lock: Lock,
): Promise<Result<RunningAgent, string>> {
  const { logger: log, clock, signal, random } = world
  const collecting = once(() => world.inventory.collect(signal))
  const inventory = async () => {
    const known = await collecting()
    return known.ok ? ok(known.value.inventory) : known
  }
  const identity = await identify({ options, store, token: world.token ?? '', inventory, clock, log, random }, signal)
  if (!identity.ok) return identity
  const host = findHost(options, identity.value.machine)
  const journal = await openJournal(options, log)
  if (!journal.ok) return journal
  const commands = await LocalCommands.open(options, host, clock, log)
  const parts = { options, world, store, lock, host, identity: identity.value, commands, ...journal.value }
  const agent = new LocalAgent(parts)
  agent.find()
  const known = await collecting()
  if (known.ok) return ok(agent.run(known.value))
  await agent.close()
  return known
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null
  return () => (made ??= make())
}

type OpenedJournal = {
  readonly journal: MachineJournal
  readonly journaled: Journaled | null
  readonly damaged: boolean
}

/** A damaged journal was set aside: the machine goes on without a memory, and is made clean before anything else. */
async function openJournal({ stateDir }: AgentOptions, log: Logger): Promise<Result<OpenedJournal, string>> {
  const path = join(stateDir, JOURNAL_FILE)
  const opened = await openMachineJournal(path)
  if (opened.ok) return ok({ journal: opened.value.journal, journaled: opened.value.state, damaged: false })
  if (opened.error.kind !== 'journal_corrupt') return refuse(opened.error.sentence)
  log.error({ reason: opened.error.sentence }, 'the journal is damaged')
  const again = await openMachineJournal(path)
  if (!again.ok) return refuse(again.error.sentence)
  return ok({ journal: again.value.journal, journaled: null, damaged: true })
}

type Parts = OpenedJournal & {
  readonly options: AgentOptions
  readonly world: Prepared
  readonly store: IdentityStore
  readonly lock: Lock
  readonly host: Host
  readonly identity: Identity
  readonly commands: LocalCommands
}

/** The parts of one agent, put together. */
class LocalAgent implements RunningAgent {
  readonly machine: MachineId
  ended: Promise<void> = Promise.resolve()
  readonly #parts: Parts
  readonly #runtime: Runtime
  readonly #local: LocalMachine
  readonly #loop: AgentLoop
  readonly #upgrader: Upgrader | null
  readonly #sampler: Sampler
  #link: SessionLink | null = null
  #identity: Identity
  #slots = 1
  #writeFailure: { readonly sentence: string; readonly at: number } | null = null

  constructor(parts: Parts) {
    const { options, world, host, identity, journal, journaled, damaged } = parts
    const { clock, logger: log, sharedDirectories, launcher } = world
    this.machine = identity.machine
    this.#parts = parts
    this.#identity = identity
    this.#sampler = localSampler(options, clock, world.program ?? null)
    const processes = world.processes ?? processTable()
    this.#runtime = createRuntime({
      processes,
      host: host.facts,
      clock,
      logCapBytes: options.logCap,
      ...(launcher === undefined ? {} : { launcher }),
      onFault: (placement, { sentence }) => {
        this.#writeFailure = { sentence, at: clock.monotonic() }
        log.warn({ placement_id: placement, reason: sentence }, "a task's output cannot be kept")
      },
    })
    const free = { freeBytesMin: FREE_BYTES_MIN, ...(sharedDirectories === undefined ? {} : { sharedDirectories }) }
    this.#local = new LocalMachine({
      options,
      host,
      runtime: this.#runtime,
      processes,
      journal,
      slots: () => this.#slots,
      clock,
      log,
      devices: this.#sampler,
      checkRunner: world.program?.checkRunner ?? null,
      ...free,
    })
    this.#loop = new AgentLoop({
      machine: this.machine,
      journaled,
      leftovers: damaged || (journaled === null && this.#runtime.known().length > 0),
      world: this.#local,
      clock,
      log,
      sinceBoot,
      renewedAt: this.#renewedAt(),
      retryAfter: RETRY_AFTER,
      onReport: (report) => this.#link?.report(report),
    })
    this.#upgrader = this.#openUpgrader()
  }

  /** When an earlier agent of this boot was last answered, as far as the run that it left goes by that. */
  #renewedAt(): Milliseconds | null {
    const placement = this.#parts.journaled?.placement ?? null
    if (placement === null || placement.lease === null) return null
    const end = this.#runtime.leaseOf(placement.placement)
    return end === null ? null : milliseconds(Math.max(0, end - placement.lease))
  }

  #upgrades(): Pick<SessionOptions, 'onWelcome' | 'onUpgrade'> {
    return {
      onWelcome: () => this.#upgrader?.welcomed(),
      onUpgrade: (order) => this.#upgrader?.order(order),
    }
  }

  #openUpgrader(): Upgrader | null {
    const { options, world } = this.#parts
    const { program, clock, logger: log } = world
    if (program === undefined) return null
    return new Upgrader({
      stateDir: options.stateDir,
      keyFile: options.upgradeKey,
      program: program.path,
      argv: program.argv,
      version,
      architecture: process.arch,
      clock,
      log,
      onRestart: program.restart,
    })
  }

  get isConnected(): boolean {
    return this.#link?.isConnected ?? false
  }

  report(): MachineReport {
    return this.#loop.report()
  }

  /** Before anything slow: what an earlier agent left running is looked after at once. */
  find(): void {
    this.#loop.start()
    this.#loop.commands(this.#parts.commands.open())
  }

  run(known: KnownInventory): this {
    this.ended = this.#run(known)
    return this
  }

  async #run(first: KnownInventory): Promise<void> {
    const { options, world, host, store } = this.#parts
    const { clock, logger: log, signal, random } = world
    let known = first
    this.#slots = Math.max(1, known.inventory.gpus.length)
    const sampler = this.#sampler
    const watch = new TelemetryWatch(sampler, log, clock)
    const senses = new LocalSenses({ sampler, clock, host, writeFailure: () => this.#recentWriteFailure() })
    const beat = new Beat(clock, this.machine, options.samplingInterval, () => {
      const sample = senses.sample(clock.now())
      this.#loop.conditions([...senses.conditions(sample), ...(this.#upgrader?.conditions ?? [])])
      this.#link?.sample(senses.schema(), sample)
      if (watch.look()) this.#link?.kernelEvents(sampler.kernelEvents())
    })
    const addresses = this.#addresses()
    const link = new SessionLink({
      agent: this.#loop,
      commands: this.#commandOrders(),
      logs: this.#runtime.logs,
      clock,
      sinceBoot,
      log,
      agentVersion: version,
      bootId: host.bootId,
      peerAddress: (coordinator) => this.#peerAddress(coordinator),
      inventory: () => known,
      onSampling: (interval) => {
        sampler.setBeat(interval)
        beat.period = interval
      },
      kernelEvents: () => sampler.kernelEvents(),
      onHealthPlan: ({ siteRules, gpusExpected }) => senses.healthPlan(siteRules, gpusExpected),
      onClockAhead: (ahead) => senses.clockAhead(ahead),
      ...this.#upgrades(),
      addresses,
      tls: () => tlsOf(this.#identity),
      backoffBase: options.reconnectBase,
      backoffCap: options.reconnectCap,
      random,
    })
    this.#link = link
    const onRenewed = (identity: Identity): void => {
      this.#identity = identity
      link.reconnect()
    }
    beat.start()
    const looking = this.#lookForChanges((changed) => {
      known = changed
      this.#slots = Math.max(1, changed.inventory.gpus.length)
      link.inventory(changed)
    }, first)
    const renewing = keepRenewed({ store, addresses, clock, log, random, onRenewed }, this.#identity, signal)
    log.info({ machine_id: this.machine, coordinators: addresses.join(','), version }, 'agent ready')
    await Promise.all([link.run(signal), renewing, looking])
    beat.stop()
    await this.close()
  }

  #commandOrders(): CommandOrders {
    const { world, commands } = this.#parts
    return new CommandOrders({
      commands,
      clock: world.clock,
      log: world.logger,
      patience: OUTPUT_PATIENCE,
      onChange: (open) => this.#loop.commands(open),
    })
  }

  async close(): Promise<void> {
    this.#loop.close()
    this.#sampler.close()
    this.#runtime.close()
    this.#local.close()
    await this.#parts.journal.close()
    await this.#parts.commands.close()
    this.#parts.lock.release()
  }

  /** A failure counts until nothing failed for a minute. */
  #recentWriteFailure(): string | null {
    const failure = this.#writeFailure
    if (failure === null || this.#parts.world.clock.monotonic() - failure.at > minutes(1)) return null
    return failure.sentence
  }

  async #lookForChanges(onChange: (known: KnownInventory) => void, first: KnownInventory): Promise<void> {
    const { inventory, signal, logger: log } = this.#parts.world
    let key = inventory.changeKey()
    let { digest } = first
    while (!signal.aborted) {
      await sleep(LOOK_FOR_CHANGES_MS, undefined, { signal, ref: false }).catch(() => undefined)
      if (signal.aborted || inventory.changeKey() === key) continue
      key = inventory.changeKey()
      try {
        const collected = await inventory.collect(signal)
        if (!collected.ok || collected.value.digest === digest) continue
        ;({ digest } = collected.value)
        log.info({ digest }, 'the inventory changed')
        onChange(collected.value)
      } catch (error) {
        if (!signal.aborted) log.warn({ error }, 'the inventory cannot be collected')
      }
    }
  }

  #addresses(): readonly string[] {
    const stated = this.#parts.options.coordinator.map(printAddress)
    return stated.length > 0 ? stated : [this.#identity.coordinator]
  }

  async #peerAddress(coordinator: string): Promise<string> {
    const { peerAddress } = this.#parts.options
    return peerAddress === '' ? addressTowards(parseAddress(coordinator)?.host ?? '') : peerAddress
  }
}
