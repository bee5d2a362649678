import type { Instant, Milliseconds } from './time.ts'

export const severityWords = ['info', 'warning', 'critical'] as const
export type Severity = (typeof severityWords)[number]

/**
 * What is done about a finding, the mildest first:
 *
 * - `note`: it is shown;
 * - `cordon`: the machine takes no placement while it stands;
 * - `quarantine`: the machine leaves service once no tenant holds it, until somebody has it validated again;
 * - `replace`: as `quarantine`, and a tenant's placement there is ended at once and made elsewhere;
 * - `power_cycle`: as `quarantine`, and the machine is switched off and on, where its power can be controlled.
 */
export const healthActions = ['note', 'cordon', 'quarantine', 'replace', 'power_cycle'] as const
export type HealthAction = (typeof healthActions)[number]

/** A health finding that stands. */
export type Condition = {
  /** Stable word: "filesystem-nearly-full". */
  readonly id: string
  readonly severity: Severity
  /** One sentence for people. */
  readonly reason: string
  readonly since: Instant
  readonly action: HealthAction
  /** What was measured, device by device, when the finding was made. */
  readonly evidence: readonly string[]
  /** Whether the machine takes no placement while it stands. */
  readonly forbidsPlacement: boolean
  /** Nothing is done about it: as much of the fleet is out of service by findings as may be. */
  readonly suspended: boolean
}

/** A finding as a machine makes it. */
export function finding(
  about: Pick<Condition, 'id' | 'severity' | 'reason' | 'since' | 'action'> & { readonly evidence?: readonly string[] },
): Condition {
  return { evidence: [], ...about, forbidsPlacement: about.action !== 'note', suspended: false }
}

/** How a number is made of a metric's values. */
export const healthMeasures = ['value', 'increase', 'changes'] as const
export type HealthMeasure = (typeof healthMeasures)[number]

/**
 * When a finding is made and when it goes. Data alone, so that sites can change and add some; judged by the agent for
 * each device by itself, that is for each series of `metric` with other labels.
 */
export type HealthRule = {
  readonly id: string
  /** Name of the metric. */
  readonly metric: string
  /** Labels that a series must have: `*` is any text, `|` is between alternatives, `!` in front means none of them. */
  readonly labels: Readonly<Record<string, string>>
  /** The number is divided by this metric's, of the same labels; empty: it is taken as it is. */
  readonly of: string
  /** The value itself, by how much it grew within `window`, or how often it changed within it. */
  readonly measure: HealthMeasure
  readonly window: Milliseconds
  /** Whether it is found where the number is at least `raiseAt`, and goes at most at `clearAt`; or otherwise. */
  readonly bad: 'high' | 'low'
  readonly raiseAt: number
  readonly clearAt: number
  /** Only for growth: the counter began at nothing when the agent did, so that its first value is growth too. */
  readonly fromZero: boolean
  /** How long it must have been so before it is found, and how long it must have been well before it goes. */
  readonly raiseAfter: Milliseconds
  readonly clearAfter: Milliseconds
  /** Only on a device that has been well since the agent's start: one that never had a cable is no finding. */
  readonly onceWell: boolean
  readonly severity: Severity
  readonly action: HealthAction
  /** Whether the limit on how much of the fleet may be out of service holds for it. */
  readonly limited: boolean
  /** For people; {device}, {value}, {percent}, {detail} and {window} stand for what was found. */
  readonly sentence: string
  /** Where the threshold comes from. */
  readonly source: string
  /** Where operators disagree, who does otherwise; empty where nobody is known to. */
  readonly disputed: string
  /** A site may switch one off. */
  readonly enabled: boolean
}

/** What may stand in curly brackets in a rule's sentence. */
export const sentenceWords = ['device', 'value', 'percent', 'detail', 'window'] as const

/** What findings may do by themselves. */
export type HealthLimit = {
  /** Of the fleet and of each hardware class, how much findings may take out of service at once: 0 to 1. */
  readonly outShare: number
  /** Findings that are acted on all the same. */
  readonly unlimited: readonly string[]
}

export const HEALTH_LIMIT: HealthLimit = { outShare: 0.1, unlimited: [] }
