import type { Family } from './text.ts'

type OwnMetric = Omit<Family, 'name'> & { readonly labels: readonly string[] }

const gauge = (unit: string, help: string, labels: readonly string[] = []): OwnMetric =>
  ({ kind: 'gauge', unit, help, labels }) as const
const counter = (unit: string, help: string, labels: readonly string[] = []): OwnMetric =>
  ({ kind: 'counter', unit, help, labels }) as const
const histogram = (help: string): OwnMetric => ({ kind: 'histogram', unit: 'seconds', help, labels: ['le'] }) as const

/** Every metric of the coordinator itself. */
export const ownMetrics = {
  billet_build_info: gauge('', 'always 1; its version', ['version']),
  billet_machines: gauge('', 'machines by state and connection', ['state', 'connection']),
  billet_machines_held: gauge('', 'machines that tenants hold', ['tenant', 'hardware_class']),
  billet_workloads_queued: gauge('', 'workloads that want machines', ['tenant']),
  billet_records: gauge('', 'records of each table, in memory and in the store', ['table']),
  billet_revision: gauge('', 'revision of the newest change'),
  billet_sessions: gauge('', 'agents that have a session'),
  billet_machines_watched: gauge('', 'machines that somebody watches'),
  billet_loop_queue_length: gauge('', 'inputs that wait to be decided'),
  billet_loop_inputs_total: counter('', 'inputs decided'),
  billet_loop_writes_total: counter('', 'records written'),
  billet_loop_commit_failures_total: counter('', 'batches that the store did not take'),
  billet_loop_decision_seconds: histogram('time to decide one batch of inputs, scheduling among it'),
  billet_scheduler_pass_seconds: histogram('time of one pass of the scheduler'),
  billet_store_commit_seconds: histogram('time until the store has made one batch durable'),
  billet_samples_total: counter('', 'samples of machines that were kept'),
  billet_samples_dropped_total: counter('', 'samples that did not fit their schema'),
  billet_samples_memory_bytes: gauge('bytes', 'memory of the kept samples'),
  billet_remote_write_samples_total: counter('', 'values sent by remote write'),
  billet_remote_write_samples_refused_total: counter('', 'values that the receiver refused for good'),
  billet_remote_write_failures_total: counter('', 'requests that failed or were refused'),
  billet_remote_write_rows_dropped_total: counter('', 'samples of machines let go of before they were sent'),
  billet_remote_write_rows_waiting: gauge('', 'samples of machines that wait to be sent'),
  billet_boot_sent_bytes_total: counter('bytes', 'sent to servers that fetch what they need at their first boot'),
  billet_boot_transfers: gauge('', 'files that are on their way to them'),
  billet_boot_transfers_cut_off_total: counter('', 'files that were not taken to their end'),
  nodejs_eventloop_lag_p50_seconds: gauge('seconds', 'median lag of the event loop since the last scrape'),
  nodejs_eventloop_lag_p99_seconds: gauge('seconds', '99th percentile of that lag since the last scrape'),
  nodejs_eventloop_lag_max_seconds: gauge('seconds', 'longest lag since the last scrape'),
  nodejs_heap_size_used_bytes: gauge('bytes', 'memory of JavaScript objects'),
  process_cpu_seconds_total: counter('seconds', 'processor time of the coordinator'),
  process_resident_memory_bytes: gauge('bytes', 'resident memory of the coordinator'),
  process_start_time_seconds: gauge('seconds', 'when the coordinator started, since 1970'),
} as const satisfies Readonly<Record<string, OwnMetric>>

export type OwnMetricName = keyof typeof ownMetrics
