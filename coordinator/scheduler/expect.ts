import type { Instant } from '../../shared/model/time.ts'
import type { Gate } from './admission.ts'
import type { Rights } from './rights.ts'
import { nthEnd } from './starts.ts'
import { type Waiting, type Want, type Wanted, inLine } from './waiting.ts'

/** What stands before a workload in the queue and wants machines of the same kinds. */
type Ahead = { readonly workloads: number; readonly machines: number }

export function aheadOf(wanted: Wanted, { demand }: Want, waiting: Waiting, rights: Rights): Ahead {
  const kinds = new Set(demand.kinds)
  const rank = rights.rank(wanted)
  let [workloads, machines] = [0, 0]
  for (const shape of waiting.shapes()) {
    let each = 0
    for (const want of shape.wants) if (want.demand.kinds.some((kind) => kinds.has(kind))) each += want.ranks.length
    if (each === 0) continue
    for (const { first, workloads: own } of shape.lines.values()) {
      if (first === null || first.workload.id === wanted.workload.id) continue
      const more = rights.rank(first) - rank
      if (more < 0 || (more === 0 && inLine(first, wanted) >= 0)) continue
      const count = more > 0 ? own.size : own.countWhile((other) => inLine(other, wanted) < 0)
      workloads += count
      machines += each * count
    }
  }
  return { workloads, machines }
}

/**
 * When a workload is expected to start at the latest, by the time limits of what runs and by what is reserved: once so
 * many machines of its kinds are free as it and all before it in the queue want of them. Null: too little of what runs
 * has a time limit.
 */
export function expectedStart(want: Want, ahead: Ahead, gate: Gate, now: Instant): Instant | null {
  const { demand, ranks } = want
  if (demand.reach !== 'kind') return null
  const free = demand.kinds.reduce((sum, kind) => sum + (gate.admits(kind) ? kind.free : 0), 0)
  const missing = ranks.length + ahead.machines - free
  return missing <= 0 ? now : nthEnd(demand.kinds, missing, gate, now)
}
