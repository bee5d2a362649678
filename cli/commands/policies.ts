import type { Command } from 'commander'
import { OnLost } from '../../shared/wire/gen/types/billet/v1/OnLost.ts'
import { RestartScope } from '../../shared/wire/gen/types/billet/v1/RestartScope.ts'
import { RestartWhen } from '../../shared/wire/gen/types/billet/v1/RestartWhen.ts'
import type { WorkloadSpec } from '../../shared/wire/gen/types/billet/v1/WorkloadSpec.ts'
import { usage } from '../errors.ts'
import { type Duration, numberOf, parseCount, parseDuration } from './shared.ts'

export type PolicyOptions = {
  readonly onLost?: OnLost
  readonly lease?: Duration
  readonly replaceMargin?: Duration
  readonly restart?: RestartWhen
  readonly restartAttempts?: number
  readonly restartWindow?: Duration
  readonly restartBackoff?: Duration
  readonly restartScope?: RestartScope
  readonly timeLimit?: Duration
  readonly warn?: { readonly signal: string; readonly before: Duration }
}

/** What becomes of a workload when things go wrong, or too long. */
export function withPolicies(command: Command): Command {
  return command
    .option(
      '--on-lost <what>',
      'when a machine is not heard of for its lease: wait, replace it elsewhere, or fail; wait without it',
      (text) => numberOf(OnLost, 'ON_LOST_', text, '--on-lost'),
    )
    .option(
      '--lease <duration>',
      'how long a machine may run it on unheard, unless it waits; 60s without it',
      parseDuration('--lease'),
    )
    .option(
      '--replace-margin <duration>',
      'time between when it must be over and its replacement; 15s without it',
      parseDuration('--replace-margin'),
    )
    .option('--restart <when>', 'run it again: never, on_failure, or always; never without it', (text) =>
      numberOf(RestartWhen, 'RESTART_WHEN_', text, '--restart'),
    )
    .option(
      '--restart-attempts <count>',
      'at most so many restarts within the window; 3 without it',
      parseCount('--restart-attempts', 1, 1000),
    )
    .option(
      '--restart-window <duration>',
      'within which restarts count, 0s for ever; 1h without it',
      parseDuration('--restart-window'),
    )
    .option(
      '--restart-backoff <duration>',
      'wait before the first restart, doubled with each up to 10m; 10s without it',
      parseDuration('--restart-backoff'),
    )
    .option(
      '--restart-scope <what>',
      'the whole gang begins anew, or the one rank that ended; gang without it',
      (text) => numberOf(RestartScope, 'RESTART_SCOPE_', text, '--restart-scope'),
    )
    .option('--time-limit <duration>', 'end it so long after its start', parseDuration('--time-limit'))
    .option('--warn <signal@duration>', 'send it this signal so long before its time limit: SIGUSR1@5m', parseWarning)
}

function parseWarning(text: string): { readonly signal: string; readonly before: Duration } {
  const [signal = '', before, ...rest] = text.split('@')
  if (before === undefined || rest.length > 0) {
    throw usage(`--warn: expected a signal and how long before, such as SIGUSR1@5m, got ${JSON.stringify(text)}.`)
  }
  return { signal, before: parseDuration('--warn')(before) }
}

export function policiesOf(options: PolicyOptions): Pick<WorkloadSpec, 'absence' | 'restart' | 'time_limit'> {
  const { lease, replaceMargin, restartWindow, restartBackoff, timeLimit, warn } = options
  if (warn !== undefined && timeLimit === undefined) throw usage('--warn: expected a --time-limit too.')
  return {
    absence: {
      on_lost: options.onLost ?? OnLost.ON_LOST_UNSPECIFIED,
      lease: lease ?? null,
      margin: replaceMargin ?? null,
    },
    restart: {
      when: options.restart ?? RestartWhen.RESTART_WHEN_UNSPECIFIED,
      attempts: options.restartAttempts ?? 0,
      window: restartWindow ?? null,
      backoff: restartBackoff ?? null,
      scope: options.restartScope ?? RestartScope.RESTART_SCOPE_UNSPECIFIED,
    },
    time_limit: timeLimit === undefined ? null : { limit: timeLimit, warning: warn ?? null },
  }
}
