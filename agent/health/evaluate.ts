import { type Condition, type HealthRule, finding } from '../../shared/model/health.ts'
import type { Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import { type Instant, type Milliseconds, hours, milliseconds, minutes, seconds } from '../../shared/model/time.ts'
import { Meter } from './meter.ts'
import { type Series, seriesOf } from './series.ts'

/** One look at the machine. */
export type Reading = {
  readonly schema: SampleSchema
  readonly sample: Sample
  /** What a number means in words, by the metric's name: why a directory cannot be written. */
  readonly details: ReadonlyMap<string, string>
}

/** What is known of one device under one rule. */
type Watched = {
  device: string
  value: number
  meter: Meter | null
  /** Since when the threshold has been reached; null where it is not. */
  badSince: Instant | null
  /** Since when it has been well again though it still counts as found. */
  wellSince: Instant | null
  isFound: boolean
  wasWell: boolean
  seenAt: Instant
}

/** What a rule has found, and how often of late. */
type Standing = { condition: Condition | null; devices: string; readonly raisedAt: Instant[] }

/** A device that is no longer spoken of is forgotten after so long. */
const FORGOTTEN = minutes(10)
/** A finding that comes and goes stays the longer for each time that it came within `FLAPS_WITHIN`. */
const FLAPS_WITHIN = hours(1)
const FLAP_HOLD = seconds(30)
const EVIDENCE_MAX = 8

/**
 * What the rules find, beat by beat. What a rule cannot see changes nothing: what was found stands on. Knows no clock:
 * the same readings at the same times find the same.
 */
export class HealthEvaluator {
  readonly #rules: readonly HealthRule[]
  #schema: SampleSchema | null = null
  #series: readonly (readonly Series[])[] = []
  readonly #watched: readonly Map<string, Watched>[]
  readonly #standing: readonly Standing[]
  #conditions: readonly Condition[] = []

  constructor(rules: readonly HealthRule[]) {
    this.#rules = rules.filter(({ enabled }) => enabled)
    this.#watched = this.#rules.map(() => new Map<string, Watched>())
    this.#standing = this.#rules.map(() => ({ condition: null, devices: '', raisedAt: [] }))
  }

  /** What stands now; the very same list as before where nothing came, went or concerns other devices. */
  observe({ schema, sample, details }: Reading, now: Instant): readonly Condition[] {
    if (schema.id !== sample.schemaId) return this.#conditions
    if (schema !== this.#schema) {
      this.#series = seriesOf(this.#rules, schema)
      this.#schema = schema
    }
    this.#rules.forEach((rule, index) => this.#look(rule, index, sample, now, details.get(rule.metric) ?? ''))
    const conditions = this.#standing.flatMap(({ condition }) => (condition === null ? [] : [condition]))
    const isSame =
      conditions.length === this.#conditions.length && conditions.every((one, at) => one === this.#conditions[at])
    if (!isSame) this.#conditions = conditions
    return this.#conditions
  }

  #look(rule: HealthRule, index: number, sample: Sample, now: Instant, detail: string): void {
    const watched = this.#watched[index] ?? new Map<string, Watched>()
    const standing = this.#standing[index]
    const series = this.#series[index] ?? []
    if (standing === undefined || (series.length === 0 && watched.size === 0)) return
    const clearAfter = holdOf(rule, standing.raisedAt, now)
    for (const one of series) watch(rule, watched, one, sample, now, clearAfter)
    let isAnyFound = false
    for (const [key, { seenAt, isFound }] of watched) {
      if (now - seenAt >= FORGOTTEN) watched.delete(key)
      else if (isFound) isAnyFound = true
    }
    if (!isAnyFound) {
      standing.condition = null
      standing.devices = ''
      return
    }
    const found = [...watched.values()].filter(({ isFound }) => isFound)
    const devices = found.map(({ device }) => device).join('\n')
    if (standing.condition === null) {
      standing.raisedAt.push(now)
      if (standing.raisedAt.length > 16) standing.raisedAt.shift()
      standing.condition = conditionOf(rule, found, since(found, now), detail)
    } else if (devices !== standing.devices) {
      standing.condition = conditionOf(rule, found, standing.condition.since, detail)
    }
    standing.devices = devices
  }
}

