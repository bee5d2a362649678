import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, type Milliseconds, milliseconds, minutes, seconds } from '../../shared/model/time.ts'
import type { StartChild } from './child.ts'
import { KeptChild } from './kept_child.ts'
import { GPUS_MAX, GPU_IDENTITY, GPU_QUANTITIES, type GpuLine, parseGpuLine } from './nvidia_smi_line.ts'
import { type Source, metric, missing } from './source.ts'

export type NvidiaSmiOptions = {
  /** Name or path of nvidia-smi. */
  readonly command: string
  /** Whether a person wants the devices for themselves; asked at each beat. */
  readonly isReleased: () => boolean
  readonly clock: Clock
  readonly start: StartChild
}

type Device = { readonly line: GpuLine; readonly at: number }

/** The driver may take this long until its first answer where nobody keeps it loaded. */
const FIRST_ANSWER = minutes(1)
const LINE_MAX = 64 * 1024
const STALE_BEATS = 3

/**
 * NVIDIA GPUs by one nvidia-smi that keeps running and prints a line per device and beat: starting one per beat
 * costs from 10 to 600 milliseconds of a processor each time. It is looked after from `refresh` alone, so there is
 * no timer: killed when silent, started again after a pause that doubles.
 */
export class NvidiaSmiSource implements Source {
  readonly name = 'gpus'
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #options: NvidiaSmiOptions
  readonly #child: KeptChild
  #beat: Milliseconds = seconds(10)
  #heardAt: number | null = null
  #devices = new Map<string, Device>()
  #order: readonly string[] = []
  #problem: string | null = null
  #isClosed = false

  constructor(options: NvidiaSmiOptions) {
    this.#options = options
    this.#child = new KeptChild({
      clock: options.clock,
      start: options.start,
      lineMax: LINE_MAX,
      heard: (line) => this.#take(line),
      ended: (reason) => {
        if (reason !== null) this.#problem = `${options.command} ${reason}`
      },
    })
  }

  /** How often the devices shall be read, in whole seconds: the driver itself averages over up to a second. */
  setBeat(beat: Milliseconds): void {
    const whole = seconds(Math.max(1, Math.round(beat / 1000)))
    if (whole === this.#beat) return
    this.#beat = whole
    if (!this.#child.isRunning) return
    this.#child.stop()
    this.#child.forgive()
  }

  refresh(): string | null {
    const now = this.#options.clock.monotonic()
    if (!this.#isClosed) this.#look(now)
    this.#order.forEach((uuid, row) => {
      const device = this.#devices.get(uuid)
      const offset = row * GPU_QUANTITIES.length
      const isFresh = device !== undefined && now - device.at < this.#silence
      if (isFresh) this.values.set(device.line.values, offset)
      else this.values.fill(Number.NaN, offset, offset + GPU_QUANTITIES.length)
    })
    return this.#problem
  }

  /** Whether nothing of it has a device open. */
  get isGone(): boolean {
    return this.#child.isGone
  }

  /** Lets go of the devices until `take`. Returns whether it did: a driver that hangs keeps nvidia-smi. */
  async release(limit: Milliseconds): Promise<boolean> {
    this.close()
    return this.#child.dismiss(limit)
  }

  take(): void {
    this.#isClosed = false
    this.#child.forgive()
  }

  close(): void {
    this.#isClosed = true
    this.#child.stop()
  }

  get #silence(): Milliseconds {
    return milliseconds(this.#beat * STALE_BEATS)
  }

  #look(now: Milliseconds): void {
    if (this.#options.isReleased()) {
      this.#child.stop()
      return
    }
    if (this.#child.isDue) {
      const { command } = this.#options
      const fields = [...GPU_IDENTITY, ...GPU_QUANTITIES.map((quantity) => quantity.query)].join(',')
      const loop = String(Math.round(this.#beat / 1000))
      this.#heardAt = null
      this.#child.start([command, `--query-gpu=${fields}`, '--format=csv,noheader,nounits', `--loop=${loop}`])
    } else if (this.#child.isRunning) {
      const since = this.#heardAt ?? this.#child.startedAt
      const patience = this.#heardAt === null ? FIRST_ANSWER : Math.max(this.#silence, seconds(10))
      if (now - since < patience) return
      this.#problem = `${this.#options.command} is silent`
      this.#child.stop()
    }
  }

  #take(line: string): void {
    const parsed = parseGpuLine(line)
    if (!parsed.ok) {
      this.#problem = `${this.#options.command}: ${parsed.error}`
      return
    }
    const now = this.#options.clock.monotonic()
    this.#heardAt = now
    this.#problem = null
    const known = this.#devices.get(parsed.value.uuid)
    this.#devices.set(parsed.value.uuid, { line: parsed.value, at: now })
    if (known?.line.index !== parsed.value.index || known.line.model !== parsed.value.model) this.#shape(parsed.value)
  }

  #shape(newest: GpuLine): void {
    for (const [uuid, { line }] of this.#devices) {
      // A device that was swapped leaves its index to another.
      if (line.index === newest.index && uuid !== newest.uuid) this.#devices.delete(uuid)
    }
    const devices = [...this.#devices.values()]
      .map((device) => device.line)
      .toSorted((one, other) => one.index - other.index)
      .slice(0, GPUS_MAX)
    this.#order = devices.map((line) => line.uuid)
    this.metrics = devices.flatMap(({ index, uuid, model }) =>
      GPU_QUANTITIES.map(({ name, unit }) =>
        metric('gauge', name, unit, { gpu: String(index), UUID: uuid, modelName: model }),
      ),
    )
    this.values = missing(this.metrics.length)
  }
}
