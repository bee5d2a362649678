import { type BilletError, billetError } from '../../../shared/model/errors.ts'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import type { QueriedMachine, QueryAnswer, TelemetryQuery } from '../../../shared/model/telemetry_query.ts'
import type { Clock } from '../../../shared/model/time.ts'
import type { TelemetryRings } from '../rings.ts'
import { Turns } from '../turns.ts'
import { Evaluation, QUERY_LIMITS, type QueryLimits, type VisibleRows } from './evaluate.ts'

/** Machines between two looks at the clock. */
const MACHINES_EACH = 16
const AT_ONCE = 8

/** Evaluates queries over the rings, a little at a time. */
export class QueryRunner {
  readonly #rings: Pick<TelemetryRings, 'seen'>
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #limits: QueryLimits
  #running = 0

  constructor(
    rings: Pick<TelemetryRings, 'seen'>,
    clock: Pick<Clock, 'monotonic'>,
    limits: QueryLimits = QUERY_LIMITS,
  ) {
    this.#rings = rings
    this.#clock = clock
    this.#limits = limits
  }

  /** Refused with `query_too_large` where it is more than one query may do, and with `queue_full` where many run. */
  async query(
    query: TelemetryQuery,
    machines: Iterable<QueriedMachine | null>,
    signal: AbortSignal,
  ): Promise<Result<QueryAnswer, BilletError>> {
    if (this.#running >= AT_ONCE) {
      return refuse(billetError('queue_full', `${AT_ONCE} queries are evaluated already. Try again.`))
    }
    this.#running += 1
    try {
      return await this.#evaluate(query, machines, signal)
    } finally {
      this.#running -= 1
    }
  }

  async #evaluate(
    query: TelemetryQuery,
    machines: Iterable<QueriedMachine | null>,
    signal: AbortSignal,
  ): Promise<Result<QueryAnswer, BilletError>> {
    const evaluation = new Evaluation(query, this.#limits)
    const turns = new Turns(this.#clock)
    /** False once the caller is gone. */
    const giveWay = async (): Promise<boolean> => {
      await turns.give()
      return !signal.aborted
    }
    let count = 0
    for (const machine of machines) {
      const added = machine === null ? ok() : evaluation.add(machine, this.#rowsOf(machine))
      if (!added.ok) return refuse(tooLarge(added.error))
      count += 1
      if (count % MACHINES_EACH === 0 && !(await giveWay())) return refuse(CANCELLED)
    }
    const finishing = evaluation.finish()
    let step = finishing.next()
    for (; step.done !== true; step = finishing.next()) if (!(await giveWay())) return refuse(CANCELLED)
    return step.value.ok ? step.value : refuse(tooLarge(step.value.error))
  }

  #rowsOf({ id, holder }: QueriedMachine): readonly VisibleRows[] {
    const seen = this.#rings.seen({ machine: id, holder })
    return seen?.rings.map((ring) => ({ rows: ring, first: ring.indexOf(seen.since) })) ?? []
  }
}

const tooLarge = (why: string): BilletError => billetError('query_too_large', `This query is too large: ${why}.`)
const CANCELLED = billetError('cancelled', 'The query was cancelled.')
