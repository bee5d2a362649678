import { readdirSync, writeFileSync } from 'node:fs'
import { type Result, assertNever } from '../../shared/model/result.ts'
import type { Fenced } from '../../shared/model/run.ts'
import { type Milliseconds, seconds } from '../../shared/model/time.ts'
import { type Baseline, differences, inWords } from './baseline.ts'
import { readBaseline, writeBaseline } from './baseline_file.ts'
import { BaselineReader } from './baseline_read.ts'
import { eraseDevice, eraseFacts } from './erase.ts'
import { type DevicePlan, describePlan, planErase } from './erase_plan.ts'
import { Fence } from './fence.ts'
import { gpuHolders, hasGpus } from './gpus.ts'
import { type Outcome, failed, passed } from './outcome.ts'
import type { MachineStep } from './plan.ts'
import { checkProgram, lastWords, runProgram } from './program.ts'

/** What a site says of the cleaning of its machines. */
export type MachineScopeOptions = {
  /** Where the baseline is kept. */
  readonly baselineFile: string
  readonly baselineIgnore: readonly string[]
  /** Block devices that tenants write to, erased at each hand-back. */
  readonly scratchDevices: readonly string[]
  /** What becomes of a machine one of whose devices cannot be proved clean. */
  readonly fencedDevices: 'quarantine' | 'lesser'
  /** Where devices that are fenced off are written down. */
  readonly fenceFile: string
  /** Directory of the site's own steps, run in the order of their names; it may be absent. */
  readonly stepsDirectory: string
  readonly stepLimit: Milliseconds
  /** Program that fills and reads back the memory of every GPU; empty: none. */
  readonly gpuScrub: string
  readonly gpuReset: boolean
  readonly gpuDaemons: readonly string[]
  readonly random: () => number
}

/** Who was on the machine; told to the site's programs. */
export type Released = { readonly epoch: number; readonly uid: number | null; readonly scratch: string }

const NAMED_MAX = 12
const REASON_MAX = 500
const GPU_LIMIT = seconds(120)

/** Cleans what is the machine's as a whole, not one placement's. Only for an agent that has its machine to itself. */
export class MachineScope {
  readonly #options: MachineScopeOptions
  readonly #reader = new BaselineReader()
  readonly #fence: Fence

  constructor(options: MachineScopeOptions) {
    this.#options = options
    this.#fence = new Fence(options.fenceFile)
  }

  /** What there is to do here, found anew each time: devices and programs come and go. */
  async steps(): Promise<readonly MachineStep[]> {
    const { scratchDevices, gpuScrub, gpuReset } = this.#options
    const steps: MachineStep[] = [{ kind: 'drop_caches', name: 'drop_caches', proof: 'the kernel took the order' }]
    if (hasGpus()) {
      steps.push({ kind: 'gpu_holders', name: 'free_gpus', proof: 'no process has a GPU open' })
      if (gpuScrub !== '') {
        const proof = 'the program read back what it wrote to every GPU'
        steps.push({ kind: 'program', name: 'scrub_gpus', proof, program: gpuScrub })
      }
      if (gpuReset) steps.push({ kind: 'gpu_reset', name: 'reset_gpus', proof: 'the driver reset every GPU' })
    }
    for (const [path, device] of await planDevices(scratchDevices)) {
      const proof = 'places all over it read back as erased'
      steps.push({ kind: 'erase_device', name: `erase ${path}`, proof, path, device })
    }
    for (const program of this.#sitePrograms()) {
      steps.push({ kind: 'program', name: `site ${program}`, proof: 'it ended with code 0', program })
    }
    return steps
  }

  /** The last step of all: what others of these did is looked at too. */
  lastStep(): MachineStep {
    return { kind: 'baseline', name: 'compare_baseline', proof: 'the machine is as it was while it was clean' }
  }

