import type { Sample, SampleSchema } from '../model/telemetry.ts'
import { bytes, count, enumWord, instantOf, invalid, list, map, text, timestamp } from './check.ts'
import { metricKinds } from './enums.ts'
import type { Sample as WireSample, Sample__Output } from './gen/types/billet/v1/Sample.ts'
import type { SampleChanges as WireChanges, SampleChanges__Output } from './gen/types/billet/v1/SampleChanges.ts'
import type { SampleSchema as WireSchema, SampleSchema__Output } from './gen/types/billet/v1/SampleSchema.ts'

/** Numbers per sample: a machine with 1024 threads and 16 GPUs stays well below. */
export const METRICS_MAX = 16_384

export function encodeSchema(schema: SampleSchema): WireSchema {
  return {
    id: schema.id,
    metrics: schema.metrics.map(({ name, unit, labels, kind }) => ({
      name,
      unit,
      labels: { ...labels },
      kind: metricKinds[kind],
    })),
  }
}

export function decodeSchema(field: string, wire: SampleSchema__Output): SampleSchema {
  return {
    id: count(`${field}.id`, wire.id),
    metrics: list(`${field}.metrics`, wire.metrics, METRICS_MAX).map((metric, index) => ({
      name: text(`${field}.metrics[${index}].name`, metric.name, 200),
      unit: text(`${field}.metrics[${index}].unit`, metric.unit, 50),
      labels: map(`${field}.metrics[${index}].labels`, metric.labels, { entries: 16, key: 63, value: 200 }),
      kind: enumWord(`${field}.metrics[${index}].kind`, metricKinds, metric.kind),
    })),
  }
}

export function encodeSample(sample: Sample): WireSample {
  return { schema_id: sample.schemaId, time: timestamp(sample.at), values: Array.from(sample.values) }
}

/** The hot path of a coordinator: one pass, no allocation beside the numbers. */
export function decodeSample(field: string, wire: Sample__Output): Sample {
  const { values } = wire
  if (values.length > METRICS_MAX) invalid(`${field}.values`, `expected at most ${METRICS_MAX} numbers`)
  return { schemaId: wire.schema_id, at: instantOf(`${field}.time`, wire.time), values: Float64Array.from(values) }
}

/** What moved since `before`, which is a sample under the same schema. */
export function encodeChanges(sample: Sample, before: Float64Array): WireChanges {
  const { values } = sample
  const changed = new Uint8Array(Math.ceil(values.length / 8))
  const moved: number[] = []
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? Number.NaN
    const old = before[index] ?? Number.NaN
    if (value === old || (Number.isNaN(value) && Number.isNaN(old))) continue
    changed[index >> 3] = (changed[index >> 3] ?? 0) | (1 << (index & 7))
    moved.push(value)
  }
  return { schema_id: sample.schemaId, time: timestamp(sample.at), changed, values: moved }
}

/** The whole sample. `before` is the one that the changes count from; null where there was none in this session. */
export function decodeChanges(field: string, wire: SampleChanges__Output, before: Sample | null): Sample {
  if (before === null || before.schemaId !== wire.schema_id) {
    return invalid(`${field}.schema_id`, 'expected the schema of the sample before')
  }
  const values = before.values.slice()
  const changed = bytes(`${field}.changed`, wire.changed, METRICS_MAX / 8)
  if (changed.length !== Math.ceil(values.length / 8)) invalid(`${field}.changed`, 'expected one bit per metric')
  let next = 0
  for (let index = 0; index < changed.length * 8; index += 1) {
    if (((changed[index >> 3] ?? 0) & (1 << (index & 7))) === 0) continue
    if (index >= values.length) invalid(`${field}.changed`, 'expected no bit beyond the last metric')
    values[index] = wire.values[next] ?? Number.NaN
    next += 1
  }
  if (next !== wire.values.length) invalid(`${field}.values`, 'expected one number for each bit that is set')
  return { schemaId: wire.schema_id, at: instantOf(`${field}.time`, wire.time), values }
}
