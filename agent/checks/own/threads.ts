import { availableParallelism } from 'node:os'

/** Threads that Node's pool may have at the most. */
const THREADS_MAX = 1024

/** Threads that keep all processors busy. */
export const threads = (): number => Math.min(THREADS_MAX, availableParallelism())

/** Variables that a check's process must be started with: the size of the pool is fixed at its first use. */
export const threadsEnvironment = (): Readonly<Record<string, string>> => ({ UV_THREADPOOL_SIZE: String(threads()) })
