import type { MetricKind } from '../../../shared/model/telemetry.ts'

/** The text format of Prometheus, version 0.0.4, which every collector reads. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export type Family = {
  readonly name: string
  readonly kind: MetricKind | 'histogram'
  /** As in telemetry: "seconds", "bytes", or empty. */
  readonly unit: string
  readonly help: string
}

/** What comes before the lines of one name. A unit is told where the name ends with it, as OpenMetrics has it. */
export function headerText({ name, kind, unit, help }: Family): string {
  const base = name.replace(/_total$/, '')
  const unitLine = unit !== '' && base.endsWith(`_${unit}`) ? `# UNIT ${name} ${unit}\n` : ''
  return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${kind}\n${unitLine}`
}

/** Labels as they stand between braces, in the order of `labels`. */
export function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${labelName(name)}="${escaped(value)}"`)
    .join(',')
}

export function lineText(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${numberText(value)}\n` : `${name}{${labels}} ${numberText(value)}\n`
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : `${value}`
}

/** Whether it is a name that the format knows; what an agent calls otherwise is left out. */
export const isMetricName = (name: string): boolean => /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)

export const labelName = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, '_')

const escaped = (value: string): string =>
  /[\\"\n]/.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value
