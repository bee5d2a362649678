import { NO_LIMITS, STOP_SIGNALS, type StopSignal, type TaskSpec, checkTask } from '../model/task.ts'
import { hours, seconds } from '../model/time.ts'
import { bytes, count, duration, durationOf, invalid, list, map, text } from './check.ts'
import type { Task as WireTask, Task__Output } from './gen/types/billet/v1/Task.ts'

const FILES_BYTES_MAX = 64 * 1024
const SECRETS_BYTES_MAX = 32 * 1024
const DEFAULT_GRACE = seconds(30)
const DEFAULT_MODE = 0o644

export function decodeTask(field: string, wire: Task__Output): TaskSpec {
  const limits = wire.limits ?? { memory_bytes: 0, cpu_cores: 0, pids: 0, open_files: 0 }
  const optional = (name: string, value: number): number | null =>
    value === 0 ? null : count(`${field}.limits.${name}`, value, 1)
  const task: TaskSpec = {
    argv: list(`${field}.argv`, wire.argv, 4096),
    env: map(`${field}.env`, wire.env, { entries: 1024, key: 128, value: 32 * 1024 }),
    cwd: wire.cwd === '' ? null : text(`${field}.cwd`, wire.cwd, 4096),
    files: list(`${field}.files`, wire.files, 256).map((file, index) => ({
      path: file.path,
      content: bytes(`${field}.files[${index}].content`, file.content, FILES_BYTES_MAX),
      mode: file.mode === 0 ? DEFAULT_MODE : file.mode,
    })),
    secrets: list(`${field}.secrets`, wire.secrets, 64).map((secret, index) => ({
      name: secret.name,
      value: bytes(`${field}.secrets[${index}].content`, secret.content, SECRETS_BYTES_MAX),
    })),
    limits: {
      ...NO_LIMITS,
      memoryBytes: optional('memory_bytes', limits.memory_bytes),
      cpuCores: limits.cpu_cores === 0 ? null : limits.cpu_cores,
      processes: optional('pids', limits.pids),
      openFiles: optional('open_files', limits.open_files),
    },
    stopSignal: stopSignal(`${field}.stop_signal`, wire.stop_signal, 'SIGTERM'),
    ...resizeSignal(`${field}.resize_signal`, wire.resize_signal),
    grace: durationOf(`${field}.stop_grace`, wire.stop_grace, DEFAULT_GRACE, hours(24)),
    user: userOf(`${field}.run_as`, wire.run_as),
  }
  const reserved = Object.keys(task.env).find((name) => name.startsWith('BILLET_'))
  if (reserved !== undefined) invalid(`${field}.env`, `expected no name that begins with BILLET_, got ${reserved}`)
  const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0)
  if (total(task.files.map((file) => file.content.length)) > FILES_BYTES_MAX) {
    invalid(`${field}.files`, 'expected at most 64 KiB in all')
  }
  if (total(task.secrets.map((secret) => secret.value.length)) > SECRETS_BYTES_MAX) {
    invalid(`${field}.secrets`, 'expected at most 32 KiB in all')
  }
  const checked = checkTask(task)
  return checked.ok ? checked.value : invalidTask(field, checked.error)
}

function userOf(field: string, name: string): TaskSpec['user'] {
  if (name === '' || name === 'tenant') return 'tenant'
  if (name === 'root') return 'root'
  return invalid(field, `expected tenant or root, got ${JSON.stringify(name.slice(0, 32))}`)
}

const LIMIT_FIELDS: Readonly<Record<string, string>> = {
  memoryBytes: 'memory_bytes',
  cpuCores: 'cpu_cores',
  processes: 'pids',
  openFiles: 'open_files',
}

/** The model says where it is in its own names. */
function invalidTask(field: string, fault: string): never {
  const [, path = '', expected = fault] = /^([^:]+): (.*)$/s.exec(fault) ?? []
  if (path === 'task') return invalid(field, expected)
  const wirePath = path
    .replace(/^limits\.(.+)$/, (_, name: string) => `limits.${LIMIT_FIELDS[name] ?? name}`)
    .replace(/^env\.(.+)$/, (_, name: string) => `env[${JSON.stringify(name)}]`)
  return invalid(`${field}.${wirePath}`, expected)
}

const resizeSignal = (field: string, name: string): Pick<TaskSpec, 'resizeSignal'> =>
  name === '' ? {} : { resizeSignal: stopSignal(field, name, 'SIGUSR1') }

export function stopSignal(field: string, name: string, otherwise: StopSignal): StopSignal {
  if (name === '') return otherwise
  const signal = STOP_SIGNALS.find((known) => known === name)
  return (
    signal ?? invalid(field, `expected one of ${STOP_SIGNALS.join(', ')}, got ${JSON.stringify(name.slice(0, 32))}`)
  )
}

/** With its secrets: only the agent that runs it is sent this. */
export function encodeTask(task: TaskSpec): WireTask {
  const { limits } = task
  return {
    argv: [...task.argv],
    env: { ...task.env },
    cwd: task.cwd ?? '',
    files: task.files.map(({ path, content, mode }) => ({ path, content, mode })),
    secrets: task.secrets.map(({ name, value }) => ({ name, content: value })),
    limits: {
      memory_bytes: limits.memoryBytes ?? 0,
      cpu_cores: limits.cpuCores ?? 0,
      pids: limits.processes ?? 0,
      open_files: limits.openFiles ?? 0,
    },
    stop_signal: task.stopSignal,
    resize_signal: task.resizeSignal ?? '',
    stop_grace: duration(task.grace),
    run_as: task.user,
  }
}
