import type { Metric } from '../../shared/model/telemetry.ts'
import { KeptFile, type ReadBuffer } from './kept_file.ts'
import { fieldsOf, linesOf, numberOf } from './lines.ts'
import { type Source, metric, missing } from './source.ts'

/** Reads one small file into its slice of the values, which is NaN before. */
type FilePart = {
  readonly path: string
  readonly metrics: readonly Metric[]
  /** Ends a field beside white space. */
  readonly separator?: string
  readonly parse: (lines: readonly string[], values: Float64Array, offset: number) => void
}

/** A source of a few files whose shape never changes; each file's failure is its own. */
class SmallFiles implements Source {
  readonly name: string
  readonly metrics: readonly Metric[]
  readonly values: Float64Array
  readonly #parts: readonly { readonly file: KeptFile; readonly part: FilePart; readonly offset: number }[]

  constructor(name: string, parts: readonly FilePart[], buffer: ReadBuffer) {
    this.name = name
    this.metrics = parts.flatMap((part) => part.metrics)
    this.values = missing(this.metrics.length)
    let offset = 0
    this.#parts = parts.map((part) => {
      const placed = { file: new KeptFile(part.path, buffer), part, offset }
      offset += part.metrics.length
      return placed
    })
  }

  refresh(): string | null {
    this.values.fill(Number.NaN)
    let problem: string | null = null
    for (const { file, part, offset } of this.#parts) {
      const length = file.read()
      if (length < 0) {
        problem ??= file.failure
        continue
      }
      part.parse(linesOf(file.bytes, length, part.separator), this.values, offset)
      for (let index = offset; index < offset + part.metrics.length; index += 1) {
        if (Number.isNaN(this.values[index])) problem ??= `${part.path} lacks ${part.metrics[index - offset]?.name}`
      }
    }
    return problem
  }

  close(): void {
    for (const { file } of this.#parts) file.close()
  }
}

/** Numbers that stand one after another at the start of a file. */
function leading(path: string, metrics: readonly Metric[]): FilePart {
  return {
    path,
    metrics,
    parse: ([line = ''], values, offset) => {
      const fields = fieldsOf(line)
      for (let index = 0; index < metrics.length; index += 1) values[offset + index] = numberOf(fields[index])
    },
  }
}

export function loadSource(proc: string, buffer: ReadBuffer): Source {
  const load = (minutes: number): Metric => metric('gauge', `node_load${minutes}`, '')
  // "0.31 0.20 0.18 2/912 40213": runnable and existing threads are the fourth field.
  const averages = [load(1), load(5), load(15)]
  const part: FilePart = {
    path: `${proc}/loadavg`,
    metrics: [...averages, metric('gauge', 'node_processes_threads', '')],
    separator: '/',
    parse: ([line = ''], values, offset) => {
      const fields = fieldsOf(line)
      for (let index = 0; index < averages.length; index += 1) values[offset + index] = numberOf(fields[index])
      values[offset + averages.length] = numberOf(fields[averages.length + 1])
    },
  }
  return new SmallFiles('load', [part], buffer)
}

const TOTAL = 'total='

type PressureLine = { readonly key: string; readonly word: string }

/** Seconds that somebody, or everybody, waited for a resource. */
function pressure(proc: string, resource: string, told: readonly PressureLine[]): FilePart {
  return {
    path: `${proc}/pressure/${resource}`,
    metrics: told.map(({ word }) => metric('counter', `node_pressure_${resource}_${word}_seconds_total`, 'seconds')),
    parse: (lines, values, offset) => {
      for (const line of lines) {
        const fields = fieldsOf(line)
        const place = told.findIndex(({ key }) => key === fields[0])
        const total = fields.find((field) => field.startsWith(TOTAL))
        if (place >= 0) values[offset + place] = numberOf(total?.slice(TOTAL.length)) / 1e6
      }
    },
  }
}

export function pressureSource(proc: string, buffer: ReadBuffer): Source {
  const some = { key: 'some', word: 'waiting' }
  const full = { key: 'full', word: 'stalled' }
  const parts = [
    pressure(proc, 'cpu', [some]),
    pressure(proc, 'memory', [some, full]),
    pressure(proc, 'io', [some, full]),
  ]
  return new SmallFiles('pressure', parts, buffer)
}

const MEMORY = [
  'MemTotal',
  'MemFree',
  'MemAvailable',
  'Buffers',
  'Cached',
  'SwapTotal',
  'SwapFree',
  'Dirty',
  'AnonPages',
  'Shmem',
  'SReclaimable',
  'SUnreclaim',
]
const PLACES: ReadonlyMap<string, number> = new Map(MEMORY.map((word, index) => [word, index]))

/** Memory and swap. */
export function memorySource(proc: string, buffer: ReadBuffer): Source {
  const part: FilePart = {
    path: `${proc}/meminfo`,
    metrics: MEMORY.map((word) => metric('gauge', `node_memory_${word}_bytes`, 'bytes')),
    separator: ':',
    parse: (lines, values, offset) => {
      for (const line of lines) {
        const [word = '', kibibytes] = fieldsOf(line)
        const place = PLACES.get(word)
        if (place !== undefined) values[offset + place] = numberOf(kibibytes) * 1024
      }
    },
  }
  return new SmallFiles('memory', [part], buffer)
}

/** Uptime and open files. */
export function systemSource(proc: string, buffer: ReadBuffer): Source {
  const parts = [
    leading(`${proc}/uptime`, [metric('counter', 'billet_uptime_seconds_total', 'seconds')]),
    leading(`${proc}/sys/fs/file-nr`, [metric('gauge', 'node_filefd_allocated', '')]),
  ]
  return new SmallFiles('system', parts, buffer)
}
