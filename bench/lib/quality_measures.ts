import { type Job, RACK, type Trace } from './cluster_trace.ts'
import type { Outcome } from './replay.ts'

export type Measures = {
  readonly utilisation: number
  readonly mean_wait_s: number
  readonly p95_wait_s: number
  readonly mean_bounded_slowdown: number
  readonly jain_fairness: number
  readonly light_tenants_wait_s: number
  readonly racks_per_gang: number
  readonly free_in_empty_racks: number
}

/** A job that is briefer counts as if it took so long: a wait of minutes is no harm to anybody. */
const BRIEF = 600

type Served = { readonly job: Job; readonly wait: number; readonly slowdown: number; readonly racks: number }

/** Jobs that came once the fleet had filled. */
function served({ jobs, fleet }: Trace, { starts }: Outcome, warmup: number): readonly Served[] {
  return jobs.flatMap((job): readonly Served[] => {
    const start = starts.get(job)
    if (start === undefined || job.arrival < warmup) return []
    const wait = start.at - job.arrival
    const slowdown = Math.max(1, (wait + job.length) / Math.max(job.length, BRIEF))
    const racks = new Set(start.machines.map((machine) => fleet[machine]?.rack)).size
    return [{ job, wait, slowdown, racks }]
  })
}

/** Of the half of the tenants that ask for least. */
const isLight = ({ tenant }: Job, { tenants }: Trace): boolean => tenant >= tenants / 2

export function measure(trace: Trace, outcome: Outcome, warmup: number): Measures {
  const all = served(trace, outcome, warmup)
  const tenants = [...Map.groupBy(all, ({ job }) => job.tenant).values()]
  const gangs = all.filter(({ job }) => job.size >= 2 && job.size <= 16)
  const { free, inEmptyRacks } = outcome.samples
  return {
    utilisation: outcome.busy / (trace.fleet.length * (trace.span - warmup)),
    mean_wait_s: mean(all.map(({ wait }) => wait)),
    p95_wait_s: quantile(
      all.map(({ wait }) => wait),
      0.95,
    ),
    mean_bounded_slowdown: mean(all.map(({ slowdown }) => slowdown)),
    jain_fairness: jain(tenants.map((own) => mean(own.map(({ slowdown }) => slowdown)))),
    light_tenants_wait_s: mean(all.filter(({ job }) => isLight(job, trace)).map(({ wait }) => wait)),
    racks_per_gang: mean(gangs.map(({ job, racks }) => racks / Math.ceil(job.size / RACK))),
    free_in_empty_racks: free === 0 ? 0 : inEmptyRacks / free,
  }
}

/** Who waits: by size, by whether they say how long they take, and by how much their tenant asks for. */
export function tellGroups(trace: Trace, outcome: Outcome, warmup: number): readonly string[] {
  const all = served(trace, outcome, warmup)
  const groups: readonly (readonly [string, (job: Job) => boolean])[] = [
    ['of 1', ({ size }) => size === 1],
    ['of 2 to 16', ({ size }) => size > 1 && size <= 16],
    ['of 32 and more', ({ size }) => size > 16],
    ['without a limit', ({ limit }) => limit === null],
    ['of the first tenant', ({ tenant }) => tenant === 0],
    ['of the last twelve tenants', (job) => isLight(job, trace)],
  ]
  const lines = groups.map(([name, has]) => {
    const waits = all.filter(({ job }) => has(job)).map(({ wait }) => wait)
    return `${name}: ${Math.round(mean(waits) / 60)} (95 %: ${Math.round(quantile(waits, 0.95) / 60)})`
  })
  const { free, wanted, waiting } = outcome.samples
  return [
    `minutes waited, ${lines.join('; ')}`,
    `machines free ${free.toFixed(1)}, of these while a job waited that they would hold ${wanted.toFixed(1)}; ` +
      `jobs waiting ${waiting.toFixed(0)}`,
  ]
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

function quantile(values: readonly number[], place: number): number {
  return values.toSorted((left, right) => left - right)[Math.floor(place * values.length)] ?? 0
}

/** 1: all fare alike; 1/n: one of n has it all. */
function jain(values: readonly number[]): number {
  const sum = values.reduce((all, value) => all + value, 0)
  return sum ** 2 / (values.length * values.reduce((all, value) => all + value ** 2, 0))
}
