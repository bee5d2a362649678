import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { TomlError, parse as parseToml } from 'smol-toml'
import { type Result, ok, refuse } from './model/result.ts'
import { type Milliseconds, milliseconds } from './model/time.ts'

/**
 * A program's options, each declared once: what it is called in the file, in the environment and on the command
 * line, what it must be, and what it is when nobody says. Later sources win: file, environment, flags.
 */
export type OptionSpec<Value> = {
  readonly help: string
  /** What is expected, as the end of a sentence: "a number of seconds such as 10s". */
  readonly expected: string
  /** As text, as it would be given. */
  readonly default: string
  readonly parse: (text: string) => Value | undefined
  readonly isFlag: boolean
}

export type OptionTable = Readonly<Record<string, OptionSpec<unknown>>>
export type Resolved<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends OptionSpec<infer Value> ? Value : never
}

type Common = { readonly help: string; readonly default: string }

function option<Value>(
  common: Common,
  expected: string,
  parse: (text: string) => Value | undefined,
): OptionSpec<Value> {
  return { ...common, expected, parse, isFlag: false }
}

export function textOption(common: Common, expected = 'a text'): OptionSpec<string> {
  return option(common, expected, (text) => text)
}

export function choiceOption<Choice extends string>(common: Common, choices: readonly Choice[]): OptionSpec<Choice> {
  return option(common, `one of ${choices.join(', ')}`, (text) => choices.find((choice) => choice === text))
}

export function integerOption(common: Common, least: number, most: number): OptionSpec<number> {
  return option(common, `a whole number from ${least} to ${most}`, (text) => {
    const value = Number(text)
    return /^\d+$/.test(text) && value >= least && value <= most ? value : undefined
  })
}

export function booleanOption(common: Common): OptionSpec<boolean> {
  const parse = (text: string): boolean | undefined => (text === 'true' ? true : text === 'false' ? false : undefined)
  return { ...option(common, 'true or false', parse), isFlag: true }
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds, or NaN where it is none. */
export function parseDuration(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  return Number(number) * (UNIT_MS[unit] ?? 0)
}

/** Bounds are given as durations are. A timer that is asked to wait more than 24 days does not wait at all. */
export function durationOption(
  common: Common,
  { least = '1ms', most = '24d' }: { readonly least?: string; readonly most?: string } = {},
): OptionSpec<Milliseconds> {
  return option(common, `a length of time from ${least} to ${most}, such as 10s or 5m`, (text) => {
    const value = parseDuration(text)
    return value >= parseDuration(least) && value <= parseDuration(most) ? milliseconds(value) : undefined
  })
}

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
}

/** Bytes, or NaN where it is none. */
function parseBytes(text: string): number {
  const [, number, unit = ''] = /^(\d+)(KiB|MiB|GiB|TiB)?$/.exec(text) ?? []
  return Number(number) * (UNIT_BYTES[unit] ?? 1)
}

/** The bound is given as sizes are. */
export function bytesOption(common: Common, { least }: { readonly least?: string } = {}): OptionSpec<number> {
  const bound = least === undefined ? '' : ` of at least ${least},`
  return option(common, `a size${bound} such as 64KiB or 1GiB`, (text) => {
    const size = parseBytes(text)
    return Number.isSafeInteger(size) && size >= parseBytes(least ?? '0') ? size : undefined
  })
}

export type Address = { readonly host: string; readonly port: number }

export function parseAddress(text: string): Address | undefined {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([^\s:]+)):(\d{1,5})$/i.exec(text) ?? []
  const host = bracketed ?? plain
  return host === undefined || Number(port) > 65_535 ? undefined : { host, port: Number(port) }
}

export function addressOption(common: Common): OptionSpec<Address> {
  return option(common, 'host:port, such as 0.0.0.0:7443', parseAddress)
}

export function addressesOption(common: Common): OptionSpec<readonly Address[]> {
  return option(common, 'host:port, or several with commas between', (text) => {
    const addresses = text === '' ? [] : text.split(',').map((part) => parseAddress(part.trim()))
    return addresses.some((address) => address === undefined) ? undefined : addresses.filter((one) => one !== undefined)
  })
}

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const snake = (name: string): string => kebab(name).replaceAll('-', '_')

export const flagOf = (name: string): string => `--${kebab(name)}`
export const fileKeyOf = snake
export const variableOf = (prefix: string, name: string): string => `${prefix}${snake(name).toUpperCase()}`

