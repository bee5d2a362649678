import type { HealthRule } from '../../shared/model/health.ts'
import type { PriorityClass } from '../../shared/model/priority.ts'
import { ok } from '../../shared/model/result.ts'
import type { Instant } from '../../shared/model/time.ts'
import { optionalTimestamp, timestamp } from '../../shared/wire/check.ts'
import { encodeCheck } from '../../shared/wire/checks.ts'
import type { Fleet as WireFleet } from '../../shared/wire/gen/types/billet/v1/Fleet.ts'
import type { FleetServiceHandlers } from '../../shared/wire/gen/types/billet/v1/FleetService.ts'
import { encodeHealthRule } from '../../shared/wire/health.ts'
import type { FleetView } from '../core/state.ts'
import type { Finding } from '../core/watchdog.ts'
import type { Fleet } from '../ports.ts'
import { callerOf } from './caller.ts'
import type { Door } from './door.ts'
import type { BootSource } from './ports.ts'

export function fleetService(
  door: Door,
  fleet: Fleet,
  rules: readonly HealthRule[],
  boot: BootSource,
): FleetServiceHandlers {
  const whole = (): WireFleet => {
    const found = fleet.findings()
    return fleet.read((view) => fleetResource(view, found))
  }
  return {
    ListHealthRules: door.unary(() => ok({ rules: rules.map(encodeHealthRule) })),
    ListChecks: door.unary(() => ok({ checks: fleet.read((view) => view.cluster().checks.plan.map(encodeCheck)) })),
    ListPriorityClasses: door.unary(() =>
      ok({ classes: fleet.read((view) => view.cluster().priorityClasses.map(told)) }),
    ),
    GetBoot: door.unary(async () => {
      const described = await boot()
      if (!described.ok) return described
      const { url, fingerprint, agent, files } = described.value
      return ok({ url, ca_fingerprint: fingerprint, agent_version: agent, files: [...files] })
    }),
    GetFleet: door.unary(() => ok({ fleet: whole() })),
    ResumeAutomation: door.unary(async (request, call) => {
      const caller = callerOf(call, request.request_id)
      if (!caller.ok) return caller
      const answer = await fleet.submit({ kind: 'resume_automation', caller: caller.value })
      return answer.ok ? ok({ fleet: whole() }) : answer
    }),
  }
}

const told = ({ isDefault, ...one }: PriorityClass) => ({ ...one, default: isDefault })

function fleetResource(view: FleetView, found: readonly Finding[]): WireFleet {
  const { id, term, termAt, learningSince, halt } = view.cluster()
  const counts: Record<string, number> = {}
  let away = 0
  for (const { record } of view.table('machines').values()) {
    counts[record.state] = (counts[record.state] ?? 0) + 1
    if (record.state !== 'retired' && record.connection !== 'connected') away += 1
  }
  return {
    cluster: id,
    term,
    term_time: timestamp(termAt),
    learning_time: optionalTimestamp(learningSince),
    halt: halt === null ? null : { begin_time: timestamp(halt.since), reason: halt.reason },
    machine_counts: counts,
    machines_away: away,
    findings: found.map(findingResource),
    revision: view.revision,
  }
}

function findingResource({ reason, machine, workload, since, evidence, command }: Finding) {
  const subject = machine === null ? (workload === null ? '' : `workloads/${workload}`) : `machines/${machine}`
  return { reason, subject, evidence, command, begin_time: timestamp(since satisfies Instant) }
}
