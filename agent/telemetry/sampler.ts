import { sinceBoot } from '../../shared/clock.ts'
import type { KernelEvent } from '../../shared/model/kernel_event.ts'
import type { Metric, Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import { type Clock, type Instant, type Milliseconds, seconds } from '../../shared/model/time.ts'
import { AmdSource } from './amd.ts'
import { ClockSyncSource } from './clock_sync.ts'
import { type StartChild, startChild } from './child.ts'
import { GpuSource } from './gpu.ts'
import { type AsideSource, hostSources } from './host_sources.ts'
import { KernelLogSource } from './kernel_log.ts'
import { type Source, missing } from './source.ts'
import { SystemSource } from './system_source.ts'
import { UnitsSource } from './units_source.ts'

export type SamplerOptions = {
  readonly clock: Clock
  /** Where the kernel's files are; /proc and /sys unless a test says otherwise. */
  readonly proc?: string
  readonly sys?: string
  readonly kernelLog?: string
  /** Directories whose file systems are watched, such as that of the agent's state. */
  readonly directories?: readonly string[]
  /** The program that reads GPUs through their driver's library; nvidia-smi is read where there is none. */
  readonly gpuReader?: readonly [string, ...string[]] | null
  /** The program that asks disks and kernel by system calls. */
  readonly systemReader?: readonly [string, ...string[]] | null
  /** Whether a person wants the GPUs for themselves. */
  readonly gpusReleased?: () => boolean
  readonly nvidiaSmi?: string
  readonly startChild?: StartChild
}

/** Changes of the schema that may follow one another at once, and how often there may be one for good. */
const CHANGES_MAX = 8
const CHANGE_EVERY = seconds(30)

/** Devices that a reader has open. */
export type Kept = 'gpus' | 'disks'

/** Why some numbers are missing. */
export type SourceProblem = { readonly source: string; readonly message: string }

/** Reads all sources of telemetry on a beat that somebody else keeps. */
export interface Sampler {
  /** Of the newest sample. Its identifier grows whenever a device came or went. */
  schema(): SampleSchema
  /** Reads everything; takes well under a millisecond and never waits for a device or a process. */
  sample(now: Instant): Sample
  /** What stands now, one per source at most. */
  problems(): readonly SourceProblem[]
  /** Problems that have come up since this was last asked, each told once however long it stands. */
  newProblems(): readonly SourceProblem[]
  /** What the kernel told in this boot; the same array until there is something new. */
  kernelEvents(): readonly KernelEvent[]
  /** Tells the sources that have a rhythm of their own how often `sample` will be called. */
  setBeat(beat: Milliseconds): void
  /** Lets go of every GPU and disk until `take`. Those that hang, and so are kept by their reader. */
  release(limit: Milliseconds): Promise<readonly Kept[]>
  take(): void
  /** When what is read aside (sensors, fabric, file systems) has been read once. A hung device keeps it waiting. */
  settled(): Promise<void>
  close(): void
}

export function openSampler(options: SamplerOptions): Sampler {
  return new PackingSampler(options)
}

class PackingSampler implements Sampler {
  readonly #sources: readonly Source[]
  readonly #aside: readonly AsideSource[]
  readonly #gpus: GpuSource
  readonly #system: SystemSource
  readonly #kernelLog: KernelLogSource
  readonly #problems = new Map<string, string>()
  #news: SourceProblem[] = []
  /** The shapes that the schema was made of, by identity. */
  #shapes: (readonly Metric[])[] = []
  #schema: SampleSchema = { id: 0, metrics: [] }
  readonly #clock: Clock
  /** How many more changes of the schema there may be, and since when the next one is earned. */
  #changes = CHANGES_MAX
  #changesSince: number

  constructor({
    clock,
    proc = '/proc',
    sys = '/sys',
    kernelLog = '/dev/kmsg',
    directories = [],
    ...gpu
  }: SamplerOptions) {
    this.#clock = clock
    this.#changesSince = clock.monotonic()
    const { sources, aside } = hostSources({ clock, proc, sys, directories })
    const { nvidiaSmi: command = 'nvidia-smi', startChild: start = startChild, gpuReader: reader = null } = gpu
    const { gpusReleased: isReleased = () => false } = gpu
    this.#gpus = new GpuSource({ proc, reader, isReleased, command, clock, start })
    const amd = new AmdSource(sys, clock)
    this.#aside = [...aside, amd]
    this.#kernelLog = new KernelLogSource({ path: kernelLog, clock, sinceBoot })
    this.#system = new SystemSource({ reader: gpu.systemReader ?? null, clock, start })
    const kernel = (): number => this.#system.synchronised
    const clockSync = new ClockSyncSource({ clock, sinceBoot, kernel, run: '/run', lib: '/var/lib' })
    const units = new UnitsSource({ clock, run: '/run' })
    this.#sources = [...sources, this.#kernelLog, this.#system, clockSync, units, this.#gpus, amd]
    this.#refresh()
  }

  schema(): SampleSchema {
    return this.#schema
  }

  sample(now: Instant): Sample {
    this.#refresh()
    const values = missing(this.#schema.metrics.length)
    let offset = 0
    for (const [index, shape] of this.#shapes.entries()) {
      const source = this.#sources[index]
      // What has another shape than the schema says waits for the next schema.
      if (source?.metrics === shape) values.set(source.values, offset)
      offset += shape.length
    }
    return { schemaId: this.#schema.id, at: now, values }
  }

  problems(): readonly SourceProblem[] {
    return [...this.#problems].map(([source, message]) => ({ source, message }))
  }

  newProblems(): readonly SourceProblem[] {
    const news = this.#news
    this.#news = []
    return news
  }

  kernelEvents(): readonly KernelEvent[] {
    return this.#kernelLog.events
  }

  setBeat(beat: Milliseconds): void {
    this.#gpus.setBeat(beat)
  }

  async release(limit: Milliseconds): Promise<readonly Kept[]> {
    const [gpus, disks] = await Promise.all([this.#gpus.release(limit), this.#system.release(limit)])
    return [...(gpus ? [] : ['gpus' as const]), ...(disks ? [] : ['disks' as const])]
  }

  take(): void {
    this.#gpus.take()
    this.#system.take()
  }

  async settled(): Promise<void> {
    await Promise.all(this.#aside.map(async (source) => source.settled()))
  }

  close(): void {
    for (const source of this.#sources) source.close()
  }

  #refresh(): void {
    for (const source of this.#sources) this.#note(source.name, source.refresh())
    const isSame = this.#sources.every((source, index) => source.metrics === this.#shapes[index])
    if (isSame || !this.#mayChange()) return
    this.#shapes = this.#sources.map((source) => source.metrics)
    this.#schema = { id: this.#schema.id + 1, metrics: this.#shapes.flat() }
  }

  /** A device that comes and goes all the time changes the schema now and then, and is missing meanwhile. */
  #mayChange(): boolean {
    const now = this.#clock.monotonic()
    const earned = Math.floor((now - this.#changesSince) / CHANGE_EVERY)
    if (earned > 0) {
      this.#changes = Math.min(CHANGES_MAX, this.#changes + earned)
      this.#changesSince += earned * CHANGE_EVERY
    }
    if (this.#changes === 0) return false
    this.#changes -= 1
    return true
  }

  #note(source: string, message: string | null): void {
    if (message === null) {
      this.#problems.delete(source)
      return
    }
    if (this.#problems.get(source) === message) return
    this.#problems.set(source, message)
    // One piece of news per source: the list stays bounded even if nobody asks for it.
    this.#news = [...this.#news.filter((known) => known.source !== source), { source, message }]
  }
}