const since = (found: readonly Watched[], now: Instant): Instant =>
  found.reduce((first, { badSince }) => (badSince !== null && badSince < first ? badSince : first), now)

/** How long all must be well before a finding goes: longer each time, so that flapping makes little news. */
function holdOf(rule: HealthRule, raisedAt: readonly Instant[], now: Instant): Milliseconds {
  if (raisedAt.length <= 1) return rule.clearAfter
  const recent = raisedAt.filter((at) => at <= now && now - at <= FLAPS_WITHIN).length
  if (recent <= 1) return rule.clearAfter
  const held = Math.max(rule.clearAfter, FLAP_HOLD) * 2 ** (recent - 2)
  return milliseconds(Math.max(rule.clearAfter, Math.min(held, FLAPS_WITHIN)))
}

function watch(
  rule: HealthRule,
  watched: Map<string, Watched>,
  { key, device, index, ofIndex }: Series,
  sample: Sample,
  now: Instant,
  clearAfter: Milliseconds,
): void {
  let one = watched.get(key)
  if (one === undefined) {
    const meter = rule.measure === 'value' ? null : new Meter(rule)
    one = {
      device,
      value: Number.NaN,
      meter,
      badSince: null,
      wellSince: null,
      isFound: false,
      wasWell: false,
      seenAt: now,
    }
    watched.set(key, one)
  }
  one.seenAt = now
  const read = sample.values[index] ?? Number.NaN
  const number = ofIndex === null ? read : read / (sample.values[ofIndex] ?? Number.NaN)
  if (!Number.isFinite(number)) return
  one.value = one.meter === null ? number : one.meter.add(number, now)
  judge(rule, one, now, clearAfter)
}

function judge(rule: HealthRule, one: Watched, now: Instant, clearAfter: Milliseconds): void {
  const isBad = rule.bad === 'high' ? one.value >= rule.raiseAt : one.value <= rule.raiseAt
  const isWell = rule.bad === 'high' ? one.value <= rule.clearAt : one.value >= rule.clearAt
  if (isWell) one.wasWell = true
  if (one.isFound) {
    // A clock that was set back must not keep a finding for as long as it went back.
    if (!isWell) one.wellSince = null
    else if (one.wellSince === null || one.wellSince > now) one.wellSince = now
    if (one.wellSince === null || now - one.wellSince < clearAfter) return
    one.isFound = false
    one.badSince = null
    one.wellSince = null
    return
  }
  if (!isBad || (rule.onceWell && !one.wasWell)) {
    one.badSince = null
    return
  }
  if (one.badSince === null || one.badSince > now) one.badSince = now
  if (now - one.badSince >= rule.raiseAfter) one.isFound = true
}

/** Made once, and again where other devices are concerned: a number that moves would be news at each beat. */
function conditionOf(rule: HealthRule, found: readonly Watched[], at: Instant, detail: string): Condition {
  const worst = found.reduce((one, other) => (isWorse(rule, other, one) ? other : one))
  const others = found.length === 1 ? '' : `; ${found.length} in all`
  const { id, severity, action } = rule
  const evidence = found.slice(0, EVIDENCE_MAX).map(({ device, value }) => {
    const what = device === '' ? rule.metric : `${rule.metric} of ${device}`
    return `${what}: ${roundedOf(value)}, found at ${roundedOf(rule.raiseAt)}`
  })
  return finding({ id, severity, action, since: at, evidence, reason: `${sentenceOf(rule, worst, detail)}${others}` })
}

const isWorse = ({ bad }: HealthRule, one: Watched, other: Watched): boolean =>
  bad === 'high' ? one.value > other.value : one.value < other.value

const roundedOf = (value: number): string => `${Number(value.toPrecision(4))}`

function sentenceOf({ sentence, window }: HealthRule, { device, value }: Watched, detail: string): string {
  const words: Readonly<Record<string, string>> = {
    device,
    value: roundedOf(value),
    percent: `${Math.round(value * 100)} %`,
    detail,
    window: window >= hours(1) ? `${Math.round(window / hours(1))} h` : `${Math.round(window / minutes(1))} min`,
  }
  return sentence.replaceAll(/\{([a-z]+)\}/g, (whole, word: string) => words[word] ?? whole)
}
