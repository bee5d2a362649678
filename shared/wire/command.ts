import type { CommandProgress, CommandSpec } from '../model/command.ts'
import { hours, minutes } from '../model/time.ts'
import {
  bytes,
  count,
  duration,
  durationOf,
  enumWord,
  invalid,
  list,
  map,
  optionalInstant,
  optionalTimestamp,
  present,
  text,
} from './check.ts'
import { commandStates } from './enums.ts'
import type { CommandRun as WireRun, CommandRun__Output } from './gen/types/billet/v1/CommandRun.ts'
import type { CommandSpec as WireSpec, CommandSpec__Output } from './gen/types/billet/v1/CommandSpec.ts'

const OUTPUT_BYTES = 64 * 1024
const OUTPUT_BYTES_MAX = 1024 * 1024
const STDIN_BYTES_MAX = 64 * 1024

export function decodeCommandSpec(field: string, wire: CommandSpec__Output | null): CommandSpec {
  const spec = present(field, wire)
  const argv = list(`${field}.argv`, spec.argv, 4096)
  if (argv[0] === undefined || argv[0] === '')
    invalid(`${field}.argv`, 'expected a program and its arguments, got none')
  if (argv.some((argument) => argument.includes('\0'))) invalid(`${field}.argv`, 'expected no NUL character')
  if (spec.shell && argv.length !== 1) invalid(`${field}.argv`, 'expected one line for the shell')
  return {
    argv,
    shell: spec.shell,
    runAs: spec.run_as === '' ? null : text(`${field}.run_as`, spec.run_as, 64),
    cwd: spec.cwd === '' ? '/' : text(`${field}.cwd`, spec.cwd, 4096),
    env: map(`${field}.env`, spec.env, { entries: 256, key: 128, value: 32 * 1024 }),
    stdin: bytes(`${field}.stdin`, spec.stdin, STDIN_BYTES_MAX),
    timeout: durationOf(`${field}.timeout`, spec.timeout, minutes(1), hours(24)),
    outputBytesMax:
      spec.output_bytes_max === 0
        ? OUTPUT_BYTES
        : count(`${field}.output_bytes_max`, spec.output_bytes_max, 1, OUTPUT_BYTES_MAX),
  }
}

export function encodeCommandSpec(spec: CommandSpec): WireSpec {
  return {
    argv: [...spec.argv],
    shell: spec.shell,
    run_as: spec.runAs ?? '',
    cwd: spec.cwd,
    env: { ...spec.env },
    stdin: spec.stdin,
    timeout: duration(spec.timeout),
    output_bytes_max: spec.outputBytesMax,
  }
}

export function encodeProgress(progress: CommandProgress): WireRun {
  return {
    state: commandStates[progress.state],
    reason: progress.reason,
    exit_code: progress.exitCode ?? -1,
    stdout_dropped_bytes: progress.stdoutDroppedBytes,
    stderr_dropped_bytes: progress.stderrDroppedBytes,
    start_time: optionalTimestamp(progress.startedAt),
    end_time: optionalTimestamp(progress.endedAt),
  }
}

export function decodeProgress(field: string, wire: CommandRun__Output | null): CommandProgress {
  const run = present(field, wire)
  return {
    state: enumWord(`${field}.state`, commandStates, run.state),
    reason: text(`${field}.reason`, run.reason, 2000),
    exitCode: run.exit_code === -1 ? null : count(`${field}.exit_code`, run.exit_code, 0, 255),
    stdoutDroppedBytes: count(`${field}.stdout_dropped_bytes`, run.stdout_dropped_bytes),
    stderrDroppedBytes: count(`${field}.stderr_dropped_bytes`, run.stderr_dropped_bytes),
    startedAt: optionalInstant(`${field}.start_time`, run.start_time),
    endedAt: optionalInstant(`${field}.end_time`, run.end_time),
  }
}
