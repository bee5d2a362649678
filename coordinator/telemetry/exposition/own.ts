import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import type { Histogram } from '../../../shared/histogram.ts'
import { version } from '../../../shared/version.ts'
import type { Fleet } from '../../ports.ts'
import { type OwnMetricName, ownMetrics } from './own_catalogue.ts'
import { headerText, labelsText, lineText } from './text.ts'

/** What the coordinator's parts tell about themselves. */
export type OwnSources = {
  readonly fleet: Pick<Fleet, 'read'>
  readonly loop: { readonly queued: number; readonly figures: LoopCounts }
  readonly sessions: { readonly size: number }
  readonly rings: { readonly taken: number; readonly dropped: number; readonly bytes: number; readonly watched: number }
  /** Absent where nothing is sent. */
  readonly remoteWrite: RemoteWriteCounts | undefined
  readonly boot: () => BootFigures | undefined
}

/** What servers fetch. */
export type BootFigures = { readonly transfers: number; readonly sentBytes: number; readonly cutOff: number }

export type RemoteWriteCounts = {
  readonly sent: number
  readonly failed: number
  readonly refused: number
  readonly dropped: number
  readonly waiting: number
}

type LoopCounts = {
  readonly inputs: number
  readonly writes: number
  readonly commitFailures: number
  readonly decisionSeconds: Histogram
  readonly passSeconds: Histogram
  readonly commitSeconds: Histogram
}

type Point = { readonly labels: Readonly<Record<string, string>>; readonly value: number }

const LAG_RESOLUTION_MS = 10

/** Metrics of the coordinator itself, as they are at the moment of asking. */
export class OwnMetrics {
  readonly #sources: OwnSources
  readonly #lag: IntervalHistogram

  constructor(sources: OwnSources) {
    this.#sources = sources
    this.#lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS })
    this.#lag.enable()
  }

  close(): void {
    this.#lag.disable()
  }

  text(): string {
    const { decisionSeconds, passSeconds, commitSeconds } = this.#sources.loop.figures
    const histograms: Readonly<Partial<Record<OwnMetricName, Histogram>>> = {
      billet_loop_decision_seconds: decisionSeconds,
      billet_scheduler_pass_seconds: passSeconds,
      billet_store_commit_seconds: commitSeconds,
    }
    const plain = new Map<OwnMetricName, readonly Point[]>([
      ...this.#counts(),
      ...this.#remoteWrite(),
      ...this.#boot(),
      ...this.#fleet(),
      ...this.#process(),
      ...this.#eventLoop(),
    ])
    return names
      .map((name) => {
        const histogram = histograms[name]
        return histogram === undefined ? plainText(name, plain.get(name) ?? []) : histogramText(name, histogram)
      })
      .join('')
  }

