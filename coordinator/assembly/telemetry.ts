import type { Clock } from '../../shared/model/time.ts'
import { holderOf } from '../api/sights.ts'
import type { Loop } from '../loop.ts'
import type { CoordinatorOptions } from '../options.ts'
import type { SessionHub } from '../sessions/hub.ts'
import { EnergyMeter } from '../telemetry/energy.ts'
import { KernelLogs } from '../telemetry/kernel_logs.ts'
import { QueryRunner } from '../telemetry/query/runner.ts'
import { TelemetryRings } from '../telemetry/rings.ts'

type Telemetry = {
  readonly rings: TelemetryRings
  readonly queries: QueryRunner
  readonly kernelLogs: KernelLogs
  readonly meter: EnergyMeter
}

/** The rings, what is asked of them, and what is made of their samples; all follow who holds which machine. */
export function telemetryOf(loop: Loop, hub: SessionHub, options: CoordinatorOptions, clock: Clock): Telemetry {
  const meter = new EnergyMeter()
  const kernelLogs = new KernelLogs()
  const rings = new TelemetryRings({
    samplesPerMachine: options.samplesKept,
    bytesMax: options.samplesMemory,
    onDemand: (machine, watched) => hub.demand(machine, watched),
    onSample: (...sample) => meter.take(...sample),
    holderOf: (id) => loop.read((view) => holderOf(view.find('machines', id))),
  })
  loop.onEffects((effects) => {
    for (const effect of effects) {
      // What was measured of a machine that left, or came back as another installation, is nobody's.
      if (effect.kind === 'end_session') for (const kept of [rings, kernelLogs, meter]) kept.forget(effect.machine)
      if (effect.kind === 'desired_changed') rings.holderChanged(effect.machine)
    }
  })
  return { rings, queries: new QueryRunner(rings, clock), kernelLogs, meter }
}
