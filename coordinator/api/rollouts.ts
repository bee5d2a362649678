import type { BilletError } from '../../shared/model/errors.ts'
import { parseMachineId, parseRolloutId } from '../../shared/model/ids.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import { readManifest } from '../../shared/upgrade_manifest.ts'
import { count, decode, invalid, list, resource, timestamp } from '../../shared/wire/check.ts'
import { decodeUpgrade } from '../../shared/wire/desired.ts'
import { rolloutStates } from '../../shared/wire/enums.ts'
import type { CreateRolloutRequest__Output } from '../../shared/wire/gen/types/billet/v1/CreateRolloutRequest.ts'
import type { Rollout } from '../../shared/wire/gen/types/billet/v1/Rollout.ts'
import type { RolloutServiceHandlers } from '../../shared/wire/gen/types/billet/v1/RolloutService.ts'
import type { RolloutRecord } from '../core/records.ts'
import type { FleetView } from '../core/state.ts'
import type { Fleet } from '../ports.ts'
import { callerOf, digestOf } from './caller.ts'
import type { Call, Door } from './door.ts'

export function rolloutService(door: Door, fleet: Fleet): RolloutServiceHandlers {
  const told = (record: RolloutRecord): Rollout => fleet.read((view) => rolloutResource(view, record))
  const verb = (kind: 'pause_rollout' | 'resume_rollout' | 'cancel_rollout') =>
    door.unary(async ({ name, request_id: request }: { name: string; request_id: string }, call: Call) => {
      const caller = callerOf(call, request)
      if (!caller.ok) return caller
      const rollout = decode(() => resource('name', 'rollouts', name, parseRolloutId))
      if (!rollout.ok) return rollout
      const answer = await fleet.submit({ kind, caller: caller.value, rollout: rollout.value })
      return answer.ok ? ok({ rollout: told(answer.value.record) }) : answer
    })
  return {
    CreateRollout: door.unary(async (request, call) => {
      const caller = callerOf(call, request.request_id)
      if (!caller.ok) return caller
      const asked = decodeCreate(request)
      if (!asked.ok) return asked
      const digest = digestOf(asked.value)
      const answer = await fleet.submit({ kind: 'create_rollout', caller: caller.value, digest, ...asked.value })
      return answer.ok ? ok({ rollout: told(answer.value.record) }) : answer
    }),
    ListRollouts: door.unary(() =>
      ok({
        rollouts: fleet.read((view) =>
          [...view.table('rollouts').values()].map(({ record }) => rolloutResource(view, record)).toReversed(),
        ),
      }),
    ),
    PauseRollout: verb('pause_rollout'),
    ResumeRollout: verb('resume_rollout'),
    CancelRollout: verb('cancel_rollout'),
  }
}

/** The signature is the machines' to check: they trust a key of their own, and not this coordinator. */
function decodeCreate(request: CreateRolloutRequest__Output): Result<Created, BilletError> {
  return decode(() => {
    const { manifest, signature, url } = request
    const order = decodeUpgrade('', { manifest, signature, url })
    const read = readManifest(manifest)
    if (!read.ok) return invalid('manifest', read.error)
    const machines = list('machines', request.machines, 100_000)
    return {
      ...order,
      agentVersion: read.value.agent,
      machines:
        machines.length === 0
          ? null
          : machines.map((name, index) => resource(`machines[${index}]`, 'machines', name, parseMachineId)),
      atOnce: request.at_once === 0 ? 1 : count('at_once', request.at_once, 1, 100_000),
      pauseAfter: request.pause_after === 0 ? 1 : count('pause_after', request.pause_after, 1, 100_000),
    }
  })
}

type Created = {
  readonly manifest: string
  readonly signature: string
  readonly url: string
  readonly agentVersion: string
  readonly machines: readonly ReturnType<typeof machineOf>[] | null
  readonly atOnce: number
  readonly pauseAfter: number
}

const machineOf = (name: string) => resource('machine', 'machines', name, parseMachineId)

function rolloutResource(view: FleetView, rollout: RolloutRecord): Rollout {
  const counts = { waiting: 0, ordered: 0, done: 0, failed: 0 }
  const failures: { machine: string; reason: string }[] = []
  for (const { record } of view.table('machines').values()) {
    if (record.rollout?.rollout !== rollout.id) continue
    counts[record.rollout.state] += 1
    if (record.rollout.state === 'failed' && failures.length < FAILURES_SHOWN) {
      failures.push({ machine: `machines/${record.id}`, reason: record.rollout.reason })
    }
  }
  return {
    name: `rollouts/${rollout.id}`,
    agent_version: rollout.agentVersion,
    url: rollout.url,
    at_once: rollout.atOnce,
    pause_after: rollout.pauseAfter,
    state: rolloutStates[rollout.state],
    state_reason: rollout.stateReason,
    waiting_count: counts.waiting,
    ordered_count: counts.ordered,
    done_count: counts.done,
    failures,
    user: rollout.user,
    create_time: timestamp(rollout.createdAt),
  }
}

const FAILURES_SHOWN = 100
