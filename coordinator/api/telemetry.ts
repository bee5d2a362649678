import type { BilletError } from '../../shared/model/errors.ts'
import { type MachineId, parseMachineId } from '../../shared/model/ids.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import type { QueryAnswer, TelemetryQuery } from '../../shared/model/telemetry_query.ts'
import type { Clock } from '../../shared/model/time.ts'
import {
  count,
  decode,
  duration,
  invalid,
  list,
  optionalInstant,
  resource,
  timestamp,
} from '../../shared/wire/check.ts'
import { decodeExpression } from '../../shared/wire/constraints.ts'
import type { QueryResponse } from '../../shared/wire/gen/types/billet/v1/QueryResponse.ts'
import type { StreamTelemetryResponse } from '../../shared/wire/gen/types/billet/v1/StreamTelemetryResponse.ts'
import type { TelemetryServiceHandlers } from '../../shared/wire/gen/types/billet/v1/TelemetryService.ts'
import { encodeSample, encodeSchema } from '../../shared/wire/telemetry.ts'
import { decodeQuery } from '../../shared/wire/telemetry_query.ts'
import type { Fleet } from '../ports.ts'
import type { Door } from './door.ts'
import type { MachineSamples, TelemetryQueries, TelemetryView } from './ports.ts'
import { queried, sightsOf } from './sights.ts'

const MACHINES_MAX = 1000
const SAMPLES = 360
const SAMPLES_MAX = 1000

export type TelemetryOptions = {
  readonly fleet: Fleet
  readonly telemetry: TelemetryView
  readonly queries: TelemetryQueries
  readonly clock: Clock
}

export function telemetryService(door: Door, options: TelemetryOptions): TelemetryServiceHandlers {
  const { fleet, telemetry, queries, clock } = options
  return {
    GetLatest: door.unary((request, { identity }) => {
      const machines = decode(() => machineNames(request.machines))
      if (!machines.ok) return machines
      return ok({ telemetry: telemetry.latest(sightsOf(fleet, identity, machines.value)).map(encodeSamples) })
    }),
    QueryRange: door.unary((request, { identity }) => {
      const asked = decode(() => ({
        machine: resource('machine', 'machines', request.machine, parseMachineId),
        from: optionalInstant('start_time', request.start_time),
        to: optionalInstant('end_time', request.end_time),
        limit: count('sample_count_max', request.sample_count_max, 0, SAMPLES_MAX) || SAMPLES,
      }))
      if (!asked.ok) return asked
      const [sight] = sightsOf(fleet, identity, [asked.value.machine])
      return ok({ telemetry: sight === undefined ? [] : telemetry.range(sight, asked.value).map(encodeSamples) })
    }),
    Query: door.unary(async (request, { identity, signal }) => {
      const asked = decode(() => ({
        query: decodeQuery(request, clock.now()),
        machines: request.machines === '' ? null : decodeExpression('machines', request.machines).test,
      }))
      if (!asked.ok) return asked
      const { query, machines } = asked.value
      const answer = await queries.query(query, queried(fleet, identity, machines), signal)
      return answer.ok ? ok(encodeAnswer(query, answer.value)) : answer
    }),
    StreamTelemetry: door.stream(async function* (
      request,
      { identity, signal },
    ): AsyncGenerator<Result<StreamTelemetryResponse, BilletError>, void, undefined> {
      const machines = decode(() => machineNames(request.machines))
      if (!machines.ok) return yield machines
      for await (const item of telemetry.subscribe(sightsOf(fleet, identity, machines.value), signal)) {
        const machine = `machines/${item.machine}`
        if (item.kind === 'schema') yield ok({ machine, schema: encodeSchema(item.schema) })
        else yield ok({ machine, sample: encodeSample(item.sample), missed_count: item.missed })
      }
    }),
  }
}

function machineNames(names: readonly string[]): readonly MachineId[] {
  if (names.length === 0) invalid('machines', 'expected at least one machine')
  return list('machines', names, MACHINES_MAX).map((name, index) =>
    resource(`machines[${index}]`, 'machines', name, parseMachineId),
  )
}

function encodeSamples({ machine, schema, samples }: MachineSamples) {
  return { machine: `machines/${machine}`, schema: encodeSchema(schema), samples: samples.map(encodeSample) }
}

function encodeAnswer({ spans }: TelemetryQuery, { series, machines, machinesWithData }: QueryAnswer): QueryResponse {
  return {
    start_time: timestamp(spans.from),
    step: duration(spans.step),
    series: series.map(({ labels, values }) => ({ labels: { ...labels }, values: Array.from(values) })),
    machine_count: machines,
    machine_count_with_data: machinesWithData,
  }
}
