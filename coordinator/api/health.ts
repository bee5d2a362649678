import { billetError } from '../../shared/model/errors.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import * as check from '../../shared/wire/gen/types/grpc/health/v1/HealthCheckResponse.ts'
import type { HealthHandlers } from '../../shared/wire/gen/types/grpc/health/v1/Health.ts'
import { services } from '../../shared/wire/load.ts'
import type { Door } from './door.ts'

const Serving = check._grpc_health_v1_HealthCheckResponse_ServingStatus

const SERVED: ReadonlySet<string> = new Set([
  '',
  ...Object.values(services).flatMap((service) => Object.values(service).map(({ path }) => path.split('/')[1] ?? '')),
])

/** grpc.health.v1: a coordinator that answers serves every one of its services. */
export function healthService(door: Door): HealthHandlers {
  const unknown = (service: string) =>
    refuse(billetError('invalid_argument', `There is no service ${service} here.`, { service }))
  return {
    Check: door.unary(({ service }) => (SERVED.has(service) ? ok({ status: Serving.SERVING }) : unknown(service))),
    List: door.unary(() =>
      ok({ statuses: Object.fromEntries([...SERVED].map((service) => [service, { status: Serving.SERVING }])) }),
    ),
    Watch: door.stream(async function* ({ service }, { signal }) {
      yield ok({ status: SERVED.has(service) ? Serving.SERVING : Serving.SERVICE_UNKNOWN })
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    }),
  }
}
