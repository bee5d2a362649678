import process from 'node:process'
import { loadKoffi } from '../reader/koffi.ts'
import { type Message, print } from '../reader/protocol.ts'
import { type SystemCalls, systemCalls } from './calls.ts'
import { SystemReader } from './reader.ts'
import { ROUND } from './round.ts'

const NAME = 'billet-system'
const REASON_MAX = 300

export type ServeOptions = {
  /** The C library; the system's where it is empty. */
  readonly library: string
  readonly sys: string
  readonly dev: string
  /** Disks that have hung before. */
  readonly late: ReadonlySet<string>
}

/**
 * The program that makes the system calls which may never return, and nothing else. Asks once in each round, prints
 * what it was told, and ends with its input, which is the agent's end at the latest.
 *
 * @returns the exit code.
 */
export async function serveSystem({ library, sys, dev, late }: ServeOptions): Promise<number> {
  process.title = NAME
  let calls: SystemCalls
  try {
    calls = systemCalls(loadKoffi(), library)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    say({ kind: 'unloadable', reason: reason.slice(0, REASON_MAX) })
    return 0
  }
  const reader = new SystemReader({ calls, sys, dev, asking: (about) => say({ kind: 'asking', about }) })
  let shape: readonly unknown[] | null = null
  const tell = (problem: string | null): void => {
    const { metrics, values } = reader
    if (metrics !== shape) say({ kind: 'shape', metrics })
    shape = metrics
    say({ kind: 'values', values, problem })
  }
  const round = (): void => tell(reader.read(late, tell))
  round()
  const timer = setInterval(round, ROUND)
  for await (const _ of process.stdin);
  clearInterval(timer)
  return 0
}

function say(message: Message): void {
  process.stdout.write(print(message))
}
