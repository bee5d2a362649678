import type { Metric } from '../../shared/model/telemetry.ts'
import { KeptFile, type ReadBuffer } from './kept_file.ts'
import { fieldsOf, linesOf, numberOf } from './lines.ts'
import { type Source, metric, missing } from './source.ts'

const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const
/** Places of the modes in which a core does something: all but idle and iowait. */
const BUSY = [0, 1, 2, 5, 6, 7] as const
/** The kernel shows times to programs in hundredths of a second on every machine that Billet runs on. */
const TICKS_PER_SECOND = 100
const CORES_MAX = 4096

const CPU = 'cpu'
const COUNTS = [
  { key: 'intr', metric: metric('counter', 'node_intr_total', '') },
  { key: 'ctxt', metric: metric('counter', 'node_context_switches_total', '') },
  { key: 'btime', metric: metric('gauge', 'node_boot_time_seconds', 'seconds') },
  { key: 'processes', metric: metric('counter', 'node_forks_total', '') },
  { key: 'procs_running', metric: metric('gauge', 'node_procs_running', '') },
  { key: 'procs_blocked', metric: metric('gauge', 'node_procs_blocked', '') },
] as const
const PLACES: ReadonlyMap<string, number> = new Map(COUNTS.map(({ key }, index) => [key, MODES.length + index]))
const FIXED = MODES.length + COUNTS.length

/**
 * Processor time from /proc/stat. All modes are told for the machine as a whole, under node_exporter's name and the
 * label cpu="all"; of each core only its busy time. All modes of each core would be 2,048 numbers a sample on a
 * machine of 256 cores, 9 in 10 of which nobody looks at; a core that is stuck or idle shows in its busy time. That
 * time has a name of Billet's own, so that a sum over node_cpu_seconds_total counts nothing twice.
 */
export class CpuSource implements Source {
  readonly name = 'cpu'
  metrics: readonly Metric[] = shape([])
  values: Float64Array = missing(FIXED)
  readonly #file: KeptFile
  /** The names of the cores that are online. */
  #cores: readonly string[] = []

  constructor(proc: string, buffer: ReadBuffer) {
    this.#file = new KeptFile(`${proc}/stat`, buffer)
  }

  refresh(): string | null {
    const length = this.#file.read()
    this.values.fill(Number.NaN)
    if (length < 0) return this.#file.failure
    const lines = linesOf(this.#file.bytes, length)
    if (!this.#parse(lines)) {
      this.#cores = coresOf(lines)
      this.metrics = shape(this.#cores)
      this.values = missing(this.metrics.length)
      this.#parse(lines)
    }
    return this.values.some(Number.isNaN) ? `${this.#file.path} is not as expected` : null
  }

  close(): void {
    this.#file.close()
  }

  /** False where the cores that are online are not those of the shape. */
  #parse(lines: readonly string[]): boolean {
    let row = 0
    for (const line of lines) {
      const fields = fieldsOf(line)
      const [name = ''] = fields
      if (!name.startsWith(CPU)) this.#parseCount(name, fields[1])
      else if (name === CPU) this.#parseTotal(fields)
      else {
        if (row < CORES_MAX && name !== this.#cores[row]) return false
        if (row < CORES_MAX) this.values[FIXED + row] = busyOf(fields)
        row += 1
      }
    }
    return Math.min(row, CORES_MAX) === this.#cores.length
  }

  #parseTotal(fields: readonly string[]): void {
    for (let mode = 0; mode < MODES.length; mode += 1) {
      this.values[mode] = numberOf(fields[mode + 1]) / TICKS_PER_SECOND
    }
  }

  #parseCount(name: string, count: string | undefined): void {
    const place = PLACES.get(name)
    if (place !== undefined) this.values[place] = numberOf(count)
  }
}

function busyOf(fields: readonly string[]): number {
  let ticks = 0
  for (const mode of BUSY) ticks += numberOf(fields[mode + 1])
  return ticks / TICKS_PER_SECOND
}

function coresOf(lines: readonly string[]): readonly string[] {
  const names = lines.map((line) => fieldsOf(line)[0] ?? '')
  return names.filter((name) => name.startsWith(CPU) && name !== CPU).slice(0, CORES_MAX)
}

function shape(cores: readonly string[]): readonly Metric[] {
  return [
    ...MODES.map((mode) => metric('counter', 'node_cpu_seconds_total', 'seconds', { cpu: 'all', mode })),
    ...COUNTS.map((count) => count.metric),
    ...cores.map((core) =>
      metric('counter', 'billet_cpu_busy_seconds_total', 'seconds', { cpu: core.slice(CPU.length) }),
    ),
  ]
}
