import type { Metric } from '../../shared/model/telemetry.ts'
import { KeptFile, type ReadBuffer } from './kept_file.ts'
import { LineScanner, ascii } from './scanner.ts'
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
  /** In the order of their fields. */
  readonly columns: readonly Column[]
  /** Which of the devices in the file are worth telling. */
  readonly select: (devices: readonly string[]) => ReadonlySet<string>
}

type Row = {
  readonly key: Uint8Array /** Of the device's first value; -1 where it is not told. */
  readonly offset: number
}

/** A file of the kernel with one line per device and one counter per field. */
export class DeviceTable implements Source {
  readonly name: string
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #table: TableFile
  readonly #file: KeptFile
  readonly #scanner: LineScanner
  #rows: readonly Row[] = []
  #leftOut = 0

  constructor(table: TableFile, buffer: ReadBuffer) {
    this.name = table.source
    this.#table = table
    this.#file = new KeptFile(table.path, buffer)
    this.#scanner = new LineScanner(table.separator)
  }

  refresh(): string | null {
    const length = this.#file.read()
    this.values.fill(Number.NaN)
    if (length < 0) return this.#file.failure
    if (!this.#parse(length)) {
      this.#shape(length)
      this.#parse(length)
    }
    if (this.#leftOut > 0) return `${this.#leftOut} devices beyond the first ${DEVICES_MAX} are left out`
    return this.values.some(Number.isNaN) ? `${this.#file.path} is not as expected` : null
  }

  close(): void {
    this.#file.close()
  }

  #start(length: number): void {
    this.#scanner.load(this.#file.bytes, length)
    for (let line = 0; line < this.#table.headerLines; line += 1) this.#scanner.nextLine()
  }

  /** False where the devices in the file are not those of the shape. */
  #parse(length: number): boolean {
    const scanner = this.#scanner
    this.#start(length)
    let line = 0
    while (scanner.nextLine()) {
      scanner.skipFields(this.#table.nameField)
      if (!scanner.nextField()) continue
      const row = this.#rows[line]
      if (row === undefined || !scanner.fieldIs(row.key)) return false
      if (row.offset >= 0) this.#parseRow(row.offset)
      line += 1
    }
    return line === this.#rows.length
  }

  #parseRow(offset: number): void {
    const { columns, nameField } = this.#table
    let field = nameField
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index]
      if (column === undefined) continue
      this.#scanner.skipFields(column.field - field - 1)
      this.values[offset + index] = this.#scanner.nextNumber() * column.scale
      field = column.field
    }
  }

  #shape(length: number): void {
    const { columns, nameField, select } = this.#table
    const names: string[] = []
    this.#start(length)
    while (this.#scanner.nextLine()) {
      this.#scanner.skipFields(nameField)
      if (this.#scanner.nextField()) names.push(this.#scanner.text())
    }
    const selected = select(names)
    const told = [...new Set(names.filter((name) => selected.has(name)))]
    const shown = told.slice(0, DEVICES_MAX)
    const offsets = new Map(shown.map((name, index) => [name, index * columns.length]))
    this.#leftOut = told.length - shown.length
    this.#rows = names.map((name) => ({ key: ascii(name), offset: offsets.get(name) ?? -1 }))
    this.metrics = shown.flatMap((device) => columns.map(({ name, unit }) => metric('counter', name, unit, { device })))
    this.values = missing(this.metrics.length)
  }
}
