import { REGISTRATION_BOUNDS } from '../shared/model/registration.ts'
import { usage } from './errors.ts'

/** A machine as a file or a command line registers it. */
export type Asked = {
  readonly name: string
  readonly hardware: { readonly uuid: string; readonly serial: string; readonly mac_addresses: readonly string[] }
  readonly labels: Readonly<Record<string, string>>
  readonly hardware_class: string
}

/** A machine with the line of the file that it is on. */
export type Row = { readonly line: number; readonly asked: Asked }

const COLUMNS = ['name', 'mac', 'uuid', 'serial', 'class', 'labels'] as const
type Column = (typeof COLUMNS)[number]

const BYTES_MOST = 1 << 20

/**
 * Machines from comma-separated values with a header line, quoted as in RFC 4180; several addresses or labels in one
 * field have semicolons between them. Throws what is wrong by the file, the line and the column.
 */
export function parseRegistrations(path: string, content: Buffer): readonly Row[] {
  if (content.length > BYTES_MOST) throw usage(`${path}: expected at most ${BYTES_MOST} bytes, got ${content.length}.`)
  const [header, ...records] = recordsOf(path, content.toString('utf8').replace(/^\uFEFF/, ''))
  if (header === undefined) throw usage(`${path}: expected a header line: ${COLUMNS.join(',')}.`)
  const columns = columnsOf(path, header)
  if (records.length === 0) throw usage(`${path}: expected machines below the header line.`)
  const { atOnce } = REGISTRATION_BOUNDS
  if (records.length > atOnce) throw usage(`${path}: expected at most ${atOnce} machines, got ${records.length}.`)
  return records.map(({ line, fields }) => {
    if (fields.length !== columns.length) {
      throw usage(`${path}:${line}: expected ${columns.length} fields, as in the header line, got ${fields.length}.`)
    }
    return { line, asked: askedOf(`${path}:${line}`, (column) => (fields[columns.indexOf(column)] ?? '').trim()) }
  })
}

type Line = { readonly line: number; readonly fields: readonly string[] }

function columnsOf(path: string, { line, fields }: Line): readonly Column[] {
  const columns = fields.map((field) => {
    const column = COLUMNS.find((one) => one === field.trim().toLowerCase())
    if (column === undefined) {
      throw usage(`${path}:${line}: expected columns of ${COLUMNS.join(', ')}, got ${JSON.stringify(field)}.`)
    }
    return column
  })
  const twice = columns.find((column, index) => columns.indexOf(column) !== index)
  if (twice !== undefined) throw usage(`${path}:${line}: expected column ${twice} once.`)
  if (!columns.includes('name')) throw usage(`${path}:${line}: expected a column name.`)
  return columns
}

function askedOf(where: string, field: (column: Column) => string): Asked {
  const labels: Record<string, string> = {}
  for (const pair of parts(field('labels'))) {
    const equals = pair.indexOf('=')
    if (equals <= 0) throw usage(`${where}: labels: expected key=value;key=value, got ${JSON.stringify(pair)}.`)
    labels[pair.slice(0, equals).trim()] = pair.slice(equals + 1).trim()
  }
  const hardware = { uuid: field('uuid'), serial: field('serial'), mac_addresses: parts(field('mac')) }
  return { name: field('name'), hardware, labels, hardware_class: field('class') }
}

const parts = (text: string): readonly string[] =>
  text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')

/** Lines that say nothing are skipped. A field in quotes may hold commas, quotes (doubled) and line ends. */
function recordsOf(path: string, text: string): readonly Line[] {
  const records: Line[] = []
  let [line, begun, at] = [1, 1, 0]
  let fields: string[] = []
  const end = (): void => {
    if (fields.length > 1 || fields[0]?.trim() !== '') records.push({ line: begun, fields })
    fields = []
    begun = line
  }
  while (at < text.length) {
    const [whole, quoted, bare = ''] = matchField(text, at)
    if (whole === undefined) throw usage(`${path}:${line}: expected a quote at the end of what begins with one.`)
    fields.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    line += whole.split('\n').length - 1
    at += whole.length
    const [separator = ''] = /^(?:,|\r?\n)?/.exec(text.slice(at, at + 2)) ?? []
    if (separator === '' && at < text.length) throw usage(`${path}:${line}: expected a comma after a field in quotes.`)
    at += separator.length
    if (separator === ',' && at < text.length) continue
    if (separator === ',') fields.push('')
    if (separator.endsWith('\n')) line += 1
    end()
  }
  return records
}

const QUOTED = /"((?:[^"]|"")*)"/y
const BARE = /([^",\r\n][^,\r\n]*|)/y

/** The field that begins there, what is in its quotes, and what is there without. */
function matchField(text: string, at: number): readonly (string | undefined)[] {
  if (text[at] !== '"') {
    BARE.lastIndex = at
    const [whole, bare] = BARE.exec(text) ?? []
    return [whole, undefined, bare]
  }
  QUOTED.lastIndex = at
  const [whole, quoted] = QUOTED.exec(text) ?? []
  return [whole, quoted]
}
