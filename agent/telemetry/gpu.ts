import { existsSync } from 'node:fs'
import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, type Milliseconds, minutes, seconds } from '../../shared/model/time.ts'
import type { StartChild } from './child.ts'
import { NvidiaSmiSource } from './nvidia_smi.ts'
import { NvmlSource } from './nvml_source.ts'
import { type Source, missing } from './source.ts'

export type GpuOptions = {
  readonly proc: string
  /** The program that reads the devices through the driver's library; null where there is none. */
  readonly reader: readonly [string, ...string[]] | null
  /** Name or path of nvidia-smi. */
  readonly command: string
  /** Whether a person wants the devices for themselves. */
  readonly isReleased: () => boolean
  readonly clock: Clock
  readonly start: StartChild
}

/** Without a driver, how often to look whether there is one now. */
const DRIVER_EVERY = seconds(30)
/** What the library lacks may have been installed since. */
const LIBRARY_EVERY = minutes(60)

/** How the devices are read. Without a driver they are not, and that is no error. */
type Way =
  | { readonly kind: 'no_driver'; readonly lookAt: number }
  | { readonly kind: 'nvml'; readonly source: NvmlSource }
  | {
      readonly kind: 'nvidia_smi'
      readonly source: NvidiaSmiSource
      readonly until: number
      readonly why: string | null
    }

/** NVIDIA GPUs: through the driver's library, or by nvidia-smi where that cannot be called. */
export class GpuSource implements Source {
  readonly name = 'gpus'
  readonly #options: GpuOptions
  #way: Way = { kind: 'no_driver', lookAt: 0 }
  #beat: Milliseconds = seconds(10)
  #isClosed = false
  #isReleased = false

  constructor(options: GpuOptions) {
    this.#options = options
  }

  get metrics(): readonly Metric[] {
    return this.#way.kind === 'no_driver' ? NONE : this.#way.source.metrics
  }

  get values(): Float64Array {
    return this.#way.kind === 'no_driver' ? NO_VALUES : this.#way.source.values
  }

  setBeat(beat: Milliseconds): void {
    this.#beat = beat
    if (this.#way.kind !== 'no_driver') this.#way.source.setBeat(beat)
  }

  refresh(): string | null {
    this.#choose()
    const way = this.#way
    if (way.kind === 'no_driver') return null
    const problem = way.source.refresh()
    return way.kind === 'nvidia_smi' && way.why !== null ? (problem ?? way.why) : problem
  }

  /** Lets go of every device until `take`. Returns whether it did: a driver that hangs keeps its reader. */
  async release(limit: Milliseconds): Promise<boolean> {
    this.#isReleased = true
    return this.#way.kind === 'no_driver' ? true : this.#way.source.release(limit)
  }

  take(): void {
    this.#isReleased = false
    if (this.#way.kind !== 'no_driver') this.#way.source.take()
  }

  close(): void {
    this.#isClosed = true
    if (this.#way.kind !== 'no_driver') this.#way.source.close()
  }

  #choose(): void {
    if (this.#isClosed || this.#isReleased) return
    const now = this.#options.clock.monotonic()
    const way = this.#way
    if (way.kind === 'no_driver' && now >= way.lookAt) {
      if (existsSync(`${this.#options.proc}/driver/nvidia/version`)) this.#begin()
      else this.#way = { kind: 'no_driver', lookAt: now + DRIVER_EVERY }
    } else if (way.kind === 'nvidia_smi' && now >= way.until) {
      way.source.close()
      if (way.source.isGone) this.#begin()
    }
  }

  #begin(): void {
    const { proc, reader, isReleased, clock, start } = this.#options
    if (reader === null) {
      this.#fallBack(null, Number.POSITIVE_INFINITY)
      return
    }
    const unloadable = (reason: string): void =>
      this.#fallBack(`only what nvidia-smi tells, since ${reason}`, clock.monotonic() + LIBRARY_EVERY)
    const source = new NvmlSource({ proc, reader, isReleased, clock, start, unloadable })
    source.setBeat(this.#beat)
    this.#way = { kind: 'nvml', source }
  }

  #fallBack(why: string | null, until: number): void {
    const { command, isReleased, clock, start } = this.#options
    const source = new NvidiaSmiSource({ command, isReleased, clock, start })
    source.setBeat(this.#beat)
    this.#way = { kind: 'nvidia_smi', source, until, why }
  }
}

const NONE: readonly Metric[] = []
const NO_VALUES = missing(0)
