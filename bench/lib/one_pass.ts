import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { decideBatch, keepBatch } from '../../coordinator/core/batch.ts'
import { Scheduler } from '../../coordinator/scheduler/scheduler.ts'
import { RecordEncoder } from '../../coordinator/store/encoder.ts'
import { openSqliteStore } from '../../coordinator/store/sqlite.ts'
import { ANY_MACHINE } from '../../shared/model/workload.ts'
import { print } from './figures.ts'
import { drawSpec, enqueue, syntheticFleet } from './synthetic_fleet.ts'

const ROUNDS = 9

/**
 * One pass of the production code, with its store on the disk: a fleet comes free, and so many wait that the first of
 * them take it whole. The times to decide, and to put into words and make durable, apart.
 */
export async function measurePass(machines: number, waiting: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'billet-bench-'))
  const store = await openSqliteStore({ directory })
  if (!store.ok) throw new Error(store.error.kind)
  const encoder = new RecordEncoder()
  const deciding: number[] = []
  const working: number[] = []
  const writing: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const fleet = syntheticFleet(machines, round + 1)
      const { state, ids, now } = fleet
      const scheduler = new Scheduler(state)
      for (let index = 0; index < waiting; index += 1) {
        enqueue(fleet, { ...drawSpec(fleet, 1), constraints: ANY_MACHINE, priority: 0 }, index)
      }
      scheduler.sync(state, now)
      const onScheduleFailed = (cause: unknown): never => {
        throw cause
      }
      const before = process.threadCpuUsage()
      const begun = performance.now()
      const { writes } = decideBatch({ state, ids, planner: scheduler, onScheduleFailed }, [], now)
      const decided = performance.now()
      const committed = await store.value.commit({ guard: [], writes: writes.map((write) => encoder.encode(write)) })
      if (!committed.ok) throw new Error(committed.error.kind)
      keepBatch(state, writes, committed.value)
      const ended = performance.now()
      const { user, system } = process.threadCpuUsage(before)
      const placed = writes.filter(({ table }) => table === 'placements').length
      if (placed !== Math.min(machines, waiting)) throw new Error(`${placed} workloads were placed`)
      deciding.push(decided - begun)
      writing.push(ended - decided)
      working.push((user + system) / 1000)
    }
  } finally {
    await store.value.close()
    rmSync(directory, { recursive: true, force: true })
  }
  print({ bench: 'endtoend', metric: 'pass_decided_ms', value: median(deciding), unit: 'ms' })
  print({ bench: 'endtoend', metric: 'pass_cpu_ms', value: median(working), unit: 'ms' })
  print({ bench: 'endtoend', metric: 'pass_durable_ms', value: median(writing), unit: 'ms' })
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
