import { readFileSync, statSync } from 'node:fs'
import type { Command } from 'commander'
import type { Api } from '../client.ts'
import { parseDuration as millisecondsIn } from '../../shared/config.ts'
import { CommandFailure, usage } from '../errors.ts'
import { plain, table } from '../render.ts'

/** What every command gets: where to write, whom to ask, and when to stop. */
export interface Session {
  /** Connects at the first call. */
  api(): Api
  /** The certificate of the fleet's authority, in PEM. */
  authority(): string
  readonly stdout: (text: string) => void
  /** Raw bytes of a task's or a command's output. */
  readonly stdoutBytes: (bytes: Uint8Array) => void
  readonly stderr: (text: string) => void
  readonly stderrBytes: (bytes: Uint8Array) => void
  readonly signal: AbortSignal
  /** Milliseconds since the epoch, for ages. */
  readonly now: () => number
  /** A new request id: repeated calls of one command line are one request. */
  readonly requestId: () => string
  readonly isTerminal: boolean
  /** Ends the process with this code once the command is done. */
  exit(code: number): void
  readonly exitCode: number
}

export type Register = (program: Command, session: Session) => void

export type OutputOption = { readonly output?: string }

/** `-o json` for programs: one document per line, so that streams can be read too. */
export function withOutput(command: Command): Command {
  return command.option('-o, --output <form>', 'table, json or name', (form) => {
    if (form === 'table' || form === 'json' || form === 'name') return form
    throw usage(`--output: expected table, json or name, got ${JSON.stringify(form)}.`)
  })
}

/** Resources as `--output` asks: each as a document or a name, on a line of its own, or all as one table. */
export function printAll<Item extends { readonly name?: string }>(
  session: Session,
  items: readonly Item[],
  { output }: OutputOption,
  header: readonly string[],
  row: (item: Item, now: number) => readonly string[],
): void {
  if (output === 'json') return items.forEach((item) => session.stdout(`${JSON.stringify(item)}\n`))
  if (output === 'name') return items.forEach(({ name }) => session.stdout(`${name}\n`))
  const now = session.now()
  const rows = items.map((item) => row(item, now))
  session.stdout(table(header, rows))
}

type Asking<Item> = {
  readonly atOnce: number
  /** What people call it. */
  readonly called: (item: Item, index: number) => string
}

/** Each for itself: one that fails holds up no other, and is told on standard error. The answers of the others. */
export async function each<Item, Answer>(
  session: Session,
  items: readonly Item[],
  { atOnce, called }: Asking<Item>,
  ask: (item: Item) => Promise<Answer | undefined>,
): Promise<readonly Answer[]> {
  const answers = new Map<number, Answer>()
  const left = [...items.entries()]
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, item] = next
      try {
        const answer = await ask(item)
        if (answer !== undefined) answers.set(index, answer)
      } catch (error) {
        if (!(error instanceof CommandFailure) || session.signal.aborted) throw error
        session.stderr(`billet: ${plain(called(item, index))}: ${plain(error.message)}\n`)
        session.exit(error.exitCode)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return [...answers].toSorted(([one], [other]) => one - other).map(([, answer]) => answer)
}

/** "machines/mch-…" of "mch-…"; a full name is taken as it is. */
export function resourceName(collection: string, text: string): string {
  return text.includes('/') ? text : `${collection}/${text}`
}

/** The identifier at the end of a resource name. */
export function shortName(name: string | undefined): string {
  return (name ?? '').slice((name ?? '').indexOf('/') + 1)
}

export function parseCount(option: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= least && value <= most) return value
    throw usage(`${option}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text)}.`)
  }
}

/** How many machines: the most, and the least where that is another number; else zero. */
export type Size = { readonly machine_count: number; readonly machine_count_least: number }

/** "16", or "4..16". */
export function parseSizes(option: string, text: string): Size {
  const [, least, most = ''] = /^(?:([^.]*)\.\.)?([^.]*)$/.exec(text) ?? []
  const parse = parseCount(option, 1, 4096)
  const machine_count = parse(least === undefined ? text : most)
  if (least === undefined) return { machine_count, machine_count_least: 0 }
  return { machine_count, machine_count_least: parseCount(option, 1, machine_count)(least) }
}

