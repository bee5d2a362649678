/**
 * A worker of `slowdown.ts`. For each line, a number of milliseconds, it works so long and answers with times in
 * microseconds: for `throughput` that of a piece of work on average, for `latency` that of the median request and that
 * of the slowest hundredth.
 */
import { createHash } from 'node:crypto'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const PIECE = Buffer.alloc(16 * 1024, 7)
const micros = (): number => Number(process.hrtime.bigint()) / 1000

function throughput(milliseconds: number): number {
  const from = micros()
  let pieces = 0
  while (micros() - from < milliseconds * 1000) {
    createHash('sha256').update(PIECE).digest()
    pieces += 1
  }
  return (micros() - from) / pieces
}

/** A request to another process and its answer, some 700 times a second, as a service's calls are. */
async function latency(milliseconds: number, echo: ReturnType<typeof startEcho>): Promise<readonly number[]> {
  const end = micros() + milliseconds * 1000
  const times: number[] = []
  while (micros() < end) {
    const from = micros()
    echo.stdin.write(PIECE.subarray(0, 64))
    await once(echo.stdout, 'data')
    times.push(micros() - from)
    await sleep(1)
  }
  const sorted = times.toSorted((one, other) => other - one)
  const slowest = sorted.slice(0, Math.ceil(times.length / 100))
  return [sorted[Math.floor(sorted.length / 2)] ?? 0, slowest.reduce((sum, time) => sum + time, 0) / slowest.length]
}

const startEcho = () => spawn('cat', [], { stdio: ['pipe', 'pipe', 'inherit'] })

const isLatency = process.argv[2] === 'latency'
const echo = isLatency ? startEcho() : undefined
for await (const line of createInterface(process.stdin)) {
  const milliseconds = Number(line)
  const times = echo === undefined ? [throughput(milliseconds)] : await latency(milliseconds, echo)
  process.stdout.write(`${times.join(' ')}\n`)
}
echo?.stdin.end()
