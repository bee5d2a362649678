import { Buffer } from 'node:buffer'
import { existsSync } from 'node:fs'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import type { Metric } from '../../../shared/model/telemetry.ts'
import { metric, missing } from '../source.ts'
import {
  type AtaAbilities,
  LOG,
  STATISTICS,
  checkPowerMode,
  identify,
  isAsleep,
  logSectors,
  parseIdentify,
  parseSmartData,
  passes,
  readLog,
  smartReadData,
  smartReturnStatus,
  statisticAt,
  statisticPages,
} from './ata.ts'
import type { SystemCalls } from './calls.ts'
import { Disk, type Untold } from './disk.ts'
import { type FoundDisk, findDisks } from './find.ts'
import { parseHealthLog } from './nvme.ts'
import { type Told, ataQuantities, clockQuantities, nvmeQuantities } from './quantities.ts'
import { TIMEX_BYTES, parseTimex } from './timex.ts'

export type SystemReaderOptions = {
  readonly calls: SystemCalls
  readonly sys: string
  readonly dev: string
  /** Said before a device is asked, which may never answer. */
  readonly asking: (device: string) => void
}

/**
 * What a drive says that it knows, or nothing where it does not say: it is not asked for that again, and for nothing
 * else, since it counts what it does not know as an error of its own.
 */
type Known = {
  readonly abilities: AtaAbilities
  /** Pages of its statistics. */
  readonly pages: readonly number[]
}

/** More disks than this are left out, and said so. */
const DISKS_MAX = 128

/** Asks the kernel and the disks what only system calls tell. */
export class SystemReader {
  /** What `values` mean, in order; another array when that changes. */
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #options: SystemReaderOptions
  readonly #known = new Map<string, Known>()
  /** By device, what it told last; and so what it is to tell again. */
  #told = new Map<string, readonly Told[]>()
  #problem: string | null = null
  #key = ''

  constructor(options: SystemReaderOptions) {
    this.#options = options
  }

