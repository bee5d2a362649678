import { existsSync, statSync } from 'node:fs'
import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, type Milliseconds, hours, minutes } from '../../shared/model/time.ts'
import { Pace, type Source, metric, missing } from './source.ts'

/** Files that a daemon writes anew, by the hour at most, as long as it follows the time of others. */
const DRIFT_FILES = ['chrony/drift', 'chrony/chrony.drift', 'ntpsec/ntp.drift', 'ntp/ntp.drift']
const DRIFT_FRESH = hours(3)

export type ClockSyncOptions = {
  readonly clock: Clock
  readonly sinceBoot: () => Milliseconds
  /** 1 where the kernel says that the clock follows another, 0 where it says that it does not, NaN: it is not asked. */
  readonly kernel: () => number
  /** /run, and /var/lib. */
  readonly run: string
  readonly lib: string
}

/**
 * Whether the machine's clock follows others. Where the kernel says that it does, it does; but chrony tells the kernel
 * only where it is told to (`rtcsync`), so before the kernel's no counts what systemd-timesyncd, chrony and ntpd leave
 * in files. NaN where nothing is there to tell.
 */
export class ClockSyncSource implements Source {
  readonly name = 'clock'
  readonly metrics: readonly Metric[] = [metric('gauge', 'billet_clock_synchronized', '')]
  readonly values: Float64Array = missing(1)
  readonly #options: ClockSyncOptions
  readonly #pace: Pace
  /** By the files. */
  #followed = Number.NaN

  constructor(options: ClockSyncOptions) {
    this.#options = options
    this.#pace = new Pace(options.clock, minutes(1))
  }

  refresh(): string | null {
    if (this.#pace.due()) this.#followed = this.#look()
    const kernel = this.#options.kernel()
    this.values[0] = kernel === 1 || Number.isNaN(this.#followed) ? kernel : this.#followed
    return null
  }

  close(): void {
    // Nothing is kept open.
  }

  #look(): number {
    const { run, lib } = this.#options
    const timesync = `${run}/systemd/timesync`
    if (existsSync(timesync)) return existsSync(`${timesync}/synchronized`) ? 1 : 0
    const ages = DRIFT_FILES.map((file) => this.#age(`${lib}/${file}`)).filter((age) => age !== null)
    if (ages.length === 0) return Number.NaN
    const { sinceBoot } = this.#options
    // One that was written before this boot says nothing of it, until there was time to write another.
    const youngest = Math.min(...ages)
    if (youngest < Math.min(sinceBoot(), DRIFT_FRESH)) return 1
    return sinceBoot() < DRIFT_FRESH ? Number.NaN : 0
  }

  #age(path: string): number | null {
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat === undefined ? null : this.#options.clock.now() - stat.mtimeMs
  }
}
