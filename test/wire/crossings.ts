import type * as fc from 'fast-check'
import type { BilletError } from '../../shared/model/errors.ts'
import type { Result } from '../../shared/model/result.ts'
import { decode } from '../../shared/wire/check.ts'
import { decodeCommandSpec, decodeProgress, encodeCommandSpec, encodeProgress } from '../../shared/wire/command.ts'
import { type MessageCodec, loadContract, messageOf } from '../../shared/wire/contract.ts'
import { decodeDesired, encodeDesired } from '../../shared/wire/desired.ts'
import { contract } from '../../shared/wire/gen/contract.ts'
import type { CommandRun, CommandRun__Output } from '../../shared/wire/gen/types/billet/v1/CommandRun.ts'
import type { CommandSpec, CommandSpec__Output } from '../../shared/wire/gen/types/billet/v1/CommandSpec.ts'
import type { DesiredState, DesiredState__Output } from '../../shared/wire/gen/types/billet/v1/DesiredState.ts'
import type { Inventory, Inventory__Output } from '../../shared/wire/gen/types/billet/v1/Inventory.ts'
import type { MachineReport, MachineReport__Output } from '../../shared/wire/gen/types/billet/v1/MachineReport.ts'
import type { MaxPriority, MaxPriority__Output } from '../../shared/wire/gen/types/billet/v1/MaxPriority.ts'
import type { QuotaList, QuotaList__Output } from '../../shared/wire/gen/types/billet/v1/QuotaList.ts'
import type { Sample, Sample__Output } from '../../shared/wire/gen/types/billet/v1/Sample.ts'
import type { SampleSchema, SampleSchema__Output } from '../../shared/wire/gen/types/billet/v1/SampleSchema.ts'
import type { Task, Task__Output } from '../../shared/wire/gen/types/billet/v1/Task.ts'
import type { WorkloadSpec, WorkloadSpec__Output } from '../../shared/wire/gen/types/billet/v1/WorkloadSpec.ts'
import { decodeInventory, encodeInventory } from '../../shared/wire/inventory.ts'
import { decodeReport, encodeReport } from '../../shared/wire/report.ts'
import { decodeSample, decodeSchema, encodeSample, encodeSchema } from '../../shared/wire/telemetry.ts'
import { decodeMaxPriority, decodeQuotas, encodeMaxPriority, encodeQuotas } from '../../shared/wire/tenant.ts'
import { decodeTask, encodeTask } from '../../shared/wire/task.ts'
import { decodeWorkloadSpec, encodeWorkloadSpec } from '../../shared/wire/workload.ts'
import * as models from './models.ts'

/** What came of some bytes: a message as it was read, and what the decoder made of it. */
export type Taken = { readonly wire: unknown; readonly result: Result<unknown, BilletError> }

/** One kind of value that crosses the wire, from the model to bytes and back. */
export type Crossing = {
  /** Also the field that the message is in. */
  readonly name: string
  readonly sent: fc.Arbitrary<{ readonly model: unknown; readonly bytes: Buffer }>
  /** Undefined where the bytes are no message at all; gRPC itself refuses those. */
  readonly take: (bytes: Buffer) => Taken | undefined
}

const definition = loadContract(contract)

function crossing<Model, Wire, Output>(
  name: string,
  { serialize, deserialize }: MessageCodec<Wire, Output>,
  arbitrary: fc.Arbitrary<Model>,
  encode: (model: Model) => Wire,
  read: (field: string, wire: Output) => Model,
): Crossing {
  const wireOf = (bytes: Buffer): { readonly wire: Output } | undefined => {
    try {
      return { wire: deserialize(bytes) }
    } catch {
      return undefined
    }
  }
  return {
    name,
    sent: arbitrary.map((model) => ({ model, bytes: serialize(encode(model)) })),
    take: (bytes) => {
      const message = wireOf(bytes)
      return message === undefined ? undefined : { ...message, result: decode(() => read(name, message.wire)) }
    },
  }
}

const messages = {
  task: messageOf<Task, Task__Output>(definition, 'billet.v1.Task'),
  spec: messageOf<WorkloadSpec, WorkloadSpec__Output>(definition, 'billet.v1.WorkloadSpec'),
  desired: messageOf<DesiredState, DesiredState__Output>(definition, 'billet.v1.DesiredState'),
  report: messageOf<MachineReport, MachineReport__Output>(definition, 'billet.v1.MachineReport'),
  inventory: messageOf<Inventory, Inventory__Output>(definition, 'billet.v1.Inventory'),
  schema: messageOf<SampleSchema, SampleSchema__Output>(definition, 'billet.v1.SampleSchema'),
  sample: messageOf<Sample, Sample__Output>(definition, 'billet.v1.Sample'),
  command: messageOf<CommandSpec, CommandSpec__Output>(definition, 'billet.v1.CommandSpec'),
  quotas: messageOf<QuotaList, QuotaList__Output>(definition, 'billet.v1.QuotaList'),
  most: messageOf<MaxPriority, MaxPriority__Output>(definition, 'billet.v1.MaxPriority'),
  run: messageOf<CommandRun, CommandRun__Output>(definition, 'billet.v1.CommandRun'),
} as const

export const crossings: readonly Crossing[] = [
  crossing('task', messages.task, models.task, encodeTask, decodeTask),
  crossing('spec', messages.spec, models.workload, encodeWorkloadSpec, decodeWorkloadSpec),
  crossing('desired', messages.desired, models.desired, encodeDesired, decodeDesired),
  crossing('report', messages.report, models.report, encodeReport, decodeReport),
  crossing('inventory', messages.inventory, models.inventory, (made) => encodeInventory(made, ''), decodeInventory),
  crossing('schema', messages.schema, models.schema, encodeSchema, decodeSchema),
  crossing('sample', messages.sample, models.sample, encodeSample, decodeSample),
  crossing('command', messages.command, models.command, encodeCommandSpec, decodeCommandSpec),
  crossing(
    'quotas',
    messages.quotas,
    models.quotas,
    (made) => ({ quotas: encodeQuotas(made) }),
    (field, wire) => decodeQuotas(`${field}.quotas`, wire.quotas),
  ),
  crossing(
    'most',
    messages.most,
    models.maxPriority,
    (made) => (made === 'unlimited' ? { unlimited: true } : (encodeMaxPriority(made) ?? {})),
    decodeMaxPriority,
  ),
  crossing('run', messages.run, models.progress, encodeProgress, decodeProgress),
]