  #counts(): readonly (readonly [OwnMetricName, readonly Point[]])[] {
    const { loop, sessions, rings } = this.#sources
    const { inputs, writes, commitFailures } = loop.figures
    return [
      one('billet_build_info', 1, { version }),
      one('billet_sessions', sessions.size),
      one('billet_machines_watched', rings.watched),
      one('billet_loop_queue_length', loop.queued),
      one('billet_loop_inputs_total', inputs),
      one('billet_loop_writes_total', writes),
      one('billet_loop_commit_failures_total', commitFailures),
      one('billet_samples_total', rings.taken),
      one('billet_samples_dropped_total', rings.dropped),
      one('billet_samples_memory_bytes', rings.bytes),
    ]
  }

  #boot(): readonly (readonly [OwnMetricName, readonly Point[]])[] {
    const boot = this.#sources.boot()
    if (boot === undefined) return []
    return [
      one('billet_boot_sent_bytes_total', boot.sentBytes),
      one('billet_boot_transfers', boot.transfers),
      one('billet_boot_transfers_cut_off_total', boot.cutOff),
    ]
  }

  #remoteWrite(): readonly (readonly [OwnMetricName, readonly Point[]])[] {
    const { remoteWrite } = this.#sources
    if (remoteWrite === undefined) return []
    return [
      one('billet_remote_write_samples_total', remoteWrite.sent),
      one('billet_remote_write_samples_refused_total', remoteWrite.refused),
      one('billet_remote_write_failures_total', remoteWrite.failed),
      one('billet_remote_write_rows_dropped_total', remoteWrite.dropped),
      one('billet_remote_write_rows_waiting', remoteWrite.waiting),
    ]
  }

  #fleet(): readonly (readonly [OwnMetricName, readonly Point[]])[] {
    return this.#sources.fleet.read((view) => {
      const machines = new Tally()
      for (const { record } of view.table('machines').values()) {
        machines.add({ state: record.state, connection: record.connection })
      }
      const queued = new Tally()
      for (const { tenant } of view.queued()) queued.add({ tenant })
      const held = Array.from(view.table('tenants').values(), ({ record: { name } }) =>
        Array.from(view.held(name), ([of, value]): Point => ({ labels: { tenant: name, hardware_class: of }, value })),
      )
      const records = Array.from(view.sizes(), ([table, value]): Point => ({ labels: { table }, value }))
      return [
        ['billet_machines', machines.points],
        ['billet_machines_held', held.flat()],
        ['billet_workloads_queued', queued.points],
        ['billet_records', records],
        one('billet_revision', view.revision),
      ]
    })
  }

  #process(): readonly (readonly [OwnMetricName, readonly Point[]])[] {
    const { user, system } = process.cpuUsage()
    const { heapUsed, rss } = process.memoryUsage()
    return [
      one('nodejs_heap_size_used_bytes', heapUsed),
      one('process_resident_memory_bytes', rss),
      one('process_cpu_seconds_total', (user + system) / 1e6),
      one('process_start_time_seconds', Math.round(performance.timeOrigin) / 1000),
    ]
  }

  #eventLoop(): readonly (readonly [OwnMetricName, readonly Point[]])[] {
    // What is measured is the time between two turns; a loop with nothing to do takes its resolution.
    const lag = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - LAG_RESOLUTION_MS / 1000)
    const points = [
      one('nodejs_eventloop_lag_p50_seconds', lag(this.#lag.percentile(50))),
      one('nodejs_eventloop_lag_p99_seconds', lag(this.#lag.percentile(99))),
      one('nodejs_eventloop_lag_max_seconds', lag(this.#lag.max)),
    ]
    this.#lag.reset()
    return points
  }
}

const isOwn = (name: string): name is OwnMetricName => name in ownMetrics
const names: readonly OwnMetricName[] = Object.keys(ownMetrics).filter(isOwn)

function one(name: OwnMetricName, value: number, labels: Point['labels'] = {}): readonly [OwnMetricName, Point[]] {
  return [name, [{ labels, value }]]
}

function plainText(name: OwnMetricName, points: readonly Point[]): string {
  const lines = points.map(({ labels, value }) => lineText(name, labelsText(labels), value))
  return lines.length === 0 ? '' : headerText({ name, ...ownMetrics[name] }) + lines.join('')
}

function histogramText(name: OwnMetricName, histogram: Histogram): string {
  const counts = histogram.cumulative()
  const buckets = histogram.bounds.map((bound, index) =>
    lineText(`${name}_bucket`, labelsText({ le: `${bound}` }), counts[index] ?? 0),
  )
  const all = lineText(`${name}_bucket`, labelsText({ le: '+Inf' }), histogram.count)
  const sums = lineText(`${name}_sum`, '', histogram.sum) + lineText(`${name}_count`, '', histogram.count)
  return `${headerText({ name, ...ownMetrics[name] })}${buckets.join('')}${all}${sums}`
}

/** How many there are of each. */
class Tally {
  readonly #points = new Map<string, { readonly labels: Point['labels']; value: number }>()

  add(labels: Point['labels']): void {
    const key = JSON.stringify(labels)
    const point = this.#points.get(key) ?? { labels, value: 0 }
    point.value += 1
    this.#points.set(key, point)
  }

  get points(): readonly Point[] {
    return [...this.#points.values()]
  }
}
