import { pbkdf2 } from 'node:crypto'
import { ROUNDS, ROUND_MS, type Said } from './names.ts'
import { threads } from './threads.ts'

/** SHA-512 blocks of one piece of work: a few milliseconds, in native code and without a byte of memory to wait for. */
const ITERATIONS = 4000
/** Hashes a second on all processors at once. */
export async function cpuThroughput(): Promise<Said> {
  const lanes = threads()
  let best = 0
  for (let round = 0; round < ROUNDS; round += 1) best = Math.max(best, await throughput(lanes))
  return { check: 'cpu-throughput', value: best, unit: 'hash/s' }
}

async function throughput(lanes: number): Promise<number> {
  const begun = performance.now()
  const end = begun + ROUND_MS
  let pieces = 0
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      await work()
      pieces += 1
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return (pieces * ITERATIONS * 1000) / (performance.now() - begun)
}

function work(): Promise<void> {
  return new Promise((resolve, reject) => {
    pbkdf2('billet', 'billet', ITERATIONS, 64, 'sha512', (error) => (error === null ? resolve() : reject(error)))
  })
}
