import { readFileSync, readdirSync } from 'node:fs'
import process from 'node:process'

export type Figure = {
  readonly bench: string
  readonly metric: string
  readonly value: number
  readonly unit: string
  readonly peer?: string
  /** Ours over the peer's, measured in the same run. */
  readonly ratio?: number
  /** The value lies between these with a probability of 95 %. */
  readonly low?: number
  readonly high?: number
}

/** One JSON document per line: the form that every benchmark speaks. */
export function print(figure: Figure): void {
  process.stdout.write(`${JSON.stringify({ ...figure, value: rounded(figure.value) })}\n`)
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}

/** What is said beside the figures goes elsewhere. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Processor time that a process's threads have used so far, in milliseconds: by the scheduler's own account. */
export function cpuMilliseconds(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = threads.map((thread) => {
    const [used] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
    return Number(used)
  })
  return nanoseconds.reduce((sum, used) => sum + used, 0) / 1e6
}

export type Memory = {
  readonly resident: number
  /** What no other process has mapped: pages of the program's own file among it. */
  readonly unique: number
  /** What it wrote, and so cannot share or give back. */
  readonly private: number
}

/** Memory of a process, in bytes. */
export function memory(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0)
  const own = kib('Private_Dirty') * 1024
  return { resident: kib('Rss') * 1024, unique: own + kib('Private_Clean') * 1024, private: own }
}

/** `--name=value` or `--name value`, as a number. */
export function numberArgument(name: string, otherwise: number): number {
  const { argv } = process
  const at = argv.findIndex((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`))
  if (at < 0) return otherwise
  const text = argv[at]?.split('=')[1] ?? argv[at + 1]
  const value = Number(text)
  if (text === undefined || !Number.isFinite(value))
    throw new Error(`--${name}: expected a number, got ${text ?? 'none'}`)
  return value
}
