import type { ServiceDefinition } from '@grpc/grpc-js'
import { services } from '../../shared/wire/load.ts'

/**
 * Who may call a method: users of the fleet, machines of the fleet, users and tenants (who are answered with what is
 * their own alone), or anyone of these.
 */
export type Audience = 'user' | 'machine' | 'user_or_tenant' | 'anyone'

/** Every service but enrolment, whose port asks for no certificate, with its audience; one table for all methods. */
const AUDIENCES: readonly (readonly [ServiceDefinition, Audience])[] = [
  [services.MachineService, 'user'],
  [services.WorkloadService, 'user'],
  [services.PlacementService, 'user'],
  [services.PowerService, 'user'],
  [services.CommandService, 'user'],
  [services.TelemetryService, 'user_or_tenant'],
  [services.UsageService, 'user_or_tenant'],
  [services.TokenService, 'user'],
  [services.RegistrationService, 'user'],
  [services.TenantService, 'user'],
  [services.ReservationService, 'user'],
  [services.EventService, 'user'],
  [services.FleetService, 'user'],
  [services.RolloutService, 'user'],
  [services.AgentService, 'machine'],
  [services.Health, 'anyone'],
  [services.ServerReflection, 'anyone'],
]

const BY_PATH: ReadonlyMap<string, Audience> = new Map(
  AUDIENCES.flatMap(([service, audience]) => Object.values(service).map(({ path }) => [path, audience] as const)),
)

/** Undefined for a method without a row: nobody may call it. */
export function audienceOf(path: string): Audience | undefined {
  return BY_PATH.get(path)
}
