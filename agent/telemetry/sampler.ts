import type { Metric, Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import type { Clock, Instant, Milliseconds } from '../../shared/model/time.ts'
import { type StartChild, startChild } from './child.ts'
import { CpuSource } from './cpu.ts'
import { diskSource, nicSource } from './devices.ts'
import { FilesystemSource } from './filesystems.ts'
import { GpuSource } from './gpu.ts'
import { ReadBuffer } from './kept_file.ts'
import { loadSource, memorySource, pressureSource, systemSource } from './small_files.ts'
import { type Source, missing } from './source.ts'
import { TemperatureSource } from './temperatures.ts'

export type SamplerOptions = {
  readonly clock: Clock
  /** Where the kernel's files are; /proc and /sys unless a test says otherwise. */
  readonly proc?: string
  readonly sys?: string
  /** Directories whose file systems are watched, such as that of the agent's state. */
  readonly directories?: readonly string[]
  readonly nvidiaSmi?: string
  readonly startChild?: StartChild
}

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
  /** Tells the sources that have a rhythm of their own how often `sample` will be called. */
  setBeat(beat: Milliseconds): void
  /** When what is read aside (temperatures, file systems) has been read once. A hung device keeps it waiting. */
  settled(): Promise<void>
  close(): void
}

export function openSampler(options: SamplerOptions): Sampler {
  return new PackingSampler(options)
}

class PackingSampler implements Sampler {
  readonly #sources: readonly Source[]
  readonly #aside: readonly (TemperatureSource | FilesystemSource)[]
  readonly #gpus: GpuSource
  readonly #problems = new Map<string, string>()
  #news: SourceProblem[] = []
  /** The shapes that the schema was made of, by identity. */
  #shapes: (readonly Metric[])[] = []
  #schema: SampleSchema = { id: 0, metrics: [] }

  constructor({ clock, proc = '/proc', sys = '/sys', directories = [], ...gpu }: SamplerOptions) {
    const buffer = new ReadBuffer()
    const temperatures = new TemperatureSource(sys, clock)
    const filesystems = new FilesystemSource(directories, clock)
    const { nvidiaSmi: command = 'nvidia-smi', startChild: start = startChild } = gpu
    this.#gpus = new GpuSource({ proc, command, clock, start })
    this.#aside = [temperatures, filesystems]
    this.#sources = [
      new CpuSource(proc, buffer),
      loadSource(proc, buffer),
      pressureSource(proc, buffer),
      memorySource(proc, buffer),
      diskSource(proc, buffer),
      nicSource(proc, sys, buffer),
      systemSource(proc, buffer),
      filesystems,
      temperatures,
      this.#gpus,
    ]
    this.#refresh()
  }

  schema(): SampleSchema {
    return this.#schema
  }

  sample(now: Instant): Sample {
    this.#refresh()
    const values = missing(this.#schema.metrics.length)
    let offset = 0
    for (const source of this.#sources) {
      values.set(source.values, offset)
      offset += source.values.length
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

  setBeat(beat: Milliseconds): void {
    this.#gpus.setBeat(beat)
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
    if (isSame) return
    this.#shapes = this.#sources.map((source) => source.metrics)
    this.#schema = { id: this.#schema.id + 1, metrics: this.#shapes.flat() }
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
