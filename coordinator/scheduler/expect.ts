import type { Instant } from '../../shared/model/time.ts'
import { nthEnd } from './reserve.ts'
import { type Waiting, type Wanted, inLine } from './waiting.ts'

/**
 * When a workload is expected to start at the latest, by the time limits of what runs: once so many machines of its
 * kinds are free as it and all before it in the queue want of them. Null: too little of what runs has a time limit.
 */
export function expectedStart(wanted: Wanted, waiting: Waiting, now: Instant): Instant | null {
  let start: Instant = now
  for (const { demand, ranks } of wanted.wants) {
    if (demand.reach !== 'kind') return null
    const kinds = demand.kinds
    const free = kinds.reduce((sum, kind) => sum + kind.free, 0)
    const missing = ranks.length + wantedBefore(wanted, waiting, new Set(kinds)) - free
    if (missing <= 0) continue
    const end = nthEnd(kinds, missing)
    if (end === null) return null
    if (end > start) start = end
  }
  return start
}

/** Machines of these kinds that workloads before it want. */
function wantedBefore(wanted: Wanted, waiting: Waiting, kinds: ReadonlySet<unknown>): number {
  let machines = 0
  for (const shape of waiting.shapes()) {
    const each = shape.wants
      .filter(({ demand }) => demand.kinds.some((kind) => kinds.has(kind)))
      .reduce((sum, { ranks }) => sum + ranks.length, 0)
    if (each === 0) continue
    for (const line of shape.lines.values()) {
      machines += each * line.workloads.countWhile((other) => inLine(other, wanted) < 0)
    }
  }
  return machines
}
