import { type PackageDefinition, fromJSON } from '@grpc/proto-loader'
import { contract } from './gen/contract.ts'
import type { AgentServiceDefinition } from './gen/types/billet/v1/AgentService.ts'
import type { CommandServiceDefinition } from './gen/types/billet/v1/CommandService.ts'
import type { EnrolmentServiceDefinition } from './gen/types/billet/v1/EnrolmentService.ts'
import type { EventServiceDefinition } from './gen/types/billet/v1/EventService.ts'
import type { MachineServiceDefinition } from './gen/types/billet/v1/MachineService.ts'
import type { PlacementServiceDefinition } from './gen/types/billet/v1/PlacementService.ts'
import type { TelemetryServiceDefinition } from './gen/types/billet/v1/TelemetryService.ts'
import type { TokenServiceDefinition } from './gen/types/billet/v1/TokenService.ts'
import type { WorkloadServiceDefinition } from './gen/types/billet/v1/WorkloadService.ts'
import type { BadRequest, BadRequest__Output } from './gen/types/google/rpc/BadRequest.ts'
import type { ErrorInfo, ErrorInfo__Output } from './gen/types/google/rpc/ErrorInfo.ts'
import type { RetryInfo, RetryInfo__Output } from './gen/types/google/rpc/RetryInfo.ts'
import type { Status, Status__Output } from './gen/types/google/rpc/Status.ts'
import type { HealthDefinition } from './gen/types/grpc/health/v1/Health.ts'
import type { ServerReflectionDefinition } from './gen/types/grpc/reflection/v1/ServerReflection.ts'

/** Every service that Billet serves or calls. */
export type Services = {
  readonly AgentService: AgentServiceDefinition
  readonly CommandService: CommandServiceDefinition
  readonly EnrolmentService: EnrolmentServiceDefinition
  readonly EventService: EventServiceDefinition
  readonly MachineService: MachineServiceDefinition
  readonly PlacementService: PlacementServiceDefinition
  readonly TelemetryService: TelemetryServiceDefinition
  readonly TokenService: TokenServiceDefinition
  readonly WorkloadService: WorkloadServiceDefinition
  readonly Health: HealthDefinition
  readonly ServerReflection: ServerReflectionDefinition
}

const FULL_NAMES = {
  AgentService: 'billet.v1.AgentService',
  CommandService: 'billet.v1.CommandService',
  EnrolmentService: 'billet.v1.EnrolmentService',
  EventService: 'billet.v1.EventService',
  MachineService: 'billet.v1.MachineService',
  PlacementService: 'billet.v1.PlacementService',
  TelemetryService: 'billet.v1.TelemetryService',
  TokenService: 'billet.v1.TokenService',
  WorkloadService: 'billet.v1.WorkloadService',
  Health: 'grpc.health.v1.Health',
  ServerReflection: 'grpc.reflection.v1.ServerReflection',
} as const satisfies Readonly<Record<keyof Services, string>>

type Contract = Parameters<typeof fromJSON>[0]

function parseContract(text: string): Contract {
  const parsed: unknown = JSON.parse(text)
  if (!isContract(parsed)) throw new Error('the embedded contract is not one')
  return parsed
}

function isContract(value: unknown): value is Contract {
  return typeof value === 'object' && value !== null && 'nested' in value
}

const definition = fromJSON(parseContract(contract), { longs: Number, defaults: true, oneofs: true })

export const services: Services = servicesOf(definition)

function servicesOf(loaded: PackageDefinition): Services {
  const found = Object.fromEntries(Object.entries(FULL_NAMES).map(([name, full]) => [name, loaded[full]]))
  if (!isComplete(found)) throw new Error('the embedded contract lacks a service')
  return found
}

/** The types are generated from the very descriptors that were loaded, so that a service that is there is as typed. */
function isComplete(found: Readonly<Record<string, unknown>>): found is Services {
  return Object.keys(FULL_NAMES).every((name) => typeof found[name] === 'object')
}

/** Turns one kind of message into bytes and back. */
export type MessageCodec<Input, Output> = {
  readonly serialize: (value: Input) => Buffer
  readonly deserialize: (bytes: Buffer) => Output
}

/** The messages of google.rpc that errors carry. */
export const errorMessages = {
  status: message<Status, Status__Output>('google.rpc.Status'),
  errorInfo: message<ErrorInfo, ErrorInfo__Output>('google.rpc.ErrorInfo'),
  badRequest: message<BadRequest, BadRequest__Output>('google.rpc.BadRequest'),
  retryInfo: message<RetryInfo, RetryInfo__Output>('google.rpc.RetryInfo'),
} as const

function message<Input, Output>(name: string): MessageCodec<Input, Output> {
  const found = definition[name]
  if (!isMessage<Input, Output>(found)) throw new Error(`the embedded contract lacks ${name}`)
  return found
}

function isMessage<Input, Output>(found: unknown): found is MessageCodec<Input, Output> {
  return typeof found === 'object' && found !== null && 'serialize' in found && 'deserialize' in found
}
