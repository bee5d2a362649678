import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, seconds } from '../../shared/model/time.ts'
import { KeptFile, type ReadBuffer } from './kept_file.ts'
import { fieldsOf, numberAfter, numberOf, spaced } from './lines.ts'
import { Pace, type Source, metric, missing } from './source.ts'

const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const
/** Places of the modes in which a core does something: all but idle and iowait. */
const BUSY = [0, 1, 2, 5, 6, 7] as const
/** The kernel shows times to programs in hundredths of a second on every machine that Billet runs on. */
const TICKS_PER_SECOND = 100
/** The kernel takes back a little of what it counted as idle; a counter must not. More than this is a new start. */
const BACK_MAX_SECONDS = 3
const CORES_MAX = 4096
/** With more cores than this, each one is told in a slower round. */
const CORES_EACH_BEAT = 256
/** With more cores than this, no core is told in all modes. */
export const CORES_IN_DETAIL = 64
const DETAIL_EVERY = seconds(10)

const CPU = 'cpu'
const COUNTS = [
  { key: '\nintr ', metric: metric('counter', 'node_intr_total', '') },
  { key: '\nctxt ', metric: metric('counter', 'node_context_switches_total', '') },
  { key: '\nbtime ', metric: metric('gauge', 'node_boot_time_seconds', 'seconds') },
  { key: '\nprocesses ', metric: metric('counter', 'node_forks_total', '') },
  { key: '\nprocs_running ', metric: metric('gauge', 'node_procs_running', '') },
  { key: '\nprocs_blocked ', metric: metric('gauge', 'node_procs_blocked', '') },
] as const
const FIXED = MODES.length + COUNTS.length

/**
 * Processor time from /proc/stat. All modes are told for the machine as a whole, under node_exporter's name and the
 * label cpu="all"; of each core its busy time, and on machines of up to 64 cores, more slowly, all modes. All modes
 * of each core on each beat would be 2,048 numbers a sample on a machine of 256 cores, 9 in 10 of which nobody looks
 * at; a core that is stuck or idle shows in its busy time. What is told of a core has names of Billet's own, so that
 * a sum over node_cpu_seconds_total counts nothing twice.
 */
export class CpuSource implements Source {
  readonly name = 'cpu'
  metrics: readonly Metric[] = shape([])
  values: Float64Array = missing(FIXED)
  readonly #file: KeptFile
  readonly #detail: Pace
  /** The names of the cores that are online. */
  #cores: readonly string[] = []

  constructor(proc: string, buffer: ReadBuffer, clock: Clock) {
    this.#file = new KeptFile(`${proc}/stat`, buffer)
    this.#detail = new Pace(clock, DETAIL_EVERY)
  }

  refresh(): string | null {
    const text = this.#file.text()
    if (text === null) {
      this.values.fill(Number.NaN)
      return this.#file.failure
    }
    // The line of all interrupts can be longer than all the others; what the cores say comes before it.
    const end = text.indexOf('\nintr')
    const lines = (end < 0 ? text : text.slice(0, end)).split('\n').filter((line) => line.startsWith(CPU))
    const cores = this.#coresIn(lines)
    const isNew = !isSame(cores, this.#cores)
    if (isNew) {
      this.#cores = cores
      this.metrics = shape(cores)
      this.values = missing(this.metrics.length)
    }
    const isComplete = this.#parse(lines, text, this.#detail.due() || isNew)
    return isComplete ? null : `${this.#file.path} is not as expected`
  }

  close(): void {
    this.#file.close()
  }

  #coresIn(lines: readonly string[]): readonly string[] {
    const names = lines.map((line) => line.slice(0, line.indexOf(' ')))
    return names.filter((name) => name !== CPU).slice(0, CORES_MAX)
  }

  #parse(lines: readonly string[], text: string, isInDetail: boolean): boolean {
    let row = 0
    let hasTotal = false
    for (const line of lines) {
      if (line.startsWith('cpu ')) {
        this.#parseTotal(line)
        hasTotal = true
      } else {
        if (row < this.#cores.length) this.#parseCore(line, row, isInDetail)
        row += 1
      }
    }
    if (!hasTotal) this.values.fill(Number.NaN, 0, MODES.length)
    let place: number = MODES.length
    for (const { key } of COUNTS) {
      this.values[place] = numberAfter(text, key)
      place += 1
    }
    return !this.values.subarray(0, FIXED).some(Number.isNaN)
  }

  #parseTotal(line: string): void {
    const fields = fieldsOf(spaced(line))
    for (let mode = 0; mode < MODES.length; mode += 1) this.#put(mode, numberOf(fields[mode + 1]))
  }

  #parseCore(line: string, row: number, isInDetail: boolean): void {
    const count = this.#cores.length
    if (count > CORES_EACH_BEAT && !isInDetail) return
    const fields = fieldsOf(line)
    let busy = 0
    for (const mode of BUSY) busy += numberOf(fields[mode + 1])
    this.#put(FIXED + row, busy)
    if (count > CORES_IN_DETAIL || !isInDetail) return
    const first = FIXED + count + row * MODES.length
    for (let mode = 0; mode < MODES.length; mode += 1) this.#put(first + mode, numberOf(fields[mode + 1]))
  }

  #put(place: number, ticks: number): void {
    const before = this.values[place] ?? Number.NaN
    const now = ticks / TICKS_PER_SECOND
    const isBack = now < before && before - now < BACK_MAX_SECONDS
    if (!isBack) this.values[place] = now
  }
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, index) => name === other[index])

function shape(cores: readonly string[]): readonly Metric[] {
  const numbers = cores.map((core) => core.slice(CPU.length))
  const detailed = numbers.length > CORES_IN_DETAIL ? [] : numbers
  return [
    ...MODES.map((mode) => metric('counter', 'node_cpu_seconds_total', 'seconds', { cpu: 'all', mode })),
    ...COUNTS.map((count) => count.metric),
    ...numbers.map((cpu) => metric('counter', 'billet_cpu_busy_seconds_total', 'seconds', { cpu })),
    ...detailed.flatMap((cpu) =>
      MODES.map((mode) => metric('counter', 'billet_cpu_core_seconds_total', 'seconds', { cpu, mode })),
    ),
  ]
}
