import type { Metric } from '../../shared/model/telemetry.ts'
import { KeptFile, type ReadBuffer } from './kept_file.ts'
import { LineScanner, ascii } from './scanner.ts'
import { type Source, metric, missing } from './source.ts'

/** Reads one small file into its slice of the values, which is NaN before. */
type FilePart = {
  readonly path: string
  readonly metrics: readonly Metric[]
  readonly parse: (scanner: LineScanner, values: Float64Array, offset: number) => void
}

/** A source of a few files whose shape never changes; each file's failure is its own. */
class SmallFiles implements Source {
  readonly name: string
  readonly metrics: readonly Metric[]
  readonly values: Float64Array
  readonly #parts: readonly { readonly file: KeptFile; readonly part: FilePart; readonly offset: number }[]
  readonly #scanner: LineScanner

  constructor(name: string, parts: readonly FilePart[], buffer: ReadBuffer, scanner: LineScanner) {
    this.name = name
    this.metrics = parts.flatMap((part) => part.metrics)
    this.values = missing(this.metrics.length)
    this.#scanner = scanner
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
      this.#scanner.load(file.bytes, length)
      part.parse(this.#scanner, this.values, offset)
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
    parse: (scanner, values, offset) => {
      if (!scanner.nextLine()) return
      for (let index = 0; index < metrics.length; index += 1) values[offset + index] = scanner.nextNumber()
    },
  }
}

export function loadSource(proc: string, buffer: ReadBuffer): Source {
  const load = (minutes: number): Metric => metric('gauge', `node_load${minutes}`, '')
  // "0.31 0.20 0.18 2/912 40213": runnable and existing threads are the fourth field.
  const threads = metric('gauge', 'node_processes_threads', '')
  const averages = [load(1), load(5), load(15)]
  const part: FilePart = {
    path: `${proc}/loadavg`,
    metrics: [...averages, threads],
    parse: (scanner, values, offset) => {
      if (!scanner.nextLine()) return
      for (let index = 0; index < averages.length; index += 1) values[offset + index] = scanner.nextNumber()
      scanner.nextField()
      values[offset + averages.length] = scanner.nextNumber()
    },
  }
  return new SmallFiles('load', [part], buffer, new LineScanner('/'))
}

const SOME = ascii('some')
const FULL = ascii('full')
const TOTAL = ascii('total=')

/** Seconds that somebody, or everybody, waited for a resource. */
function pressure(proc: string, resource: string, lines: readonly { key: Uint8Array; word: string }[]): FilePart {
  return {
    path: `${proc}/pressure/${resource}`,
    metrics: lines.map(({ word }) => metric('counter', `node_pressure_${resource}_${word}_seconds_total`, 'seconds')),
    parse: (scanner, values, offset) => {
      while (scanner.nextLine()) {
        if (!scanner.nextField()) continue
        const line = lines.findIndex(({ key }) => scanner.fieldIs(key))
        if (line < 0) continue
        while (scanner.nextField()) {
          if (scanner.fieldStartsWith(TOTAL)) values[offset + line] = scanner.number(TOTAL.length) / 1e6
        }
      }
    },
  }
}

export function pressureSource(proc: string, buffer: ReadBuffer): Source {
  const some = { key: SOME, word: 'waiting' }
  const full = { key: FULL, word: 'stalled' }
  const parts = [
    pressure(proc, 'cpu', [some]),
    pressure(proc, 'memory', [some, full]),
    pressure(proc, 'io', [some, full]),
  ]
  return new SmallFiles('pressure', parts, buffer, new LineScanner())
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
].map((word) => ({ key: ascii(word), metric: metric('gauge', `node_memory_${word}_bytes`, 'bytes') }))

/** Memory and swap. */
export function memorySource(proc: string, buffer: ReadBuffer): Source {
  const part: FilePart = {
    path: `${proc}/meminfo`,
    metrics: MEMORY.map((row) => row.metric),
    parse: (scanner, values, offset) => {
      let found = 0
      while (found < MEMORY.length && scanner.nextLine()) {
        if (!scanner.nextField()) continue
        for (let index = 0; index < MEMORY.length; index += 1) {
          const row = MEMORY[index]
          if (row === undefined || !scanner.fieldIs(row.key)) continue
          values[offset + index] = scanner.nextNumber() * 1024
          found += 1
          break
        }
      }
    },
  }
  return new SmallFiles('memory', [part], buffer, new LineScanner(':'))
}

/** Uptime and open files. */
export function systemSource(proc: string, buffer: ReadBuffer): Source {
  const parts = [
    leading(`${proc}/uptime`, [metric('counter', 'billet_uptime_seconds_total', 'seconds')]),
    leading(`${proc}/sys/fs/file-nr`, [metric('gauge', 'node_filefd_allocated', '')]),
  ]
  return new SmallFiles('system', parts, buffer, new LineScanner())
}
