import { availableParallelism, freemem } from 'node:os'
import { Worker } from 'node:worker_threads'
import { ROUNDS, ROUND_MS, type Said } from './names.ts'

/** Far more than the caches that one processor has to itself. */
const BUFFER_BYTES = 48 * 1024 * 1024
const WORKERS_MAX = 16
/** Of the memory that is free, the part that may be used. */
const FREE_SHARE = 1 / 4

/**
 * What a worker does: copies one buffer to the other for a while, and says how much. In words, since one executable
 * has no file that a worker could be made of.
 */
const WORKER = `
const { parentPort, workerData: { bytes, begin, rounds, ms } } = require('node:worker_threads')
const from = new Uint8Array(bytes).fill(1)
const to = new Uint8Array(bytes).fill(2)
const line = new Int32Array(begin)
parentPort.postMessage('ready')
for (let round = 0; round < rounds; round += 1) {
  Atomics.wait(line, 0, round)
  let copied = 0
  const begun = performance.now()
  while (performance.now() - begun < ms) { to.set(from); copied += bytes }
  parentPort.postMessage(copied / ((performance.now() - begun) / 1000))
}
`

/** Bytes read and written a second while several processors copy at once. */
export async function memoryBandwidth(): Promise<Said> {
  const affordable = Math.floor((freemem() * FREE_SHARE) / (2 * BUFFER_BYTES))
  const count = Math.min(WORKERS_MAX, availableParallelism(), affordable)
  if (count < 1) return { check: 'memory-bandwidth', skipped: 'too little memory is free' }
  const begin = new SharedArrayBuffer(4)
  const line = new Int32Array(begin)
  const workerData = { bytes: BUFFER_BYTES, begin, rounds: ROUNDS, ms: ROUND_MS }
  const workers = Array.from({ length: count }, () => new Worker(WORKER, { eval: true, workerData }))
  await Promise.all(workers.map(answer))
  let best = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const answers = workers.map(answer)
    Atomics.store(line, 0, round + 1)
    Atomics.notify(line, 0)
    const rates = await Promise.all(answers)
    best = Math.max(
      best,
      rates.reduce((sum, rate) => sum + rate, 0),
    )
  }
  await Promise.all(workers.map((worker) => worker.terminate()))
  return { check: 'memory-bandwidth', value: 2 * best, unit: 'B/s' }
}

/** The next number that it says; 0 for any other word. */
function answer(worker: Worker): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.once('message', (said: unknown) => resolve(typeof said === 'number' ? said : 0))
    worker.once('error', reject)
  })
}
