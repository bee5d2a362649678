/**
 * How well machines are given out: a trace of weeks replayed in virtual time, beside plain policies; one thread.
 */
import { Easy, Fifo } from './lib/baselines.ts'
import { type Trace, RACK, drawTrace } from './lib/cluster_trace.ts'
import { note, numberArgument, print } from './lib/figures.ts'
import { Production } from './lib/production_policy.ts'
import { type Measures, measure, tellGroups } from './lib/quality_measures.ts'
import { type Policy, replay } from './lib/replay.ts'

const DAY = 86_400
const options = {
  machines: numberArgument('machines', 768),
  days: numberArgument('days', 21),
  seed: numberArgument('seed', 1),
  load: numberArgument('load', 95) / 100,
  unlimited: numberArgument('unlimited', 15),
}
/** Until the fleet has filled, nothing is counted. */
const WARMUP = Math.min(2, options.days / 4) * DAY

function tellTrace({ jobs, fleet, tenants, load }: Trace): void {
  const share = (some: number): string => `${Math.round((100 * some) / jobs.length)} %`
  const lengths = jobs.map(({ length }) => length).toSorted((left, right) => left - right)
  const at = (place: number): string => `${Math.round((lengths[Math.floor(place * lengths.length)] ?? 0) / 60)} min`
  const alone = share(jobs.filter(({ size }) => size === 1).length)
  const silent = share(jobs.filter(({ limit }) => limit === null).length)
  note(
    `${fleet.length} machines in racks of ${RACK}, ${options.days} days, seed ${options.seed}: ${jobs.length} jobs ` +
      `of ${tenants} tenants ask for ${(100 * load).toFixed(1)} % of the machine-time; ${alone} ask for one machine, ` +
      `${silent} have no time limit; lengths ${at(0.5)} (median), ${at(0.9)} (90 %), ${at(0.99)} (99 %)`,
  )
}

function run(trace: Trace, policy: Policy): Measures {
  const outcome = replay(trace, policy, WARMUP)
  const measures = measure(trace, outcome, WARMUP)
  note(`${policy.name}, decided in ${(outcome.spent / 1000).toFixed(1)} s:`)
  note(
    `  ${Object.entries(measures)
      .map(([metric, value]) => `${metric} ${value.toPrecision(4)}`)
      .join(', ')}`,
  )
  for (const line of tellGroups(trace, outcome, WARMUP)) note(`  ${line}`)
  return measures
}

const UNITS: Readonly<Record<keyof Measures, string>> = {
  utilisation: 'ratio',
  mean_wait_s: 's',
  p95_wait_s: 's',
  mean_bounded_slowdown: 'ratio',
  jain_fairness: 'ratio',
  light_tenants_wait_s: 's',
  racks_per_gang: 'ratio',
  free_in_empty_racks: 'ratio',
}

const trace = drawTrace(options)
tellTrace(trace)
const ours = run(trace, new Production(trace, { isFair: true, backfill: 'easy' }))
const peers = [new Fifo(trace), new Easy(trace)].map((peer) => ({ peer: peer.name, measures: run(trace, peer) }))
// What the shares cost, and what they give: the same in order of arrival. And the other backfill.
run(trace, new Production(trace, { isFair: false, backfill: 'easy' }))
run(trace, new Production(trace, { isFair: true, backfill: 'conservative' }))
run(trace, new Production(trace, { isFair: false, backfill: 'conservative' }))
const isMetric = (name: string): name is keyof Measures => name in UNITS
for (const { peer, measures } of peers) {
  for (const metric of Object.keys(UNITS).filter(isMetric)) {
    const value = ours[metric]
    print({ bench: 'quality', metric, value, unit: UNITS[metric], peer, ratio: value / measures[metric] })
  }
}
