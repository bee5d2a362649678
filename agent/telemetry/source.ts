import type { Metric, MetricKind } from '../../shared/model/telemetry.ts'

/** One place that numbers come from. It owns its values; the sampler packs them behind those of the others. */
export interface Source {
  /** A word that names it in problems. */
  readonly name: string
  /** What `values` mean, in order. Another array when the set of devices changes, never changed in place. */
  readonly metrics: readonly Metric[]
  readonly values: Float64Array
  /**
   * Brings `values` up to date: NaN for what cannot be had. Must return in well under a millisecond, so whatever may
   * wait for a device is read elsewhere and only fetched here.
   *
   * @returns why something is missing, in words that stay the same from beat to beat; null if nothing is.
   */
  refresh(): string | null
  close(): void
}

export function metric(
  kind: MetricKind,
  name: string,
  unit: string,
  labels: Readonly<Record<string, string>> = {},
): Metric {
  return { name, unit, labels, kind }
}

export function missing(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN)
}

/** More devices than this are left out of the samples, and said so. */
export const DEVICES_MAX = 256
