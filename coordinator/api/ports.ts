import type { OutputStream } from '../../shared/model/command.ts'
import type { BilletError } from '../../shared/model/errors.ts'
import type { CommandId, MachineId, PlacementId } from '../../shared/model/ids.ts'
import type { KernelEvent } from '../../shared/model/kernel_event.ts'
import type { Result } from '../../shared/model/result.ts'
import type { Sample, SampleSchema } from '../../shared/model/telemetry.ts'
import type { QueriedMachine, QueryAnswer, TelemetryQuery } from '../../shared/model/telemetry_query.ts'
import type { Instant } from '../../shared/model/time.ts'

/**
 * What the API's handlers need of the agents' sessions: output and telemetry, which never pass through the
 * fleet's state. In every iterable here the subscription begins at the call, not at the first read, and ends
 * when the reader leaves (`return`) or the signal fires.
 */

/** Output of placements, read from the machines themselves. */
export interface LogSource {
  /**
   * Pieces of both streams, each stream in order. Ends where there is no more (`follow`: once the placement is
   * over and all was read). A refusal is the last item: `machine_unreachable` where the machine has no session,
   * or loses it meanwhile. A reader that does not read stops the sending at the machine; nothing piles up.
   */
  open(placement: PlacementId, options: LogOptions): AsyncIterable<Result<LogPiece, BilletError>>
}

export type LogOptions = {
  /** Go on until the placement is over, instead of stopping at what there is now. */
  readonly follow: boolean
  /** At most so many bytes from the end of each stream; 0 for all that is kept. */
  readonly tailBytes: number
  readonly signal: AbortSignal
}

export type LogPiece = {
  readonly stream: OutputStream
  readonly data: Uint8Array
  /** Position of `data` in the stream, in bytes. */
  readonly offset: number
  /** So many bytes before `data` are no longer kept. */
  readonly skippedBytes: number
}

/** Output of commands, as the agents send it. */
export interface CommandOutputs {
  /**
   * Output from the call on, of every machine of the command. Called in the same turn in which the command was
   * decided, it misses nothing. Once `finished` fires nothing more is taken in: what came before is still given,
   * and then it ends. What waits for the reader is bounded; beyond that the last item is the refusal
   * `slow_reader`.
   */
  follow(command: CommandId, finished: AbortSignal): AsyncIterable<Result<CommandPiece, BilletError>>
}

export type CommandPiece = {
  readonly machine: MachineId
  readonly stream: OutputStream
  readonly data: Uint8Array
}

/** What machines' kernels told, from memory. */
export interface KernelView {
  /** That which happened last at the end. */
  of(machine: MachineId): readonly KernelEvent[]
}

/** Recent samples, from memory. */
export interface TelemetryView {
  /** The newest sample of each machine that has one. */
  latest(sights: readonly Sight[]): readonly MachineSamples[]
  /** The newest `limit` samples of `from <= time < to`, oldest first, one entry per schema that was in use. */
  range(sight: Sight, span: TelemetrySpan): readonly MachineSamples[]
  /**
   * Samples as they come. While it lasts its machines sample every second. Nothing is queued: a slow reader
   * finds the newest sample of each machine, and how many it missed. A tenant's ends to say anything of a machine
   * that the tenant holds no more.
   */
  subscribe(sights: readonly Sight[], signal: AbortSignal): AsyncIterable<TelemetryItem>
}

/** A machine that is looked at: for the tenant of a placement, what came since that holds it; with null, everything. */
export type Sight = { readonly machine: MachineId; readonly holder: PlacementId | null }

/** One metric of many machines. Null among the machines is one that is not asked about. */
export interface TelemetryQueries {
  query(
    query: TelemetryQuery,
    machines: Iterable<QueriedMachine | null>,
    signal: AbortSignal,
  ): Promise<Result<QueryAnswer, BilletError>>
}

export type TelemetrySpan = {
  /** Null: the oldest that is kept. */
  readonly from: Instant | null
  /** Null: up to now. */
  readonly to: Instant | null
  readonly limit: number
}

/** Samples of one machine under one schema. */
export type MachineSamples = {
  readonly machine: MachineId
  readonly schema: SampleSchema
  readonly samples: readonly Sample[]
}

/** A schema comes before the first sample of a machine, and again after each change. */
export type TelemetryItem =
  | { readonly kind: 'schema'; readonly machine: MachineId; readonly schema: SampleSchema }
  | {
      readonly kind: 'sample'
      readonly machine: MachineId
      readonly sample: Sample
      /** So many samples of this machine were left out before this one. */
      readonly missed: number
    }

/** What servers fetch at their first boot: everything that is served, or why nothing can be installed. */
export type BootSource = () => Promise<Result<BootDescription, BilletError>>

export type BootDescription = {
  /** Without a path. */
  readonly url: string
  readonly fingerprint: string
  /** What the agents there call themselves. */
  readonly agent: string
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly bytes: number }[]
}