/** Adds every option as a flag; none has a default there, so that what was not given is known not to be. */
export function addFlags(command: Command, table: OptionTable, prefix: string): Command {
  for (const [name, spec] of Object.entries(table)) {
    const flag = new Option(spec.isFlag ? flagOf(name) : `${flagOf(name)} <value>`, spec.help)
    const origin = `env ${variableOf(prefix, name)}${spec.default === '' ? '' : `; default ${spec.default}`}`
    flag.description = `${spec.help} (${origin})`
    command.addOption(flag)
  }
  return command
}

export type Sources = {
  /** Prefix of the environment's names: "BILLET_AGENT_". */
  readonly prefix: string
  /** Names with that prefix which are not options of this table. */
  readonly foreign?: readonly string[]
  readonly file: { readonly path: string; readonly required: boolean }
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly flags: Readonly<Record<string, unknown>>
}

/** Every option with its value, or every fault at once: where it was given, and what was expected there. */
export function resolveOptions<Table extends OptionTable>(
  table: Table,
  sources: Sources,
): Result<Resolved<Table>, readonly string[]> {
  const faults: string[] = []
  const file = readFile(table, sources.file, faults)
  checkEnvironment(table, sources, faults)
  const values: Record<string, unknown> = {}
  for (const [name, spec] of Object.entries(table)) {
    const { text, from } = given(name, spec, sources, file)
    const value = spec.parse(text)
    if (value === undefined) faults.push(`${from}: expected ${spec.expected}, got ${JSON.stringify(text)}`)
    else values[name] = value
  }
  return faults.length === 0 && isResolved(table, values) ? ok(values) : refuse(faults)
}

/** Each value came from the parser of its own option. */
function isResolved<Table extends OptionTable>(
  table: Table,
  values: Readonly<Record<string, unknown>>,
): values is Resolved<Table> {
  return Object.keys(table).every((name) => values[name] !== undefined)
}

function given(name: string, spec: OptionSpec<unknown>, sources: Sources, file: ReadonlyMap<string, string>) {
  const flag = sources.flags[name]
  if (typeof flag === 'string' || flag === true) return { text: `${flag}`, from: flagOf(name) }
  const variable = variableOf(sources.prefix, name)
  const fromEnvironment = sources.environment[variable]
  if (fromEnvironment !== undefined) return { text: fromEnvironment, from: variable }
  const fromFile = file.get(fileKeyOf(name))
  if (fromFile !== undefined) return { text: fromFile, from: `${sources.file.path}: ${fileKeyOf(name)}` }
  return { text: spec.default, from: flagOf(name) }
}

function readFile(table: OptionTable, { path, required }: Sources['file'], faults: string[]): Map<string, string> {
  const values = new Map<string, string>()
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    // One that is there and cannot be read was meant: to go on without it would be to go on with other options.
    if (required || !isAbsent(error)) faults.push(`${path}: cannot be read: ${sentenceOf(error)}`)
    return values
  }
  const known = new Map(Object.keys(table).map((name) => [fileKeyOf(name), name]))
  try {
    for (const [key, value] of Object.entries(parseToml(text))) {
      if (!known.has(key)) faults.push(`${path}: ${key} is no option; there are: ${[...known.keys()].join(', ')}`)
      else if (Array.isArray(value))
        values.set(key, value.map((item) => `${typeof item === 'object' ? '?' : item}`).join(','))
      else if (typeof value === 'object') faults.push(`${path}: ${key}: expected one value, got a table`)
      else values.set(key, String(value))
    }
  } catch (error) {
    faults.push(`${path}: is not TOML: ${tomlFault(error)}`)
  }
  return values
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
}

/** Where it is and what it is; the lines around it are left out, since an option may be a secret. */
function tomlFault(error: unknown): string {
  const [sentence = ''] = sentenceOf(error).split('\n')
  return error instanceof TomlError ? `line ${error.line}, column ${error.column}: ${sentence}` : sentence
}

function checkEnvironment(table: OptionTable, { prefix, foreign = [], environment }: Sources, faults: string[]): void {
  const known = new Set([...Object.keys(table).map((name) => variableOf(prefix, name)), ...foreign])
  for (const name of Object.keys(environment)) {
    if (name.startsWith(prefix) && !known.has(name))
      faults.push(`${name}: is no option; see --help for those there are`)
  }
}
