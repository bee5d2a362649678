import type { BilletError } from '../../shared/model/errors.ts'
import { type MachineId, parseMachineId } from '../../shared/model/ids.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import { count, decode, invalid, list, optionalInstant, resource } from '../../shared/wire/check.ts'
import type { StreamTelemetryResponse } from '../../shared/wire/gen/types/billet/v1/StreamTelemetryResponse.ts'
import type { TelemetryServiceHandlers } from '../../shared/wire/gen/types/billet/v1/TelemetryService.ts'
import { encodeSample, encodeSchema } from '../../shared/wire/telemetry.ts'
import type { Door } from './door.ts'
import type { MachineSamples, TelemetryView } from './ports.ts'

const MACHINES_MAX = 1000
const SAMPLES = 360
const SAMPLES_MAX = 1000

export function telemetryService(door: Door, telemetry: TelemetryView): TelemetryServiceHandlers {
  return {
    GetLatest: door.unary((request) => {
      const machines = decode(() => machineNames(request.machines))
      return machines.ok ? ok({ telemetry: telemetry.latest(machines.value).map(encodeSamples) }) : machines
    }),
    QueryRange: door.unary((request) => {
      const asked = decode(() => ({
        machine: resource('machine', 'machines', request.machine, parseMachineId),
        from: optionalInstant('start_time', request.start_time),
        to: optionalInstant('end_time', request.end_time),
        limit: count('sample_count_max', request.sample_count_max, 0, SAMPLES_MAX) || SAMPLES,
      }))
      if (!asked.ok) return asked
      return ok({ telemetry: telemetry.range(asked.value.machine, asked.value).map(encodeSamples) })
    }),
    StreamTelemetry: door.stream(async function* (
      request,
      { signal },
    ): AsyncGenerator<Result<StreamTelemetryResponse, BilletError>, void, undefined> {
      const machines = decode(() => machineNames(request.machines))
      if (!machines.ok) return yield machines
      for await (const item of telemetry.subscribe(machines.value, signal)) {
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
