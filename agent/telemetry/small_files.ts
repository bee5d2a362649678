import type { Metric } from '../../shared/model/telemetry.ts'
import { KeptFile, type ReadBuffer } from './kept_file.ts'
import { fieldsOf, numberAfter, numberOf, spaced } from './lines.ts'
import { type Source, metric, missing } from './source.ts'

/** Reads one small file into its slice of the values, which is NaN before. */
export type FilePart = {
  readonly path: string
  readonly metrics: readonly Metric[]
  /** Other kernels lack the file, or some of the metrics. */
  readonly isOptional?: boolean
  /** `text` has a line's end before its first line, too. */
  readonly parse: (text: string, values: Float64Array, offset: number) => void
}

type Placed = { readonly file: KeptFile; readonly part: FilePart; readonly offset: number; text: string | null }

/** A source of a few files whose shape never changes; each file's failure is its own. */
class SmallFiles implements Source {
  readonly name: string
  readonly metrics: readonly Metric[]
  readonly values: Float64Array
  readonly #parts: readonly Placed[]

  constructor(name: string, parts: readonly FilePart[], buffer: ReadBuffer) {
    this.name = name
    this.metrics = parts.flatMap((part) => part.metrics)
    this.values = missing(this.metrics.length)
    let offset = 0
    this.#parts = parts.map((part) => {
      const placed = { file: new KeptFile(part.path, buffer), part, offset, text: null }
      offset += part.metrics.length
      return placed
    })
  }

  refresh(): string | null {
    let problem: string | null = null
    for (const placed of this.#parts) {
      const found = this.#read(placed)
      problem ??= found
    }
    return problem
  }

  close(): void {
    for (const { file } of this.#parts) file.close()
  }

  #read(placed: Placed): string | null {
    const { file, part, offset } = placed
    const { metrics, path, isOptional = false, parse } = part
    const text = file.text()
    // What was read the last time is understood already.
    if (text !== null && text === placed.text) return null
    placed.text = null
    this.values.fill(Number.NaN, offset, offset + metrics.length)
    if (text === null) return isOptional ? null : file.failure
    parse(text, this.values, offset)
    for (let index = offset; index < offset + metrics.length; index += 1) {
      if (!isOptional && Number.isNaN(this.values[index])) return `${path} lacks ${metrics[index - offset]?.name}`
    }
    placed.text = text
    return null
  }
}

/** The fields of a file's first line. */
const firstLine = (text: string, separator = ' '): readonly string[] =>
  fieldsOf(spaced(text.slice(1).split('\n', 1)[0] ?? '', separator))

/** Numbers that stand one after another at the start of a file. */
function leading(path: string, fields: readonly { readonly at: number; readonly metric: Metric }[]): FilePart {
  return {
    path,
    metrics: fields.map((field) => field.metric),
    parse: (text, values, offset) => {
      const line = firstLine(text, '/')
      for (let index = 0; index < fields.length; index += 1) {
        values[offset + index] = numberOf(line[fields[index]?.at ?? 0])
      }
    },
  }
}

/** A whole number behind each word of a file, wherever it stands. */
type Keyed = { readonly word: string; readonly metric: Metric; readonly scale: number }

export function keyed(path: string, keys: readonly Keyed[], isOptional = false): FilePart {
  return {
    path,
    isOptional,
    metrics: keys.map((key) => key.metric),
    parse: (text, values, offset) => {
      for (let index = 0; index < keys.length; index += 1) {
        const key = keys[index]
        if (key !== undefined) values[offset + index] = numberAfter(text, key.word) * key.scale
      }
    },
  }
}

export function loadSource(proc: string, buffer: ReadBuffer): Source {
  // "0.31 0.20 0.18 2/912 40213": runnable and existing threads are the fourth field.
  const fields = [
    { at: 0, metric: metric('gauge', 'node_load1', '') },
    { at: 1, metric: metric('gauge', 'node_load5', '') },
    { at: 2, metric: metric('gauge', 'node_load15', '') },
    { at: 4, metric: metric('gauge', 'node_processes_threads', '') },
  ]
  return new SmallFiles('load', [leading(`${proc}/loadavg`, fields)], buffer)
}

