import type { Sample, SampleSchema } from '../model/telemetry.ts'
import { count, enumWord, instantOf, invalid, list, map, text, timestamp } from './check.ts'
import { metricKinds } from './enums.ts'
import type { Sample as WireSample, Sample__Output } from './gen/types/billet/v1/Sample.ts'
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
