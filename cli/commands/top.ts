import type { MachineTelemetry__Output } from '../../shared/wire/gen/types/billet/v1/MachineTelemetry.ts'
import { Connection } from '../../shared/wire/gen/types/billet/v1/Connection.ts'
import type { Machine__Output } from '../../shared/wire/gen/types/billet/v1/Machine.ts'
import type { Metric__Output } from '../../shared/wire/gen/types/billet/v1/Metric.ts'
import { services } from '../../shared/wire/load.ts'
import { age, bytes, percent, plain, table } from '../render.ts'
import { selectMachines, stateWord, withSelection } from './machines.ts'
import { type OutputOption, type Register, type Session, millisecondsOf, shortName, withOutput } from './shared.ts'

const { TelemetryService } = services

type TopOptions = OutputOption &
  Parameters<typeof selectMachines>[1] & { readonly once?: boolean; readonly follow?: boolean }
type Reading = { readonly at: number; readonly values: ReadonlyMap<string, number> }

const RATE_SPAN_MS = 500

/** Sums of a sample by metric name and the labels that matter here. */
function reading(schema: readonly Metric__Output[], values: readonly number[], at: number): Reading {
  const sums = new Map<string, number>()
  for (const [index, metric] of schema.entries()) {
    const value = values[index]
    if (value === undefined || Number.isNaN(value)) continue
    const mode = metric.labels?.mode
    const key = mode === undefined ? (metric.name ?? '') : `${metric.name} ${mode}`
    sums.set(key, (sums.get(key) ?? 0) + value)
    sums.set(`${key} #`, (sums.get(`${key} #`) ?? 0) + 1)
  }
  return { at, values: sums }
}

/** What one machine does, from its newest sample and the one before. */
function row(machine: Machine__Output, now: number, newest?: Reading, before?: Reading): readonly string[] {
  const value = (name: string): number => newest?.values.get(name) ?? Number.NaN
  const rate = (name: string): number => {
    // Counters move in steps of 10 ms: over less than this a rate says nothing.
    if (newest === undefined || before === undefined || newest.at - before.at < RATE_SPAN_MS) return Number.NaN
    return ((value(name) - (before.values.get(name) ?? Number.NaN)) * 1000) / (newest.at - before.at)
  }
  const threads = machine.inventory?.processor?.threads ?? 1
  const busy = Math.min(1, Math.max(0, 1 - rate('node_cpu_seconds_total idle') / threads))
  const used = value('node_memory_MemTotal_bytes') - value('node_memory_MemAvailable_bytes')
  const gpus = value('DCGM_FI_DEV_GPU_UTIL #')
  const network = rate('node_network_receive_bytes_total') + rate('node_network_transmit_bytes_total')
  const disk = rate('node_disk_read_bytes_total') + rate('node_disk_written_bytes_total')
  return [
    plain(machine.hostname ?? '') || shortName(machine.name),
    stateWord(machine),
    machine.tenant || '-',
    percent(busy),
    number(value('node_load1')),
    Number.isNaN(used) ? '-' : `${bytes(used)} of ${bytes(value('node_memory_MemTotal_bytes'))}`,
    perSecond(network),
    perSecond(disk),
    Number.isNaN(gpus) ? '-' : `${gpus} at ${percent(value('DCGM_FI_DEV_GPU_UTIL') / gpus / 100)}`,
    newest === undefined ? 'none yet' : age(now - newest.at),
  ]
}

const HEADER = ['HOST', 'STATE', 'TENANT', 'CPU', 'LOAD', 'MEMORY', 'NETWORK', 'DISK', 'GPUS', 'SAMPLE']
const number = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(2))
const perSecond = (value: number): string => (Number.isNaN(value) ? '-' : `${bytes(value)}/s`)

class Fleet {
  readonly machines: readonly Machine__Output[]
  readonly #schemas = new Map<string, readonly Metric__Output[]>()
  readonly #newest = new Map<string, Reading>()
  readonly #before = new Map<string, Reading>()

  constructor(machines: readonly Machine__Output[]) {
    this.machines = machines
  }

  schema(machine: string, metrics: readonly Metric__Output[]): void {
    this.#schemas.set(machine, metrics)
  }

  sample(machine: string, values: readonly number[], at: number): void {
    const newest = this.#newest.get(machine)
    if (newest !== undefined) this.#before.set(machine, newest)
    this.#newest.set(machine, reading(this.#schemas.get(machine) ?? [], values, at))
  }

  take(telemetry: MachineTelemetry__Output): void {
    this.schema(telemetry.machine ?? '', telemetry.schema?.metrics ?? [])
    for (const sample of telemetry.samples ?? []) {
      this.sample(telemetry.machine ?? '', sample.values ?? [], millisecondsOf(sample.time) ?? 0)
    }
  }

  print(session: Session): string {
    const rows = this.machines.map((machine) => {
      const name = machine.name ?? ''
      return row(machine, session.now(), this.#newest.get(name), this.#before.get(name))
    })
    return table(HEADER, rows)
  }
}

async function top(session: Session, options: TopOptions): Promise<void> {
  const machines: Machine__Output[] = []
  for await (const machine of selectMachines(session, options)) machines.push(machine)
  const fleet = new Fleet(machines)
  const names = machines.slice(0, 1000).map((machine) => machine.name ?? '')
  const connected = machines.filter(({ connection }) => connection === Connection.CONNECTION_CONNECTED)
  if (connected.length === 0) return session.stdout(fleet.print(session))
  const live = session.isTerminal && options.once !== true
  const once = !live && options.follow !== true
  let rounds = 0
  const seen = new Map<string, number>()
  const request = { machines: names }
  // A machine that is connected and says nothing is not waited for.
  const within = once ? { endAfterMs: PATIENCE_MS } : {}
  for await (const event of session.api().stream(TelemetryService.StreamTelemetry, request, within)) {
    const { machine } = event
    if (options.output === 'json') session.stdout(`${JSON.stringify(event)}\n`)
    if (event.schema !== undefined && event.schema !== null) fleet.schema(machine, event.schema.metrics ?? [])
    if (event.sample === undefined || event.sample === null) continue
    fleet.sample(machine, event.sample.values ?? [], millisecondsOf(event.sample.time) ?? 0)
    seen.set(machine, (seen.get(machine) ?? 0) + 1)
    // One screen per round of samples, not per sample.
    const round = once ? slowest(seen, connected) : Math.max(...seen.values())
    if (round === rounds) continue
    rounds = round
    if (options.output !== 'json' && live) session.stdout(`\u001b[H\u001b[2J${fleet.print(session)}`)
    if (once && round > ROUNDS_FOR_RATES) break
  }
  if (!live && options.output !== 'json') session.stdout(fleet.print(session))
}

const PATIENCE_MS = 6000
/** Rates need two samples, and the first may come at once. */
const ROUNDS_FOR_RATES = 2

function slowest(seen: ReadonlyMap<string, number>, machines: readonly Machine__Output[]): number {
  return Math.min(...machines.map(({ name }) => seen.get(name) ?? 0))
}

export const registerTop: Register = (program, session) => {
  const command = program
    .command('top')
    .description('what machines do now; once where the output is no terminal')
    .option('--once', 'print one table and end')
    .option('--follow', 'go on where the output is no terminal, as with -o json')
  withOutput(withSelection(command)).action((options: TopOptions) => top(session, options))
}
