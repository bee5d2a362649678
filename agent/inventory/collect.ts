import { arch, cpus, hostname, networkInterfaces } from 'node:os'
import * as information from 'systeminformation'
import type { Inventory } from '../../shared/model/inventory.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import { type Milliseconds, seconds } from '../../shared/model/time.ts'
import { blockDevices } from './block.ts'
import { changeKey, hasDriver, memoryTotal } from './change.ts'
import { networkDevices } from './network.ts'
import { type HardwareOverrides, normalise } from './normalise.ts'
import { NvidiaQuery, type NvidiaReport, type QueryNvidia } from './nvidia.ts'
import { withinTime } from './time_limit.ts'

export type CollectorOptions = HardwareOverrides & {
  /** Where the kernel's files are; /proc and /sys unless a test says otherwise. */
  readonly proc?: string
  readonly sys?: string
  /** For each question on its own; 20 seconds unless said otherwise. */
  readonly timeout?: Milliseconds
  readonly queryNvidia?: QueryNvidia
  readonly nvidiaSmi?: string
  readonly questions?: Questions
}

/** The questions to systeminformation, by what their answers are called here. */
export type Questions = Readonly<Record<Fact, () => Promise<unknown>>>

type Fact = 'system' | 'baseboard' | 'bios' | 'cpu' | 'memoryModules' | 'disks' | 'interfaces' | 'os' | 'uuid'

export type Collected = {
  readonly inventory: Inventory
  /** Questions without an answer, whose facts are absent. */
  readonly problems: readonly string[]
}

export interface Collector {
  /**
   * Asks for everything; starts dozens of processes and takes up to seconds, so: at the start, and when `changeKey`
   * has changed. Rejects when aborted. Refused where the instruction set is not supported or an override is malformed.
   */
  collect(signal: AbortSignal): Promise<Result<Collected, string>>
  /** Changes when devices, addresses or memory may have; costs well under a millisecond and starts no process. */
  changeKey(): string
}

const questionsToSystem: Questions = {
  system: async () => information.system(),
  baseboard: async () => information.baseboard(),
  bios: async () => information.bios(),
  cpu: async () => information.cpu(),
  memoryModules: async () => information.memLayout(),
  disks: async () => information.diskLayout(),
  interfaces: async () => information.networkInterfaces(),
  os: async () => information.osInfo(),
  uuid: async () => information.uuid(),
}

export function openCollector(options: CollectorOptions = {}): Collector {
  const { proc = '/proc', sys = '/sys', timeout = seconds(20), questions = questionsToSystem, ...rest } = options
  const { queryNvidia, nvidiaSmi, ...overrides } = rest
  const nvidia = new NvidiaQuery(timeout, queryNvidia, nvidiaSmi)
  return {
    collect: async (signal) => {
      const problems: string[] = []
      const facts: Record<string, unknown> = {}
      // One after another: together they are a burst of a hundred processes on a machine that may be at work.
      for (const [name, ask] of Object.entries(questions)) {
        signal.throwIfAborted()
        const answer = await withinTime(name, timeout, ask)
        if (answer.ok) facts[name] = answer.value
        else problems.push(answer.error)
      }
      const gpus: NvidiaReport = hasDriver(proc) ? await nvidia.gpus(signal) : { gpus: [], problem: null }
      if (gpus.problem !== null) problems.push(gpus.problem)
      const inventory = normalise(
        {
          ...facts,
          gpus: gpus.gpus,
          networkDevices: networkDevices(sys, networkInterfaces()),
          blockDevices: blockDevices(sys),
          memoryBytes: memoryTotal(proc),
          threads: cpus().length,
          hostname: hostname(),
          architecture: arch(),
        },
        overrides,
      )
      return inventory.ok ? ok({ inventory: inventory.value, problems }) : inventory
    },
    changeKey: () => changeKey(proc, sys),
  }
}
