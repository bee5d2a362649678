import { type Result, ok, refuse } from './result.ts'
import type { Milliseconds } from './time.ts'

/** A file that the tenant sends along; `path` is relative to the scratch directory. */
export type TaskFile = { readonly path: string; readonly content: Uint8Array; readonly mode: number }
/** Shown to the task as the file `$BILLET_SECRETS_DIR/<name>`, never in its environment. */
export type TaskSecret = { readonly name: string; readonly value: Uint8Array }

/** Each limit is for the whole task on one machine, save `openFiles`, which is per process. Null: no limit. */
export type TaskLimits = {
  readonly memoryBytes: number | null
  readonly cpuCores: number | null
  readonly processes: number | null
  readonly openFiles: number | null
}

export const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const
export type StopSignal = (typeof STOP_SIGNALS)[number]

/** What a tenant asks to be run on each machine of a workload. */
export type TaskSpec = {
  /** The program and its arguments; never read by a shell. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Absolute, or relative to the scratch directory; null: the scratch directory itself. */
  readonly cwd: string | null
  readonly files: readonly TaskFile[]
  readonly secrets: readonly TaskSecret[]
  readonly limits: TaskLimits
  readonly stopSignal: StopSignal
  /** Sent to those of its processes that catch it when its peers file was written anew; absent: none is. */
  readonly resizeSignal?: StopSignal
  /** How long the task may take to end after the stop signal, before it is killed. */
  readonly grace: Milliseconds
  /** `root` is obeyed only by a machine that wipes its disks and starts from a fresh image after each tenant. */
  readonly user: 'tenant' | 'root'
}

export const NO_LIMITS: TaskLimits = { memoryBytes: null, cpuCores: null, processes: null, openFiles: null }

/** The kernel takes at most 128 KiB per string; the rest bounds what one order may carry. */
export const TASK_BOUNDS = {
  argumentBytes: 120_000,
  totalBytes: 512 * 1024,
  files: 256,
  secrets: 64,
  pathCharacters: 1024,
} as const

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/
const SECRET_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/
const quote = (text: string): string => JSON.stringify(text.slice(0, 80))
const hasNul = (text: string): boolean => text.includes('\0')

function checkArguments(task: TaskSpec): string | null {
  const [program] = task.argv
  if (program === undefined || program === '') return 'argv: expected a program and its arguments, got none'
  for (const [index, argument] of task.argv.entries()) {
    if (hasNul(argument)) return `argv[${index}]: must not hold a NUL character`
    if (argument.length > TASK_BOUNDS.argumentBytes) return `argv[${index}]: longer than ${TASK_BOUNDS.argumentBytes}`
  }
  return null
}

function checkEnvironment(task: TaskSpec): string | null {
  for (const [name, value] of Object.entries(task.env)) {
    if (!VARIABLE.test(name)) return `env: ${quote(name)} is no name of a variable (letters, digits, underscores)`
    if (hasNul(value)) return `env.${name}: must not hold a NUL character`
    if (value.length > TASK_BOUNDS.argumentBytes) return `env.${name}: longer than ${TASK_BOUNDS.argumentBytes}`
  }
  return null
}

/** Says what is wrong with a path that must stay below the directory it is relative to, or null. */
function checkRelativePath(path: string): string | null {
  if (path === '' || path.length > TASK_BOUNDS.pathCharacters) return `${quote(path)}: expected 1 to 1024 characters`
  if (hasNul(path)) return `${quote(path)}: must not hold a NUL character`
  if (path.startsWith('/')) return `${quote(path)}: expected a path relative to the scratch directory`
  for (const part of path.split('/')) {
    if (part === '' || part === '.' || part === '..') return `${quote(path)}: must not hold "", "." or ".." as a part`
  }
  return null
}

function checkFiles(task: TaskSpec): string | null {
  if (task.files.length > TASK_BOUNDS.files) return `files: at most ${TASK_BOUNDS.files}, got ${task.files.length}`
  const seen = new Set<string>()
  for (const [index, file] of task.files.entries()) {
    const wrong = checkRelativePath(file.path)
    if (wrong !== null) return `files[${index}].path: ${wrong}`
    if (seen.has(file.path)) return `files[${index}].path: ${quote(file.path)} is there twice`
    seen.add(file.path)
    if (!Number.isInteger(file.mode) || file.mode < 0 || file.mode > 0o777) {
      return `files[${index}].mode: expected 0 to 0777, got ${file.mode.toString(8)}`
    }
  }
  return null
}

function checkSecrets(task: TaskSpec): string | null {
  if (task.secrets.length > TASK_BOUNDS.secrets) return `secrets: at most ${TASK_BOUNDS.secrets}`
  const seen = new Set<string>()
  for (const [index, secret] of task.secrets.entries()) {
    if (!SECRET_NAME.test(secret.name)) return `secrets[${index}].name: expected letters, digits, "_", "-" and "."`
    if (seen.has(secret.name)) return `secrets[${index}].name: ${quote(secret.name)} is there twice`
    seen.add(secret.name)
  }
  return null
}

function checkLimits(limits: TaskLimits): string | null {
  const whole: readonly (readonly [string, number | null, number])[] = [
    ['memoryBytes', limits.memoryBytes, 1024 * 1024],
    ['processes', limits.processes, 1],
    ['openFiles', limits.openFiles, 16],
  ]
  for (const [name, value, least] of whole) {
    if (value !== null && (!Number.isSafeInteger(value) || value < least)) {
      return `limits.${name}: expected a whole number of at least ${least}, got ${value}`
    }
  }
  const { cpuCores } = limits
  if (cpuCores !== null && !(Number.isFinite(cpuCores) && cpuCores >= 0.01)) {
    return `limits.cpuCores: expected at least 0.01, got ${cpuCores}`
  }
  return null
}

function totalBytes(task: TaskSpec): number {
  let total = 0
  for (const argument of task.argv) total += argument.length
  for (const [name, value] of Object.entries(task.env)) total += name.length + value.length
  for (const file of task.files) total += file.path.length + file.content.length
  for (const secret of task.secrets) total += secret.name.length + secret.value.length
  return total
}

/** Checks all that can be known without the machine; the error names the field and what was expected. */
export function checkTask(task: TaskSpec): Result<TaskSpec, string> {
  const wrong =
    checkArguments(task) ?? checkEnvironment(task) ?? checkFiles(task) ?? checkSecrets(task) ?? checkLimits(task.limits)
  if (wrong !== null) return refuse(wrong)
  if (task.cwd !== null && (task.cwd === '' || hasNul(task.cwd))) return refuse('cwd: expected a path')
  const total = totalBytes(task)
  if (total > TASK_BOUNDS.totalBytes) return refuse(`task: ${total} bytes in all, at most ${TASK_BOUNDS.totalBytes}`)
  return ok(task)
}
