/**
 * How much slower work becomes beside a process: pairs of equal spans, in one of which the process is stopped, in an
 * order that is drawn for each pair. What else disturbs the machine disturbs both halves of a pair.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'

export type Workload = 'throughput' | 'latency'

export type Slowdown = { readonly percent: number; readonly low: number; readonly high: number }

const WORKER = join(import.meta.dirname, 'workload.ts')
/** Until what the switch itself disturbed has settled. */
const AFTER_SWITCH_MS = 50

export type SlowdownOptions = {
  readonly workload: Workload
  /** Stopped in one half of each pair. */
  readonly pid: number
  readonly pairs: number
  /** Length of each half: at least one of the beats of the process. The shorter, the less else changes meanwhile. */
  readonly spanMs: number
}

/** One for each time that the workload tells of. */
export async function slowdown({ workload, pid, pairs, spanMs }: SlowdownOptions): Promise<readonly Slowdown[]> {
  // Throughput needs every core; a request that waits needs one that is free.
  const count = workload === 'throughput' ? availableParallelism() : 1
  const workers = Array.from({ length: count }, () => new Worker(workload))
  const span = async (isRunning: boolean): Promise<readonly number[]> => {
    process.kill(pid, isRunning ? 'SIGCONT' : 'SIGSTOP')
    await sleep(AFTER_SWITCH_MS)
    const times = await Promise.all(workers.map((worker) => worker.run(spanMs)))
    return (times[0] ?? []).map((_, index) => times.reduce((sum, of) => sum + (of[index] ?? 0), 0) / times.length)
  }
  const logarithms: number[][] = []
  try {
    await span(true)
    for (let pair = 0; pair < pairs; pair += 1) {
      const isFirst = Math.random() < 0.5
      const first = await span(isFirst)
      const second = await span(!isFirst)
      const [beside, alone] = isFirst ? [first, second] : [second, first]
      for (const [index, time] of beside.entries()) {
        ;(logarithms[index] ??= []).push(Math.log(time / (alone[index] ?? time)))
      }
    }
  } finally {
    process.kill(pid, 'SIGCONT')
    for (const worker of workers) worker.end()
  }
  return logarithms.map(estimate)
}

/** The median of the ratios and its interval of 95 %, whatever their distribution; in percent above 1. */
function estimate(logarithms: readonly number[]): Slowdown {
  const sorted = logarithms.toSorted((one, other) => one - other)
  const count = sorted.length
  // By the sign test: so many of them lie beyond each end of the interval.
  const beyond = Math.max(0, Math.floor((count - 1.96 * Math.sqrt(count)) / 2))
  const percent = (index: number): number => (Math.exp(sorted[index] ?? 0) - 1) * 100
  const middle = (percent(Math.floor((count - 1) / 2)) + percent(Math.ceil((count - 1) / 2))) / 2
  return { percent: middle, low: percent(beyond), high: percent(count - 1 - beyond) }
}

/** One process that works for as long as it is told, and answers with the times that its work took. */
class Worker {
  readonly #child: ChildProcess
  #answer: (times: readonly number[]) => void = () => undefined

  constructor(workload: Workload) {
    this.#child = spawn(process.execPath, [WORKER, workload], { stdio: ['pipe', 'pipe', 'inherit'] })
    if (this.#child.stdout === null) throw new Error('a worker has no output')
    createInterface(this.#child.stdout).on('line', (line) => this.#answer(line.split(' ').map(Number)))
  }

  run(milliseconds: number): Promise<readonly number[]> {
    return new Promise((resolve) => {
      this.#answer = resolve
      this.#child.stdin?.write(`${milliseconds}\n`)
    })
  }

  end(): void {
    this.#child.stdin?.end()
  }
}