  async act(step: MachineStep, released: Released): Promise<Outcome> {
    switch (step.kind) {
      case 'drop_caches':
        writeFileSync('/proc/sys/vm/drop_caches', '3')
        return passed(step.proof)
      case 'gpu_holders': {
        const holders = gpuHolders(this.#options.gpuDaemons)
        if (holders.length === 0) return passed(step.proof)
        return failed(`GPUs are held by ${holders.map(({ pid, name }) => `${name} (${pid})`).join(', ')}`)
      }
      case 'gpu_reset':
        return told(await runProgram({ argv: ['nvidia-smi', '--gpu-reset'], limit: GPU_LIMIT }), step.proof)
      case 'program':
        return this.#program(step.program, released)
      case 'erase_device': {
        const { path, device } = step
        if (typeof device === 'string') return this.#fenceOff({ device: path, serial: '', reason: device })
        const erased = await eraseDevice(device, this.#options.random)
        if (!erased.ok) return this.#fenceOff({ device: path, serial: device.device.serial, reason: erased.error })
        this.#fence.lift(path)
        return { ...passed(erased.value.detail), erased: erased.value.erased }
      }
      case 'baseline':
        return this.compare()
      default:
        return assertNever(step)
    }
  }

  /** What tenants are kept from; a record that is damaged, or a device that cannot be shut, is refused. */
  fenced(): Result<readonly Fenced[], string> {
    const held = this.#fence.hold()
    return held.ok ? this.#fence.list() : held
  }

  /** One line for each scratch device, for people. */
  erasePlan(): Promise<readonly string[]> {
    return describeErasePlan(this.#options.scratchDevices)
  }

  #fenceOff(found: Fenced): Outcome {
    const fenced = { ...found, reason: found.reason.slice(0, REASON_MAX) }
    const { device, reason } = fenced
    if (this.#options.fencedDevices === 'quarantine') return failed(reason)
    const shut = this.#fence.shut(fenced)
    if (!shut.ok) return failed(`${reason}; and ${shut.error}`)
    return { ...passed(`${device} is fenced off from tenants, since it could not be erased: ${reason}`), fenced }
  }

  /** Compares the machine with its baseline; one that was never taken is no difference. */
  async compare(): Promise<Outcome> {
    const known = readBaseline(this.#options.baselineFile)
    if (!known.ok) return failed(`${known.error}; to take a new one: billet-agent baseline --forget`)
    if (known.value === null) return passed('no baseline was taken yet: the next validation takes it')
    return compared(known.value, await this.#reader.read(), this.#options.baselineIgnore)
  }

  /** Compares, or takes the first baseline of a machine that is otherwise proved clean. */
  async compareOrTake(): Promise<Outcome> {
    const known = readBaseline(this.#options.baselineFile)
    if (!known.ok || known.value !== null) return this.compare()
    const baseline = await this.#reader.read()
    writeBaseline(this.#options.baselineFile, baseline)
    return passed(`taken now: ${sizes(baseline)}`)
  }

  #sitePrograms(): readonly string[] {
    const { stepsDirectory } = this.#options
    try {
      // As run-parts does: what editors and package managers leave behind is no step.
      const names = readdirSync(stepsDirectory).filter((name) => /^[A-Za-z0-9_-]+$/.test(name))
      return names.toSorted().map((name) => `${stepsDirectory}/${name}`)
    } catch {
      return []
    }
  }

  async #program(program: string, { epoch, uid, scratch }: Released): Promise<Outcome> {
    const checked = checkProgram(program)
    if (!checked.ok) return failed(checked.error)
    const environment = {
      BILLET_EPOCH: `${epoch}`,
      BILLET_TENANT_UID: uid === null ? '' : `${uid}`,
      BILLET_SCRATCH: scratch,
    }
    const ran = await runProgram({ argv: [program], environment, limit: this.#options.stepLimit })
    return ran.ok ? passed(lastWords(ran.value) || 'ended with code 0') : failed(ran.error)
  }
}

/** By what each device would be erased, or why it would not be, by its path. */
export async function planDevices(
  paths: readonly string[],
): Promise<readonly (readonly [string, DevicePlan | string])[]> {
  return Promise.all(paths.map(async (path) => [path, await planDevice(path)] as const))
}

/** One line for each device, for people. */
export async function describeErasePlan(paths: readonly string[]): Promise<readonly string[]> {
  const plans = await planDevices(paths)
  return plans.map(([path, plan]) => (typeof plan === 'string' ? `${path}: not erased: ${plan}` : describePlan(plan)))
}

async function planDevice(path: string): Promise<DevicePlan | string> {
  const facts = await eraseFacts(path)
  return facts.ok ? planErase(facts.value) : facts.error
}

function compared(before: Baseline, now: Baseline, ignored: readonly string[]): Outcome {
  const found = differences(before, now, ignored)
  if (found.length === 0) return passed(`as it was: ${sizes(now)}`)
  const more = found.length > NAMED_MAX ? ` and ${found.length - NAMED_MAX} more` : ''
  const named = found.slice(0, NAMED_MAX).map(inWords).join('; ')
  return failed(`${named}${more}; where that is as it should be: billet-agent baseline --forget`)
}

const sizes = (baseline: Baseline): string =>
  Object.entries(baseline)
    .map(([kind, entries]) => `${Object.keys(entries).length} of ${kind}`)
    .join(', ')

const told = (result: Result<string, string>, proof: string): Outcome =>
  result.ok ? passed(proof) : failed(result.error)
