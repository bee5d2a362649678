import type { Metric } from '../../shared/model/telemetry.ts'
import { KeptFile, type ReadBuffer } from './kept_file.ts'
import { fieldsOf, linesOf, numberOf } from './lines.ts'
import { DEVICES_MAX, type Source, metric, missing } from './source.ts'

/** One counter of each device: `field` counts the fields of a line, the device's name and before it included. */
export type Column = { readonly field: number; readonly name: string; readonly unit: string; readonly scale: number }

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
}

const NAME_MAX = 64

/** A file of the kernel with one line per device and one counter per field. */
export class DeviceTable implements Source {
  readonly name: string
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #table: TableFile
  readonly #file: KeptFile
  #rows: readonly Row[] = []
  #leftOut = 0

  constructor(table: TableFile, buffer: ReadBuffer) {
    this.name = table.source
    this.#table = table
    this.#file = new KeptFile(table.path, buffer)
  }

  refresh(): string | null {
    const length = this.#file.read()
    this.values.fill(Number.NaN)
    if (length < 0) return this.#file.failure
    const { separator, headerLines } = this.#table
    const lines = linesOf(this.#file.bytes, length, separator).slice(headerLines).map(fieldsOf)
    const devices = lines.filter((fields) => fields.length > this.#table.nameField)
    if (!this.#parse(devices)) {
      this.#shape(devices.map((fields) => this.#nameOf(fields)))
      this.#parse(devices)
    }
    if (this.#leftOut > 0) return `${this.#leftOut} devices beyond the first ${DEVICES_MAX} are left out`
    return this.values.some(Number.isNaN) ? `${this.#file.path} is not as expected` : null
  }

  close(): void {
    this.#file.close()
  }

  #nameOf(fields: readonly string[]): string {
    return (fields[this.#table.nameField] ?? '').slice(0, NAME_MAX)
  }

  /** False where the devices in the file are not those of the shape. */
  #parse(devices: readonly (readonly string[])[]): boolean {
    for (const [index, fields] of devices.entries()) {
      const row = this.#rows[index]
      if (row === undefined || this.#nameOf(fields) !== row.name) return false
      if (row.offset >= 0) this.#parseRow(fields, row.offset)
    }
    return devices.length === this.#rows.length
  }

  #parseRow(fields: readonly string[], offset: number): void {
    for (const [index, { field, scale }] of this.#table.columns.entries()) {
      this.values[offset + index] = numberOf(fields[field]) * scale
    }
  }

  #shape(names: readonly string[]): void {
    const { columns, select } = this.#table
    const selected = select(names)
    const told = [...new Set(names.filter((name) => selected.has(name)))]
    const shown = told.slice(0, DEVICES_MAX)
    const offsets = new Map(shown.map((name, index) => [name, index * columns.length]))
    this.#leftOut = told.length - shown.length
    this.#rows = names.map((name) => ({ name, offset: offsets.get(name) ?? -1 }))
    this.metrics = shown.flatMap((device) => columns.map(({ name, unit }) => metric('counter', name, unit, { device })))
    this.values = missing(this.metrics.length)
  }
}
