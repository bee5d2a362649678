import {
  ABSENCE,
  type AbsencePolicy,
  POLICY_BOUNDS,
  RESTART,
  type RestartPolicy,
  type TimeLimit,
} from '../model/policies.ts'
import type { Milliseconds } from '../model/time.ts'
import { type EnumTable, type WireTimestamp, atLeast, count, duration, durationOf, enumWord, present } from './check.ts'
import { onLosts, restartScopes, restartWhens } from './enums.ts'
import type { AbsencePolicy as WireAbsence, AbsencePolicy__Output } from './gen/types/billet/v1/AbsencePolicy.ts'
import type { RestartPolicy as WireRestart, RestartPolicy__Output } from './gen/types/billet/v1/RestartPolicy.ts'
import type { TimeLimit as WireLimit, TimeLimit__Output } from './gen/types/billet/v1/TimeLimit.ts'
import { stopSignal } from './task.ts'

/** What is not said is the first word of the model's choice. */
function wordOr<Word extends string>(field: string, table: EnumTable<Word>, value: number, otherwise: Word): Word {
  return value === 0 ? otherwise : enumWord(field, table, value)
}

const bounded = (
  field: string,
  value: WireTimestamp | null,
  otherwise: Milliseconds,
  least: Milliseconds,
  most: Milliseconds,
) => atLeast(field, durationOf(field, value, otherwise, most), least)

const { leaseLeast, leaseMost, marginMost, attemptsMost, windowMost, backoffMost } = POLICY_BOUNDS

export function decodeAbsence(field: string, wire: AbsencePolicy__Output | null): AbsencePolicy {
  if (wire === null) return ABSENCE
  return {
    onLost: wordOr(`${field}.on_lost`, onLosts, wire.on_lost, ABSENCE.onLost),
    lease: bounded(`${field}.lease`, wire.lease, ABSENCE.lease, leaseLeast, leaseMost),
    margin: durationOf(`${field}.margin`, wire.margin, ABSENCE.margin, marginMost),
  }
}

export function encodeAbsence({ onLost, lease, margin }: AbsencePolicy): WireAbsence {
  return { on_lost: onLosts[onLost], lease: duration(lease), margin: duration(margin) }
}

export function decodeRestart(field: string, wire: RestartPolicy__Output | null): RestartPolicy {
  if (wire === null) return RESTART
  return {
    when: wordOr(`${field}.when`, restartWhens, wire.when, RESTART.when),
    attempts: wire.attempts === 0 ? RESTART.attempts : count(`${field}.attempts`, wire.attempts, 1, attemptsMost),
    window: durationOf(`${field}.window`, wire.window, RESTART.window, windowMost),
    backoff: durationOf(`${field}.backoff`, wire.backoff, RESTART.backoff, backoffMost),
    scope: wordOr(`${field}.scope`, restartScopes, wire.scope, RESTART.scope),
  }
}

export function encodeRestart({ when, attempts, window, backoff, scope }: RestartPolicy): WireRestart {
  return {
    when: restartWhens[when],
    attempts,
    window: duration(window),
    backoff: duration(backoff),
    scope: restartScopes[scope],
  }
}

export function decodeTimeLimit(field: string, wire: TimeLimit__Output | null): TimeLimit | null {
  if (wire === null) return null
  const { timeLimitLeast, timeLimitMost } = POLICY_BOUNDS
  present(`${field}.limit`, wire.limit)
  const limit = bounded(`${field}.limit`, wire.limit, timeLimitLeast, timeLimitLeast, timeLimitMost)
  const { warning } = wire
  if (warning === null) return { limit, warning: null }
  present(`${field}.warning.before`, warning.before)
  return {
    limit,
    warning: {
      signal: stopSignal(`${field}.warning.signal`, warning.signal, 'SIGUSR1'),
      before: durationOf(`${field}.warning.before`, warning.before, limit, limit),
    },
  }
}

export function encodeTimeLimit({ limit, warning }: TimeLimit): WireLimit {
  return {
    limit: duration(limit),
    warning: warning === null ? null : { signal: warning.signal, before: duration(warning.before) },
  }
}
