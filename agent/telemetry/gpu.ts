import { existsSync } from 'node:fs'
import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, type Milliseconds, milliseconds, minutes, seconds } from '../../shared/model/time.ts'
import type { Child, StartChild } from './child.ts'
import { GPUS_MAX, GPU_IDENTITY, GPU_QUANTITIES, type GpuLine, parseGpuLine } from './gpu_line.ts'
import { type Source, metric, missing } from './source.ts'

export type GpuOptions = {
  readonly proc: string
  /** Name or path of nvidia-smi. */
  readonly command: string
  readonly clock: Clock
  readonly start: StartChild
}

type Device = { readonly line: GpuLine; readonly at: number }

/** What the child does, or when there may be another. */
type State =
  | { readonly kind: 'none'; readonly startAt: number }
  | { readonly kind: 'running'; readonly child: Child; readonly startedAt: number; heardAt: number; rest: string }
  /** Killed, but the kernel has not let go of it: another would only hang beside it. */
  | { readonly kind: 'dying'; readonly startedAt: number }

const BACKOFF_MIN = seconds(1)
const BACKOFF_MAX = minutes(5)
/** Without a driver, how often to look whether there is one now. */
const DRIVER_EVERY = seconds(30)
/** The driver may take this long until its first answer where nobody keeps it loaded. */
const FIRST_ANSWER = minutes(1)
const REST_MAX = 64 * 1024
const STALE_BEATS = 3

/**
 * NVIDIA GPUs by one nvidia-smi that keeps running and prints a line per device and beat: starting one per beat
 * costs from 10 to 600 milliseconds of a processor each time. It is looked after from `refresh` alone, so there is
 * no timer: started where there is a driver, killed when silent, started again after a pause that doubles.
 */
export class GpuSource implements Source {
  readonly name = 'gpus'
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #options: GpuOptions
  #beat: Milliseconds = seconds(10)
  #state: State = { kind: 'none', startAt: 0 }
  #backoff: Milliseconds = BACKOFF_MIN
  #devices = new Map<string, Device>()
  #order: readonly string[] = []
  #problem: string | null = null
  #isClosed = false

  constructor(options: GpuOptions) {
    this.#options = options
  }

  /** How often the devices shall be read, in whole seconds: the driver itself averages over up to a second. */
  setBeat(beat: Milliseconds): void {
    const whole = seconds(Math.max(1, Math.round(beat / 1000)))
    if (whole === this.#beat) return
    this.#beat = whole
    if (this.#state.kind !== 'running') return
    this.#stop(this.#state)
    this.#backoff = BACKOFF_MIN
  }

  refresh(): string | null {
    const now = this.#options.clock.monotonic()
    this.#look(now)
    this.#order.forEach((uuid, row) => {
      const device = this.#devices.get(uuid)
      const offset = row * GPU_QUANTITIES.length
      const isFresh = device !== undefined && now - device.at < this.#silence
      if (isFresh) this.values.set(device.line.values, offset)
      else this.values.fill(Number.NaN, offset, offset + GPU_QUANTITIES.length)
    })
    return this.#problem
  }

  close(): void {
    this.#isClosed = true
    if (this.#state.kind === 'running') this.#stop(this.#state)
  }

  get #silence(): Milliseconds {
    return milliseconds(this.#beat * STALE_BEATS)
  }

  #look(now: Milliseconds): void {
    const state = this.#state
    switch (state.kind) {
      case 'none':
        if (!this.#isClosed && now >= state.startAt) this.#startIfDriver(now)
        return
      case 'running': {
        const hasSpoken = state.heardAt > state.startedAt
        const patience = hasSpoken ? Math.max(this.#silence, seconds(10)) : FIRST_ANSWER
        if (now - state.heardAt < patience) return
        this.#problem = `${this.#options.command} is silent`
        this.#stop(state)
        return
      }
      case 'dying':
    }
  }

  #startIfDriver(now: Milliseconds): void {
    const { proc, command, start } = this.#options
    if (!existsSync(`${proc}/driver/nvidia/version`)) {
      this.#state = { kind: 'none', startAt: now + DRIVER_EVERY }
      return
    }
    const fields = [...GPU_IDENTITY, ...GPU_QUANTITIES.map((quantity) => quantity.query)].join(',')
    const loop = String(Math.round(this.#beat / 1000))
    const child = start([command, `--query-gpu=${fields}`, '--format=csv,noheader,nounits', `--loop=${loop}`], {
      output: (text) => this.#hear(child, text),
      ended: (reason) => this.#ended(reason),
    })
    this.#state = { kind: 'running', child, startedAt: now, heardAt: now, rest: '' }
  }

  #stop(state: Extract<State, { kind: 'running' }>): void {
    this.#state = { kind: 'dying', startedAt: state.startedAt }
    state.child.kill()
  }

  #ended(reason: string): void {
    const state = this.#state
    if (state.kind === 'none') return
    const now = this.#options.clock.monotonic()
    if (state.kind === 'running') this.#problem = `${this.#options.command} ${reason}`
    if (now - state.startedAt >= minutes(1)) this.#backoff = BACKOFF_MIN
    this.#state = { kind: 'none', startAt: now + this.#backoff }
    this.#backoff = milliseconds(Math.min(this.#backoff * 2, BACKOFF_MAX))
  }

  #hear(child: Child, text: string): void {
    const state = this.#state
    if (state.kind !== 'running' || state.child !== child) return
    const lines = `${state.rest}${text}`.split('\n')
    state.rest = lines.pop() ?? ''
    if (state.rest.length > REST_MAX) {
      this.#problem = `${this.#options.command} prints a line of more than ${REST_MAX} characters`
      this.#stop(state)
      return
    }
    for (const line of lines) if (line.trim() !== '') this.#take(state, line)
  }

  #take(state: Extract<State, { kind: 'running' }>, line: string): void {
    const parsed = parseGpuLine(line)
    if (!parsed.ok) {
      this.#problem = `${this.#options.command}: ${parsed.error}`
      return
    }
    const now = this.#options.clock.monotonic()
    // A line in the same millisecond as the start counts as spoken, too.
    state.heardAt = Math.max(now, state.startedAt + 1)
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
