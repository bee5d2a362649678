import { existsSync } from 'node:fs'
import process from 'node:process'
import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, minutes, seconds } from '../../shared/model/time.ts'
import { Rounds } from './rounds.ts'
import { type Source, metric, missing } from './source.ts'
import { askFailedUnits } from './units/ask.ts'

export type UnitsOptions = {
  readonly clock: Clock
  /** /run unless a test says otherwise. */
  readonly run: string
}

const EVERY = minutes(5)
const LIMIT = seconds(5)
/** Units told by name; the others are counted. */
const NAMED_MAX = 32
const NAME_MAX = 128

/**
 * The units of systemd that have failed, asked of it over the bus of the system: one connection and one question in
 * each round, no process. Where no systemd runs, or no bus, nothing is told.
 */
export class UnitsSource implements Source {
  readonly name = 'units'
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #options: UnitsOptions
  readonly #rounds: Rounds
  /** Units that have failed since the agent's start, and whether they still have. */
  #named: ReadonlyMap<string, boolean> = new Map()
  #count: number | null = null
  #problem: string | null = null
  /** Whether what was packed last was fresh; null once a round has ended since. */
  #packed: boolean | null = null

  constructor(options: UnitsOptions) {
    this.#options = options
    this.#rounds = new Rounds(options.clock, EVERY, async () => {
      await this.#round()
      this.#packed = null
    })
  }

  refresh(): string | null {
    this.#rounds.tick()
    const isFresh = this.#rounds.fresh && this.#problem === null
    if (isFresh !== this.#packed) this.#pack(isFresh)
    this.#packed = isFresh
    return this.#problem
  }

  settled(): Promise<void> {
    return this.#rounds.settled()
  }

  close(): void {
    // A question ends by itself within its limit.
  }

  async #round(): Promise<void> {
    const { run } = this.#options
    const socket = `${run}/dbus/system_bus_socket`
    if (!existsSync(`${run}/systemd/system`) || !existsSync(socket)) {
      this.#count = null
      this.#named = new Map()
      this.#problem = null
      return
    }
    const failed = await askFailedUnits({ socket, uid: process.geteuid?.() ?? 0, limit: LIMIT })
    if (!failed.ok) {
      this.#problem = `systemd does not tell of its units: ${failed.error}`
      return
    }
    this.#problem = null
    this.#count = failed.value.length
    this.#named = remembered(this.#named, failed.value)
  }

  #pack(isFresh: boolean): void {
    const names = [...this.#named.keys()]
    const told = this.#count === null ? 0 : 1 + names.length
    const isSame = told === this.metrics.length && names.every((name, at) => this.metrics[at + 1]?.labels.name === name)
    if (!isSame) {
      this.metrics =
        this.#count === null
          ? []
          : [
              metric('gauge', 'node_systemd_units', '', { state: 'failed' }),
              ...names.map((name) => metric('gauge', 'node_systemd_unit_state', '', { name, state: 'failed' })),
            ]
      this.values = missing(told)
    }
    if (told === 0) return
    this.values[0] = isFresh ? (this.#count ?? Number.NaN) : Number.NaN
    for (const [at, isFailed] of [...this.#named.values()].entries()) {
      this.values[at + 1] = isFresh ? Number(isFailed) : Number.NaN
    }
  }
}

/** Those known first, in their order: what is told changes seldom. What works again goes where room is short. */
function remembered(known: ReadonlyMap<string, boolean>, failed: readonly string[]): ReadonlyMap<string, boolean> {
  const names = new Set(failed.map((name) => name.slice(0, NAME_MAX)))
  const fresh = [...names].filter((name) => !known.has(name))
  const kept = [...known.keys()].map((name) => [name, names.has(name)] as const)
  const room = Math.max(0, NAMED_MAX - fresh.length - kept.filter(([, isFailed]) => isFailed).length)
  const well = kept.filter(([, isFailed]) => !isFailed).slice(0, room)
  const isKept = new Set(well.map(([name]) => name))
  const stay = kept.filter(([name, isFailed]) => isFailed || isKept.has(name))
  return new Map([...stay, ...fresh.map((name) => [name, true] as const)].slice(0, NAMED_MAX))
}
