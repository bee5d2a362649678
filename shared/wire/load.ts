import { loadContract, servicesOf } from './contract.ts'
import { contract } from './gen/contract.ts'
import type { AgentServiceDefinition } from './gen/types/billet/v1/AgentService.ts'
import type { CommandServiceDefinition } from './gen/types/billet/v1/CommandService.ts'
import type { EnrolmentServiceDefinition } from './gen/types/billet/v1/EnrolmentService.ts'
import type { EventServiceDefinition } from './gen/types/billet/v1/EventService.ts'
import type { FleetServiceDefinition } from './gen/types/billet/v1/FleetService.ts'
import type { MachineServiceDefinition } from './gen/types/billet/v1/MachineService.ts'
import type { PlacementServiceDefinition } from './gen/types/billet/v1/PlacementService.ts'
import type { PowerServiceDefinition } from './gen/types/billet/v1/PowerService.ts'
import type { RegistrationServiceDefinition } from './gen/types/billet/v1/RegistrationService.ts'
import type { ReservationServiceDefinition } from './gen/types/billet/v1/ReservationService.ts'
import type { RolloutServiceDefinition } from './gen/types/billet/v1/RolloutService.ts'
import type { UsageServiceDefinition } from './gen/types/billet/v1/UsageService.ts'
import type { TelemetryServiceDefinition } from './gen/types/billet/v1/TelemetryService.ts'
import type { TenantServiceDefinition } from './gen/types/billet/v1/TenantService.ts'
import type { TokenServiceDefinition } from './gen/types/billet/v1/TokenService.ts'
import type { WorkloadServiceDefinition } from './gen/types/billet/v1/WorkloadService.ts'
import type { HealthDefinition } from './gen/types/grpc/health/v1/Health.ts'
import type { ServerReflectionDefinition } from './gen/types/grpc/reflection/v1/ServerReflection.ts'

/** Every service that Billet serves or calls. */
export type Services = {
  readonly AgentService: AgentServiceDefinition
  readonly CommandService: CommandServiceDefinition
  readonly EnrolmentService: EnrolmentServiceDefinition
  readonly EventService: EventServiceDefinition
  readonly FleetService: FleetServiceDefinition
  readonly MachineService: MachineServiceDefinition
  readonly PlacementService: PlacementServiceDefinition
  readonly PowerService: PowerServiceDefinition
  readonly RegistrationService: RegistrationServiceDefinition
  readonly ReservationService: ReservationServiceDefinition
  readonly RolloutService: RolloutServiceDefinition
  readonly UsageService: UsageServiceDefinition
  readonly TelemetryService: TelemetryServiceDefinition
  readonly TenantService: TenantServiceDefinition
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
  FleetService: 'billet.v1.FleetService',
  MachineService: 'billet.v1.MachineService',
  PlacementService: 'billet.v1.PlacementService',
  PowerService: 'billet.v1.PowerService',
  RegistrationService: 'billet.v1.RegistrationService',
  ReservationService: 'billet.v1.ReservationService',
  RolloutService: 'billet.v1.RolloutService',
  UsageService: 'billet.v1.UsageService',
  TelemetryService: 'billet.v1.TelemetryService',
  TenantService: 'billet.v1.TenantService',
  TokenService: 'billet.v1.TokenService',
  WorkloadService: 'billet.v1.WorkloadService',
  Health: 'grpc.health.v1.Health',
  ServerReflection: 'grpc.reflection.v1.ServerReflection',
} as const satisfies Readonly<Record<keyof Services, string>>

export const services = servicesOf<Services>(loadContract(contract), FULL_NAMES)
