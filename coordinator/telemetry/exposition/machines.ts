import { metricCatalogue } from '../../../shared/model/metrics/catalogue.ts'
import { isLike } from '../../../shared/model/expression/values.ts'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import type { Metric } from '../../../shared/model/telemetry.ts'
import type { QueriedMachine } from '../../../shared/model/telemetry_query.ts'
import { type Instant, minutes } from '../../../shared/model/time.ts'
import type { SampleRing } from '../ring.ts'
import type { Seen } from '../rings.ts'
import { machineLabels, ownLabels } from './machine_labels.ts'
import { type Family, headerText, isMetricName, labelsText, lineText } from './text.ts'

export type Selection = {
  /** Names with `*` for any text; a name that none of them is like is left out. */
  readonly names: readonly string[]
  /** As `names`, of this one answer; all where there are none. */
  readonly asked: readonly string[]
  /** Labels of machines that say where they are. */
  readonly levels: readonly string[]
  /** Lines of one answer. */
  readonly seriesMax: number
}

/** What is older says nothing of now. */
const STALE = minutes(5)
/** Lines between two chances for others. */
const LINES_EACH = 200

/** One metric over all machines: a column of what is to be written. */
type Gathered = {
  readonly family: Family
  readonly machines: string[]
  readonly labels: Metric['labels'][]
  readonly values: number[]
}

/**
 * The newest samples of machines in the order that the text format wants: name by name, over all machines. Values are
 * taken while machines are added; what comes later is in the next answer. Every generator here gives way now and then
 * by yielding an empty text.
 */
export class MachineExposition {
  readonly #selection: Selection
  readonly #now: Instant
  readonly #families = new Map<string, Gathered | null>()
  #series = 0

  constructor(selection: Selection, now: Instant) {
    this.#selection = selection
    this.#now = now
  }

  /** Refused where there are more lines than one answer may have. */
  add(machine: QueriedMachine, seen: Seen | undefined): Result<undefined, string> {
    const ring = seen?.rings.findLast(({ length }) => length > 0)
    if (seen === undefined || ring === undefined || ring.sequence <= seen.since) return ok()
    const row = ring.length - 1
    if (this.#now - ring.timeOf(row) > STALE) return ok()
    const labels = labelsText(machineLabels(machine, this.#selection.levels))
    this.#gather(ring, row, labels)
    const { seriesMax } = this.#selection
    if (this.#series <= seriesMax) return ok()
    return refuse(`more than ${seriesMax} series; choose fewer with metric=NAME*, machine=ID or machines=EXPRESSION`)
  }

  #gather(ring: SampleRing, row: number, machine: string): void {
    for (const [column, metric] of ring.metrics.entries()) {
      const gathered = this.#familyOf(metric)
      if (gathered === null) continue
      const value = ring.valueOf(row, column)
      if (Number.isNaN(value)) continue
      gathered.machines.push(machine)
      gathered.labels.push(metric.labels)
      gathered.values.push(value)
      this.#series += 1
    }
  }

  #familyOf(metric: Metric): Gathered | null {
    const { name, kind, unit } = metric
    const known = this.#families.get(name)
    if (known !== undefined) return known
    const { names, asked } = this.#selection
    const isIn = (patterns: readonly string[]): boolean => patterns.some((pattern) => isLike(name, pattern))
    const isWanted = isMetricName(name) && isIn(names) && (asked.length === 0 || isIn(asked))
    const family = catalogue.get(name) ?? { name, kind, unit, help: 'told by the agent' }
    const gathered = isWanted ? { family, machines: [], labels: [], values: [] } : null
    this.#families.set(name, gathered)
    return gathered
  }

  *text(): Generator<string> {
    const texts = new Map<Metric['labels'], string>()
    for (const gathered of this.#families.values()) {
      if (gathered === null || gathered.values.length === 0) continue
      let text = headerText(gathered.family)
      for (const [index, value] of gathered.values.entries()) {
        const own = gathered.labels[index] ?? {}
        const known = texts.get(own) ?? metricLabels(own, this.#selection.levels)
        texts.set(own, known)
        text += lineText(gathered.family.name, `${gathered.machines[index] ?? ''}${known}`, value)
        if (index % LINES_EACH !== LINES_EACH - 1) continue
        yield text
        text = ''
      }
      yield text
    }
  }
}

const catalogue: ReadonlyMap<string, Family> = new Map(
  metricCatalogue.map(({ name, kind, unit, help }) => [name, { name, kind, unit, help }]),
)

function metricLabels(labels: Metric['labels'], levels: readonly string[]): string {
  const entries = ownLabels(labels, levels)
  return entries.length === 0 ? '' : `,${labelsText(Object.fromEntries(entries))}`
}