type PressureLine = { readonly key: string; readonly word: string }

/** Seconds that somebody, or everybody, waited for a resource. */
function pressure(proc: string, resource: string, told: readonly PressureLine[], isOptional = false): FilePart {
  const name = (word: string): string => `node_pressure_${resource}_${word}_seconds_total`
  return {
    path: `${proc}/pressure/${resource}`,
    isOptional,
    metrics: told.map(({ word }) => metric('counter', name(word), 'seconds')),
    parse: (text, values, offset) => {
      for (let index = 0; index < told.length; index += 1) {
        const line = text.indexOf(`\n${told[index]?.key} `)
        if (line >= 0) values[offset + index] = numberAfter(text.slice(line), ' total=') / 1e6
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
    // Where the kernel accounts for the time of interrupts.
    pressure(proc, 'irq', [full], true),
  ]
  return new SmallFiles('pressure', parts, buffer)
}

const KIBIBYTE = 1024

const inBytes = (word: string): Keyed => ({
  word: `\n${word}:`,
  metric: metric('gauge', `node_memory_${word}_bytes`, 'bytes'),
  scale: KIBIBYTE,
})

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
const MEMORY_DETAIL = [
  'Active',
  'Inactive',
  'Writeback',
  'Mapped',
  'Unevictable',
  'PageTables',
  'KernelStack',
  'Percpu',
  'CommitLimit',
  'Committed_AS',
  'AnonHugePages',
  'HardwareCorrupted',
  'Hugepagesize',
]
const HUGE_PAGES = ['Total', 'Free', 'Rsvd', 'Surp']

/** Memory and swap. */
export function memorySource(proc: string, buffer: ReadBuffer): Source {
  return new SmallFiles('memory', [keyed(`${proc}/meminfo`, MEMORY.map(inBytes))], buffer)
}

/** What of the same file moves slowly, or not on every kernel. */
export function memoryDetailSource(proc: string, buffer: ReadBuffer): Source {
  const hugePages = HUGE_PAGES.map((word) => ({
    word: `\nHugePages_${word}:`,
    metric: metric('gauge', `node_memory_HugePages_${word}`, ''),
    scale: 1,
  }))
  const keys = [...MEMORY_DETAIL.map(inBytes), ...hugePages]
  return new SmallFiles('memory-detail', [keyed(`${proc}/meminfo`, keys, true)], buffer)
}

const EVENTS = [
  'oom_kill',
  'pgfault',
  'pgmajfault',
  'pgpgin',
  'pgpgout',
  'pswpin',
  'pswpout',
  'allocstall_normal',
  'compact_stall',
  'numa_pages_migrated',
  'thp_fault_fallback',
]

/** What happened to memory since the boot. */
export function memoryEventSource(proc: string, buffer: ReadBuffer): Source {
  const keys = EVENTS.map((word) => ({
    word: `\n${word} `,
    metric: metric('counter', `node_vmstat_${word}`, ''),
    scale: 1,
  }))
  return new SmallFiles('memory-events', [keyed(`${proc}/vmstat`, keys, true)], buffer)
}

/** Uptime and open files. */
export function systemSource(proc: string, buffer: ReadBuffer): Source {
  const uptime = [{ at: 0, metric: metric('counter', 'billet_uptime_seconds_total', 'seconds') }]
  const files = [
    { at: 0, metric: metric('gauge', 'node_filefd_allocated', '') },
    { at: 2, metric: metric('gauge', 'node_filefd_maximum', '') },
  ]
  const parts = [leading(`${proc}/uptime`, uptime), leading(`${proc}/sys/fs/file-nr`, files)]
  return new SmallFiles('system', parts, buffer)
}
