import { readFile } from 'node:fs/promises'
import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, seconds } from '../../shared/model/time.ts'
import { type AmdDevice, type AmdFile, findAmdDevices, line } from './amd_files.ts'
import { Rounds } from './rounds.ts'
import { type Source, metric, missing } from './source.ts'

/** Every so many rounds errors are counted, and devices looked for. */
const SLOW_ROUNDS = 6

type Placed = { readonly file: AmdFile; readonly offset: number }
type Card = { readonly device: AmdDevice; readonly files: readonly Placed[] }

/**
 * AMD's GPUs by the files of their driver, without a tool. Read aside, every 10 seconds at most: a driver may ask its
 * device, which may hang. A device that sleeps is not woken.
 */
export class AmdSource implements Source {
  readonly name = 'amd-gpus'
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #sys: string
  readonly #rounds: Rounds
  #cards: readonly Card[] = []
  #key = ''
  #foundMetrics: readonly Metric[] = []
  #found: Float64Array = missing(0)
  #round = 0

  constructor(sys: string, clock: Clock) {
    this.#sys = sys
    this.#rounds = new Rounds(clock, seconds(10), async () => this.#read())
  }

  refresh(): string | null {
    this.#rounds.tick()
    if (this.metrics !== this.#foundMetrics) {
      this.metrics = this.#foundMetrics
      this.values = missing(this.metrics.length)
    }
    if (this.metrics.length === 0) return null
    if (this.#rounds.fresh) this.values.set(this.#found)
    else this.values.fill(Number.NaN)
    this.values[0] = this.#rounds.hung ? 1 : 0
    return this.#rounds.hung ? 'the driver of an AMD GPU does not answer' : null
  }

  async settled(): Promise<void> {
    await this.#rounds.settled()
  }

  close(): void {
    // Nothing is kept open between rounds.
  }

  async #read(): Promise<void> {
    const isSlow = this.#round % SLOW_ROUNDS === 0
    this.#round += 1
    if (isSlow) this.#lay(await findAmdDevices(this.#sys))
    const found = this.#found
    for (const { device, files } of this.#cards) {
      const isAsleep = (await line(device.sleeps)) === 'suspended'
      for (const placed of files) {
        if (isAsleep) this.#forget(found, placed)
        else if (isSlow || !placed.file.isSlow) await take(found, placed)
      }
    }
  }

  /** A count goes on where it was when the device wakes. */
  #forget(found: Float64Array, { file, offset }: Placed): void {
    if (!file.isNews) found.fill(Number.NaN, offset, offset + file.metrics.length)
  }

  #lay(devices: readonly AmdDevice[]): void {
    const key = JSON.stringify(devices.map(({ files }) => files.map(({ path, metrics }) => [path, metrics])))
    if (key === this.#key) return
    this.#key = key
    const metrics: Metric[] = devices.length === 0 ? [] : [metric('gauge', 'billet_amdgpu_driver_hung', '')]
    this.#cards = devices.map((device) => ({
      device,
      files: device.files.map((file) => {
        const placed = { file, offset: metrics.length }
        metrics.push(...file.metrics)
        return placed
      }),
    }))
    this.#foundMetrics = metrics
    this.#found = missing(metrics.length)
  }
}

async function take(found: Float64Array, { file, offset }: Placed): Promise<void> {
  let numbers: readonly number[]
  try {
    numbers = file.parse(await readFile(file.path, 'latin1'))
  } catch {
    numbers = file.metrics.map(() => Number.NaN)
  }
  for (let index = 0; index < file.metrics.length; index += 1) {
    const value = numbers[index] ?? Number.NaN
    const before = found[offset + index] ?? Number.NaN
    if (!file.isNews) found[offset + index] = value
    else if (!Number.isNaN(value)) found[offset + index] = value + (Number.isNaN(before) ? 0 : before)
  }
}
