import { closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { type Milliseconds, milliseconds } from '../../shared/model/time.ts'
import { RECORDS } from './plan.ts'
import { quoted } from './shim.ts'

/**
 * Ends a task at the end of its lease where the agent does not: because its event loop hangs, because it is stopped,
 * or dead. A few kilobytes of POSIX shell in a session of its own, one per task that has a lease; it runs as root and
 * is a constant. It looks every five seconds at most.
 *
 * Parameters: the placement's record directory, its cgroup ('' for none), the uid that is the task's alone ('' for
 * none), else the NAME=value that its processes carry, the signal that asks it to end, and its grace in seconds.
 *
 * - `lease` says twice when the lease ends, in seconds since the boot, so that a torn read shows.
 * - `lease_over` is made before anything is done: how the task ends then says nothing about the task.
 * - What the task left running when it ended is ended too: its rank may begin elsewhere after the lease.
 * - `forgotten` says that the machine was made clean since: a process of the uid is another placement's.
 * - The agent gets two seconds to do it by itself; where it has begun to (`stopping`), only the kill is left to do.
 */
export const WATCHDOG = `IFS=' 	
'
umask 077
set -f
dir=$1 group=$2 uid=$3 mark=$4 signal=$5 grace=$6
read -r boot < /proc/sys/kernel/random/boot_id
read -r line < /proc/self/stat
pid=\${line%% *}
set -- \${line##*) }
echo "$pid \${20} $boot" > "$dir/watchdog"
exec 2> /dev/null
over() {
  state=
  read -r state rest < "$dir/exit"
  [ "$state" != pending ]
}
now() {
  read -r up rest < /proc/uptime
  up=\${up%.*}
}
members() {
  found=
  if [ -n "$group" ]; then
    found=$(cat "$group/cgroup.procs")
    return
  fi
  set +f
  for process in /proc/[0-9]*; do
    state= ids=
    while read -r key one two three four rest; do
      case $key in
        State:) state=$one ;;
        Uid:) ids=" $one $two $three $four " && break ;;
      esac
    done < "$process/status"
    case $state in '' | Z | X) continue ;; esac
    if [ -n "$uid" ]; then case $ids in *" $uid "*) ;; *) continue ;; esac
    else grep -qzx -e "$mark" "$process/environ" || continue; fi
    found="$found \${process#/proc/}"
  done
  set -f
}
end=0
while :; do
  over && { members; [ -z "$found" ]; } && return
  [ -e "$dir/forgotten" ] && return
  first= second=
  read -r first second rest < "$dir/lease"
  [ -n "$first" ] && [ "$first" = "$second" ] && end=\${first#\${first%%[!0]*}}
  now
  left=$((\${end:-0} + 2 - up))
  [ "$left" -le 0 ] && break
  [ "$left" -gt 5 ] && left=5
  sleep "$left"
done
over || echo over > "$dir/lease_over"
members
[ -e "$dir/forgotten" ] && return
[ -e "$dir/stopping" ] || [ -z "$found" ] || kill -s "$signal" $found
now
kill_at=$((up + grace))
while now && [ "$up" -lt "$kill_at" ]; do
  members
  [ -n "$found" ] || return
  sleep 1
done
while members && [ -n "$found" ] && [ ! -e "$dir/forgotten" ]; do
  [ -n "$group" ] && echo 1 > "$group/cgroup.kill"
  kill -s KILL $found
  sleep 1
done
`

export type Watched = {
  readonly records: string
  readonly cgroup: string | null
  readonly exclusiveUid: number | null
  readonly mark: string
  readonly stopSignal: string
  readonly graceMs: number
}

/** What the launcher reads, as root. All of it is the agent's own: paths, ids and a signal's name. */
export function watchScript({ records, cgroup, exclusiveUid, mark, stopSignal, graceMs }: Watched): string {
  const uid = exclusiveUid === null ? '' : String(exclusiveUid)
  const signal = stopSignal.replace(/^SIG/, '')
  const parameters = [records, cgroup ?? '', uid, mark, signal, String(Math.ceil(graceMs / 1000))]
  return `watchdog ${parameters.map(quoted).join(' ')} < /dev/null\n`
}

const DIGITS = 12
const LINE = /^(\d{12}) (\d{12}) (\d{15}) ([0-9a-f-]{36})\n$/

/** Written over in place and always of one length, so that it needs no room on a full disk. */
export function writeLease(directory: string, until: Milliseconds, bootId: string): void {
  const whole = String(Math.floor(until / 1000)).padStart(DIGITS, '0')
  const line = `${whole} ${whole} ${String(Math.floor(until)).padStart(15, '0')} ${bootId}\n`
  const path = `${directory}/${RECORDS.lease}`
  if (!existsSync(path)) return writeFileSync(path, line, { mode: 0o600 })
  const file = openSync(path, 'r+')
  try {
    writeSync(file, line, 0)
  } finally {
    closeSync(file)
  }
}

/** When the lease ends, since the boot; null: none is on record for this boot. */
export function readLease(directory: string, bootId: string): Milliseconds | null {
  try {
    const [, first, second, until, boot] = LINE.exec(readFileSync(`${directory}/${RECORDS.lease}`, 'latin1')) ?? []
    return first === second && until !== undefined && boot === bootId ? milliseconds(Number(until)) : null
  } catch {
    return null
  }
}
