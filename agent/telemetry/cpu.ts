import type { Metric } from '../../shared/model/telemetry.ts'
import { KeptFile, type ReadBuffer } from './kept_file.ts'
import { LineScanner, ascii } from './scanner.ts'
import { type Source, metric, missing } from './source.ts'

const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const
const IDLE = 3
const IOWAIT = 4
/** The kernel shows times to programs in hundredths of a second on every machine that Billet runs on. */
const TICKS_PER_SECOND = 100
const CORES_MAX = 4096

const CPU = ascii('cpu')
const COUNTS = [
  { key: ascii('intr'), metric: metric('counter', 'node_intr_total', '') },
  { key: ascii('ctxt'), metric: metric('counter', 'node_context_switches_total', '') },
  { key: ascii('btime'), metric: metric('gauge', 'node_boot_time_seconds', 'seconds') },
  { key: ascii('processes'), metric: metric('counter', 'node_forks_total', '') },
  { key: ascii('procs_running'), metric: metric('gauge', 'node_procs_running', '') },
  { key: ascii('procs_blocked'), metric: metric('gauge', 'node_procs_blocked', '') },
] as const
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
  readonly #scanner = new LineScanner()
  #cores: readonly number[] = []

  constructor(proc: string, buffer: ReadBuffer) {
    this.#file = new KeptFile(`${proc}/stat`, buffer)
  }

  refresh(): string | null {
    const length = this.#file.read()
    this.values.fill(Number.NaN)
    if (length < 0) return this.#file.failure
    if (!this.#parse(length)) {
      this.#cores = this.#online(length)
      this.metrics = shape(this.#cores)
      this.values = missing(this.metrics.length)
      this.#parse(length)
    }
    return this.values.some(Number.isNaN) ? `${this.#file.path} is not as expected` : null
  }

  close(): void {
    this.#file.close()
  }

  /** False where the cores that are online are not those of the shape. */
  #parse(length: number): boolean {
    const scanner = this.#scanner
    scanner.load(this.#file.bytes, length)
    let row = 0
    while (scanner.nextLine()) {
      if (!scanner.nextField()) continue
      if (!scanner.fieldStartsWith(CPU)) this.#parseCount()
      else if (scanner.fieldIs(CPU)) this.#parseTotal()
      else {
        if (row < CORES_MAX && !Object.is(scanner.number(CPU.length), this.#cores[row])) return false
        if (row < CORES_MAX) this.values[FIXED + row] = this.#busy()
        row += 1
      }
    }
    return Math.min(row, CORES_MAX) === this.#cores.length
  }

  #parseTotal(): void {
    for (let mode = 0; mode < MODES.length; mode += 1) {
      this.values[mode] = this.#scanner.nextNumber() / TICKS_PER_SECOND
    }
  }

  #parseCount(): void {
    for (let index = 0; index < COUNTS.length; index += 1) {
      const count = COUNTS[index]
      if (count === undefined || !this.#scanner.fieldIs(count.key)) continue
      this.values[MODES.length + index] = this.#scanner.nextNumber()
      return
    }
  }

  #busy(): number {
    let ticks = 0
    for (let mode = 0; mode < MODES.length; mode += 1) {
      const value = this.#scanner.nextNumber()
      if (mode !== IDLE && mode !== IOWAIT) ticks += value
    }
    return ticks / TICKS_PER_SECOND
  }

  #online(length: number): number[] {
    const cores: number[] = []
    this.#scanner.load(this.#file.bytes, length)
    while (this.#scanner.nextLine() && cores.length < CORES_MAX) {
      const isCore = this.#scanner.nextField() && this.#scanner.fieldStartsWith(CPU) && !this.#scanner.fieldIs(CPU)
      if (isCore) cores.push(this.#scanner.number(CPU.length))
    }
    return cores
  }
}

function shape(cores: readonly number[]): readonly Metric[] {
  return [
    ...MODES.map((mode) => metric('counter', 'node_cpu_seconds_total', 'seconds', { cpu: 'all', mode })),
    ...COUNTS.map((count) => count.metric),
    ...cores.map((core) => metric('counter', 'billet_cpu_busy_seconds_total', 'seconds', { cpu: String(core) })),
  ]
}
