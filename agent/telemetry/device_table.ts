import type { Metric, MetricKind } from '../../shared/model/telemetry.ts'
import { KeptFile, type ReadBuffer } from './kept_file.ts'
import { fieldsOf, numberOf, spaced } from './lines.ts'
import { DEVICES_MAX, type Source, metric, missing } from './source.ts'

/** One number of each device: `field` counts the fields of a line, the device's name and before it included. */
export type Column = {
  readonly field: number
  readonly name: string
  readonly unit: string
  readonly scale: number
  readonly kind: MetricKind
  /** Other kernels do not have it. */
  readonly isOptional?: boolean
}

export type TableFile = {
  readonly source: string
  readonly path: string
  readonly headerLines: number
  /** Ends a field beside white space. */
  readonly separator: string
  readonly nameField: number
  readonly columns: readonly Column[]
  /** Which of the devices in the file are worth telling. */
  readonly select: (devices: readonly string[]) => ReadonlySet<string>
}

type Row = {
  readonly name: string
  /** Of the device's first value; -1 where it is not told. */
  readonly offset: number
  /** How its line begins, the name and what ends it included. */
  head: string
  /** What was understood the last time. */
  line: string
  isComplete: boolean
}

const NAME_MAX = 64
/** So many fields at most come before a device's name. */
const NAME_WITHIN = 96

/** A file of the kernel with one line per device and one number per field. */
export class DeviceTable implements Source {
  readonly name: string
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #table: TableFile
  readonly #file: KeptFile
  #rows: readonly Row[] = []
  #shown: readonly string[] = []
  #leftOut = 0

  constructor(table: TableFile, buffer: ReadBuffer) {
    this.name = table.source
    this.#table = table
    this.#file = new KeptFile(table.path, buffer)
  }

  refresh(): string | null {
    const text = this.#file.text()
    if (text === null) {
      this.#forget()
      return this.#file.failure
    }
    // The first is what stands before the line's end that the file begins with.
    const lines = text.split('\n').slice(1 + this.#table.headerLines)
    if (!this.#parse(lines)) {
      this.#shape(lines.map((line) => this.#nameOf(line)).filter((name) => name !== ''))
      this.#parse(lines)
    }
    if (this.#leftOut > 0) return `${this.#leftOut} devices beyond the first ${DEVICES_MAX} are left out`
    return this.#rows.every((row) => row.isComplete) ? null : `${this.#file.path} is not as expected`
  }

  close(): void {
    this.#file.close()
  }

  #forget(): void {
    this.values.fill(Number.NaN)
    for (const row of this.#rows) row.line = ''
  }

  /** Empty where a line tells of no device. */
  #nameOf(line: string): string {
    const { separator, nameField } = this.#table
    const fields = fieldsOf(spaced(line.slice(0, NAME_WITHIN + NAME_MAX), separator))
    return (fields[nameField] ?? '').slice(0, NAME_MAX)
  }

  /** False where the devices in the file are not those of the shape. */
  #parse(lines: readonly string[]): boolean {
    let index = 0
    for (const line of lines) {
      const row = this.#rows[index]
      // Most devices of most machines have nothing to do: their lines stay as they were.
      if (row !== undefined && row.line === line) {
        index += 1
        continue
      }
      if (row === undefined || row.head === '' || !line.startsWith(row.head)) {
        const name = this.#nameOf(line)
        if (name === '') continue
        if (row === undefined || name !== row.name) return false
        row.head = line.slice(0, line.indexOf(name) + name.length + 1)
      }
      if (row.offset >= 0) this.#parseRow(line, row)
      row.line = line
      index += 1
    }
    return index === this.#rows.length
  }

  #parseRow(line: string, row: Row): void {
    const { columns, separator } = this.#table
    const fields = fieldsOf(spaced(line, separator))
    row.isComplete = true
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index]
      if (column === undefined) continue
      const value = numberOf(fields[column.field]) * column.scale
      this.values[row.offset + index] = value
      if (Number.isNaN(value) && column.isOptional !== true) row.isComplete = false
    }
  }

  #shape(names: readonly string[]): void {
    const { columns, select } = this.#table
    const selected = select(names)
    const told = [...new Set(names.filter((name) => selected.has(name)))]
    const shown = told.slice(0, DEVICES_MAX)
    const offsets = new Map(shown.map((name, index) => [name, index * columns.length]))
    this.#leftOut = told.length - shown.length
    this.#rows = names.map((name) => ({ name, offset: offsets.get(name) ?? -1, head: '', line: '', isComplete: true }))
    this.values.fill(Number.NaN)
    // What is not told may come and go: bridges and links of containers change no schema.
    if (shown.length === this.#shown.length && shown.every((name, index) => name === this.#shown[index])) return
    this.#shown = shown
    this.metrics = shown.flatMap((device) =>
      columns.map(({ kind, name, unit }) => metric(kind, name, unit, { device })),
    )
    this.values = missing(this.metrics.length)
  }
}