/** As a google.protobuf.Duration is written. */
export type Duration = { readonly seconds: number; readonly nanos: number }

/** "30s", "5m", "24h" as google.protobuf.Duration. */
export function parseDuration(option: string): (text: string) => Duration {
  return (text) => {
    const milliseconds = millisecondsIn(text)
    if (!(milliseconds <= Number.MAX_SAFE_INTEGER)) {
      throw usage(`${option}: expected a number with ms, s, m, h or d, such as 30s, got ${JSON.stringify(text)}.`)
    }
    const seconds = Math.floor(milliseconds / 1000)
    return { seconds, nanos: Math.round((milliseconds - seconds * 1000) * 1e6) }
  }
}

const SIZE = /^(\d+(?:\.\d+)?)([KMGT]i?)?B?$/i
const EXPONENT: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4 }

/** "64GiB", "512MB", "1024" as bytes: powers of 1024 with an i, of 1000 without. */
export function parseSize(option: string): (text: string) => number {
  return (text) => {
    const [, number, unit = ''] = SIZE.exec(text) ?? []
    const base = unit.toLowerCase().endsWith('i') ? 1024 : 1000
    const size = Math.round(Number(number) * base ** (EXPONENT[unit.charAt(0).toUpperCase()] ?? 0))
    if (Number.isSafeInteger(size)) return size
    throw usage(`${option}: expected a size such as 64GiB, got ${JSON.stringify(text)}.`)
  }
}

/** Collects a repeatable "key=value" option. */
export function collectPairs(option: string) {
  return (text: string, collected: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => {
    const equals = text.indexOf('=')
    if (equals <= 0) throw usage(`${option}: expected key=value, got ${JSON.stringify(text)}.`)
    return { ...collected, [text.slice(0, equals)]: text.slice(equals + 1) }
  }
}

export function collect(text: string, collected: readonly string[] = []): readonly string[] {
  return [...collected, text]
}

/** A file that the command line names, and whether its owner may execute it. */
export function readInput(path: string): { readonly content: Buffer; readonly isExecutable: boolean } {
  try {
    return { content: readFileSync(path), isExecutable: (statSync(path).mode & 0o100) !== 0 }
  } catch (error) {
    throw usage(`The file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

type Stamp = { readonly seconds?: number; readonly nanos?: number }

/** Of a google.protobuf.Timestamp since the epoch, or of a Duration; undefined where there is none. */
export function millisecondsOf(stamp: Stamp | null | undefined): number | undefined {
  return stamp === null || stamp === undefined ? undefined : (stamp.seconds ?? 0) * 1000 + (stamp.nanos ?? 0) / 1e6
}

/** Every page of a list, as one. */
export async function* pages<Item>(
  next: (token: string) => Promise<{ readonly items: readonly Item[]; readonly token: string }>,
): AsyncGenerator<Item> {
  let token = ''
  do {
    const page = await next(token)
    yield* page.items
    token = page.token
  } while (token !== '')
}

/** A word of an enumeration, as people write it: "MACHINE_STATE_AVAILABLE" is "available". */
export function word(names: Readonly<Record<string, number>>, prefix: string, value: number | undefined): string {
  const found = Object.entries(names).find(([, number]) => number === value)
  return found === undefined ? `${value ?? '?'}` : found[0].slice(prefix.length).toLowerCase()
}

/** The number of a word, or a refusal that names the words there are. */
export function numberOf<Value extends number>(
  names: Readonly<Record<string, Value>>,
  prefix: string,
  text: string,
  option: string,
): Value {
  const value = names[prefix + text.toUpperCase()]
  if (value !== undefined && value !== 0) return value
  const words = Object.entries(names).flatMap(([name, number]) => (number === 0 ? [] : name.slice(prefix.length)))
  throw usage(`${option}: expected one of ${words.join(', ').toLowerCase()}, got ${JSON.stringify(text)}.`)
}