  /**
   * One round.
   *
   * @param late devices that have hung before: asked when all others have told.
   * @param tell once the others have, where there are such.
   * @returns why something is missing.
   */
  read(late: ReadonlySet<string>, tell: (problem: string | null) => void): string | null {
    const found = findDisks(this.#options.sys)
    const disks = found.slice(0, DISKS_MAX)
    this.#problem = found.length > DISKS_MAX ? `${found.length - DISKS_MAX} disks are left out` : null
    const present = new Set([CLOCK, ...disks.map(({ device }) => device)])
    for (const known of [this.#told, this.#known]) {
      for (const device of known.keys()) if (!present.has(device)) known.delete(device)
    }
    // One that was pulled out owes no answer any more: whatever is told next is told after it.
    for (const device of late) if (!isThere(this.#options.sys, device)) this.#options.asking(device)
    this.#told.set(CLOCK, this.#clock())
    for (const disk of disks) if (!late.has(disk.device)) this.#ask(disk)
    this.#pack()
    const hung = disks.filter(({ device }) => late.has(device))
    if (hung.length === 0) return this.#problem
    tell(this.#problem)
    for (const disk of hung) this.#ask(disk)
    this.#pack()
    return this.#problem
  }

  #clock(): readonly Told[] {
    const timex = Buffer.alloc(TIMEX_BYTES)
    return this.#options.calls.adjtimex(timex) < 0 ? [] : clockQuantities(parseTimex(timex))
  }

  #ask(disk: FoundDisk): void {
    const { device } = disk
    this.#options.asking(device)
    const told = this.#health(disk)
    if (told.ok) {
      if (told.value !== null) this.#told.set(device, [...told.value, refused(device, 0)])
      return
    }
    const known = this.#told.get(device)
    if (told.error.kind === 'failed') {
      this.#problem ??= `${device} does not tell of its health: ${told.error.reason}`
      const gone = (known ?? []).map((one) => ({ ...one, value: Number.NaN }))
      this.#told.set(device, [...gone.slice(0, -1), refused(device, 1)])
    } else if (known !== undefined) {
      this.#told.set(
        device,
        known.map((one) => ({ ...one, value: Number.NaN })),
      )
    }
  }

  /** Null where the disk sleeps: what it told last stands. */
  #health(found: FoundDisk): Result<readonly Told[] | null, Untold> {
    const opened = Disk.open(this.#options.calls, `${this.#options.dev}/${found.device}`)
    if (!opened.ok) return opened
    const disk = opened.value
    try {
      return found.kind === 'nvme' ? nvmeHealth(disk, found) : this.#ataHealth(disk, found)
    } finally {
      disk.close()
    }
  }

  #ataHealth(disk: Disk, found: FoundDisk): Result<readonly Told[] | null, Untold> {
    if (this.#known.get(found.device)?.abilities.smart === false) return refuse({ kind: 'unknown' })
    const mode = disk.registers(checkPowerMode)
    if (mode.ok && isAsleep(mode.value)) return ok(null)
    const known = this.#knownOf(disk, found.device)
    if (!known.ok) return known
    const { abilities, pages } = known.value
    if (!abilities.smart) return refuse({ kind: 'unknown' })
    const status = disk.registers(smartReturnStatus)
    if (!status.ok && status.error.kind === 'failed') return status
    const data = disk.sector(smartReadData)
    if (!data.ok && data.error.kind === 'failed') return data
    const attributes = data.ok ? parseSmartData(data.value) : []
    return ok(
      ataQuantities(found.device, {
        passes: status.ok ? passes(status.value) : null,
        attributes,
        ...statisticsOf(disk, pages, found.sectorBytes),
        rotational: found.rotational,
      }),
    )
  }

  /** Asked once of each drive. */
  #knownOf(disk: Disk, device: string): Result<Known, Untold> {
    const before = this.#known.get(device)
    if (before !== undefined) return ok(before)
    const identity = disk.sector(identify)
    if (!identity.ok && identity.error.kind === 'failed') return identity
    const abilities = (identity.ok ? parseIdentify(identity.value) : null) ?? { smart: false, logs: false }
    const known = { abilities, pages: abilities.smart && abilities.logs ? pagesOf(disk) : [] }
    this.#known.set(device, known)
    return ok(known)
  }

  #pack(): void {
    const told = [...this.#told.values()].flat()
    const key = JSON.stringify(told.map(({ metric: { name, labels } }) => [name, labels]))
    if (key !== this.#key) {
      this.#key = key
      this.metrics = told.map((one) => one.metric)
    }
    this.values = Float64Array.from(told, ({ value }) => value)
  }
}

/** Whether the kernel has it at all; one that hung may be there, but neither live nor running. */
const isThere = (sys: string, device: string): boolean =>
  existsSync(`${sys}/block/${device}`) || existsSync(`${sys}/class/nvme/${device}`)

/** The clock's place among the devices. */
const CLOCK = ''

const refused = (device: string, value: number): Told => ({
  metric: metric('gauge', 'billet_disk_health_refused', '', { device }),
  value,
})

function nvmeHealth(disk: Disk, { device }: FoundDisk): Result<readonly Told[], Untold> {
  const log = disk.healthLog()
  if (!log.ok) return log
  const health = parseHealthLog(log.value)
  return health === null ? refuse({ kind: 'unknown' }) : ok(nvmeQuantities(device, health))
}

function statisticsOf(disk: Disk, pages: readonly number[], sectorBytes: number) {
  const pageOf = ({ page }: { readonly page: number }): Uint8Array => {
    const sector = pages.includes(page) ? disk.sector(readLog(LOG.statistics, page)) : null
    return sector?.ok === true ? Uint8Array.from(sector.value) : new Uint8Array(0)
  }
  const { read, written, percentageUsed } = STATISTICS
  const general = pageOf(written)
  return {
    bytesRead: statisticAt(general, read) * sectorBytes,
    bytesWritten: statisticAt(general, written) * sectorBytes,
    percentageUsed: statisticAt(pageOf(percentageUsed), percentageUsed),
  }
}

function pagesOf(disk: Disk): readonly number[] {
  const directory = disk.sector(readLog(LOG.directory, 0))
  if (!directory.ok || logSectors(directory.value, LOG.statistics) === 0) return []
  const first = disk.sector(readLog(LOG.statistics, 0))
  return first.ok ? statisticPages(first.value) : []
}
