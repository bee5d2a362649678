import { type Result, ok, refuse } from '../../shared/model/result.ts'

/**
 * The task's parent: a few kilobytes of POSIX shell that outlive the agent and write down how the task ended. It runs
 * as root and is a constant; a tenant's text reaches it neither as source, nor as a parameter, nor as environment.
 *
 * Parameters: the placement's record directory, its cgroup ('' for none), four limits ('' for none: open files,
 * processes, data bytes, locked memory), then the argv that gives up root and runs the placement's task file.
 *
 * - `shim` is created exclusively: it is both the record for adoption (pid, start time, boot id) and the fence
 *   that lets a task be started once only.
 * - `exit` was written at full length before the task began, so recording the end needs no space on the disk.
 * - The shim runs the task in the foreground, since background jobs of a shell ignore SIGINT.
 */
const SHIM = `IFS=' '
umask 022
set -Cf
dir=$1 group=$2 files=$3 processes=$4 data=$5 locked=$6
shift 6
identity() {
  read -r line < /proc/self/stat || return 1
  pid=\${line%% *}
  set -- \${line##*) }
  start=\${20}
}
read -r boot < /proc/sys/kernel/random/boot_id
identity && echo "$pid $start $boot" > "$dir/shim" || {
  echo "setup_failed the record of the task could not be written" 1<> "$dir/exit"
  exit 0
}
fail() {
  echo "billet: $1" >&2
  echo "setup_failed $1" 1<> "$dir/exit"
  exit 125
}
# What the shell itself would say of a killed job is not the task's output.
exec 3>&2 2> /dev/null
(
  exec 2>&3 3>&-
  [ -w /proc/self/oom_score_adj ] && echo 0 >| /proc/self/oom_score_adj
  # What its processes are known by later: its cgroup, or else its pid on record.
  if [ -n "$group" ]; then echo 0 >| "$group/cgroup.procs" || fail "the task could not join its cgroup"
  else identity && echo "$pid $start $boot" > "$dir/task" || fail "the record of the task could not be written"; fi
  [ -z "$files" ] || ulimit -n "$files" || fail "the limit of open files could not be set"
  [ -z "$data" ] || ulimit -d "$data" || fail "the limit of memory could not be set"
  [ -z "$locked" ] || ulimit -l "$locked" 2> /dev/null
  [ -z "$processes" ] || ulimit -u "$processes" 2> /dev/null || ulimit -p "$processes" 2> /dev/null ||
    fail "the limit of processes could not be set"
  exec "$@"
)
code=$?
read -r state < "$dir/exit"
case $state in setup_failed*) ;; *) echo "exited $code" 1<> "$dir/exit" ;; esac
`

/** Runs each launch file that it is told of, one after the other, until its input ends. */
export const launcherScript = (watchdog: string): string => `shim() {
${SHIM}}
watchdog() {
${watchdog}}
while IFS= read -r file; do
  ( . "$file" )
done
`

export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** What the launcher reads, as root. All of it is the agent's own: paths, ids and limits. */
export function launchScript(shim: readonly string[], records: string): string {
  const outputs = ['stdout', 'stderr'].map((stream) => quoted(`${records}/${stream}.log`))
  return `shim ${shim.map(quoted).join(' ')} < /dev/null >> ${outputs[0]} 2>> ${outputs[1]}\n`
}

export type TaskFacts = {
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** Absolute. */
  readonly cwd: string
}

/**
 * The task file: run by a shell that is the tenant's already, so that a tenant's text, quoted as it is, is never near
 * one that is root's. The processes before it see nothing of a tenant's environment: no LD_PRELOAD, no PATH.
 */
export function taskScript({ argv, environment, cwd }: TaskFacts): string {
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${quoted(value)}\n`)
  return `cd -- ${quoted(cwd)} || { echo "billet: the working directory cannot be entered" >&2; exit 125; }
unset OLDPWD
${exports.join('')}exec ${argv.map(quoted).join(' ')}
`
}

/** Long enough for every line that the shim may write over it. */
export const EXIT_PENDING = `${'pending'.padEnd(126)}\n\n`

export type ExitRecord =
  | { readonly kind: 'pending' }
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'setup_failed'; readonly sentence: string }

export function parseExitRecord(text: string): ExitRecord {
  const end = text.indexOf('\n')
  const line = end < 0 ? '' : text.slice(0, end)
  const exited = /^exited (\d{1,3})$/.exec(line)
  if (exited?.[1] !== undefined) return { kind: 'exited', code: Number(exited[1]) }
  if (line.startsWith('setup_failed ')) return { kind: 'setup_failed', sentence: line.slice('setup_failed '.length) }
  return { kind: 'pending' }
}

/** A process beyond doubt: pids are used again, but not with the same start time in the same boot. */
export type ProcessRecord = { readonly pid: number; readonly startTicks: string; readonly bootId: string }

export function parseProcessRecord(text: string): Result<ProcessRecord, string> {
  const match = /^([1-9]\d{0,9}) (\d{1,20}) ([0-9a-f-]{36})\n$/.exec(text)
  const [, pid, startTicks, bootId] = match ?? []
  if (pid === undefined || startTicks === undefined || bootId === undefined) {
    return refuse('expected "<pid> <start time> <boot id>"')
  }
  return ok({ pid: Number(pid), startTicks, bootId })
}

/** Signals of Linux on x64 and arm64 by number. */
const SIGNALS: readonly string[] = [
  '',
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
]

/** The shell's convention: a task killed by signal n ends with 128 + n; a task may also say so itself. */
export function signalOfCode(code: number): string | null {
  const name = code > 128 ? SIGNALS[code - 128] : undefined
  return name === undefined || name === '' ? null : name
}
