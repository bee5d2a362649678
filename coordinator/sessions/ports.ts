import type { MachineId } from '../../shared/model/ids.ts'
import type { KernelEvent } from '../../shared/model/kernel_event.ts'
import type { Sample, SampleSchema } from '../../shared/model/telemetry.ts'

/** Where samples go; they never pass through the fleet's state. */
export interface TelemetrySink {
  schema(machine: MachineId, schema: SampleSchema): void
  /** False where the sample was dropped, because it does not fit its schema. */
  sample(machine: MachineId, sample: Sample): boolean
}

/** Where goes what machines' kernels told. */
export interface KernelSink {
  kernelEvents(machine: MachineId, events: readonly KernelEvent[]): void
}
