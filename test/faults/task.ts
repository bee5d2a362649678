import type { Random } from '../../shared/model/random.ts'
import { OnLost } from '../../shared/wire/gen/types/billet/v1/OnLost.ts'
import { RestartScope } from '../../shared/wire/gen/types/billet/v1/RestartScope.ts'
import { RestartWhen } from '../../shared/wire/gen/types/billet/v1/RestartWhen.ts'

/** Where the recorders are; never on a disk of a machine. */
export type Recorders = { readonly directory: string }

/** Appends a line to the recorder of the machine that it runs on; one write, so that lines stay whole. */
const SAY = `read -r machine < /proc/sys/kernel/hostname
say() {
  read -r now _ < /proc/uptime
  read -r ahead < "$records/$machine/ahead"
  echo "$now $ahead $1 $BILLET_TENANT $BILLET_WORKLOAD $BILLET_PLACEMENT $BILLET_RANK $2" >> "$records/$machine/tasks"
}
`

/** Left behind in a session of its own, deaf to all but SIGKILL. */
const STRAY = `records=$1
trap '' TERM INT HUP
${SAY}while [ -e "$records/$machine" ]; do say stray; sleep 0.3; done
`

/**
 * Every process of the task holds two locks by what it inherits: the machine's, and its rank's. A task that finds one
 * of them held began while another's process lived, whatever any clock says.
 */
const TASK = `records=$1 beats=$2 code=$3 manner=$4 stray=$5
${SAY}exec 8>> "$records/$machine/lock" 9>> "$records/ranks/$BILLET_WORKLOAD.$BILLET_RANK"
flock -n 8 && lock=free || lock=held
flock -n 9 && rank=free || rank=held
found=
for path in ../*/dirt* dirt* /tmp/dirt* /dev/shm/dirt* /var/tmp/dirt*; do [ ! -e "$path" ] || found=$found,$path; done
case $manner in
  deaf) trap 'say term' TERM ;;
  *) trap 'say term; exit 143' TERM ;;
esac
say start "$lock $rank \${found:--}"
sync "$records/$machine/tasks"
for place in . /tmp /dev/shm /var/tmp; do echo "$BILLET_TENANT" 2> /dev/null > "$place/dirt-$BILLET_PLACEMENT"; done
case $manner in stray) setsid /bin/sh -c "$stray" stray "$records" & ;; esac
while [ "$beats" -gt 0 ]; do say beat; sleep 0.2; beats=$((beats - 1)); done
say stop "$code"
sync "$records/$machine/tasks"
exit "$code"
`

const LONG_BEATS = 200
/** Longer than a coordinator counts until it replaces a rank. */
const LEASED_BEATS = 300
/** Five seconds: most end while their machine is cut off and its lease still lasts. */
const BRIEF_BEATS = 25
const ON_LOST = [OnLost.ON_LOST_WAIT, OnLost.ON_LOST_REPLACE, OnLost.ON_LOST_FAIL] as const
const seconds = (count: number) => ({ seconds: count, nanos: 0 })

const MANNERS = ['plain', 'plain', 'plain', 'stray', 'deaf'] as const

/** What one tenant asks for: the request as the API takes it. */
export function workloadSpec(random: Random, { directory }: Recorders, machines: number) {
  const isLong = random.below(20) === 0
  const beats = isLong ? LONG_BEATS : 1 + random.below(15)
  const code = random.below(8) === 0 ? 3 : 0
  const manner = MANNERS[random.below(MANNERS.length)] ?? 'plain'
  const size = random.below(4) === 0 ? 2 + random.below(2) : 1
  return {
    machine_count: Math.min(size, machines),
    priority: random.below(3),
    task: {
      argv: ['/bin/sh', '-c', TASK, 'task', directory, `${beats}`, `${code}`, manner, STRAY],
      stop_grace: seconds(1),
    },
    absence: {
      on_lost: ON_LOST[random.below(ON_LOST.length)] ?? OnLost.ON_LOST_WAIT,
      lease: seconds(10),
      margin: seconds(1),
    },
    restart: random.below(4) === 0 ? restartPolicy(random) : null,
    time_limit: random.below(10) === 0 ? { limit: seconds(2) } : null,
  }
}

/**
 * What must not run twice at once: so long that it outlasts its lease where its machine is cut off; run elsewhere then,
 * and at once, since it goes before the others; and for no other reason. A brief one ends by itself within 13 s and
 * leaves a process behind, which must not outlast the lease either.
 */
export function leasedSpec(random: Random, { directory }: Recorders, isBrief: boolean) {
  const beats = isBrief ? BRIEF_BEATS + random.below(41) : LEASED_BEATS + random.below(200)
  const manner = isBrief ? 'stray' : (MANNERS[random.below(MANNERS.length)] ?? 'plain')
  return {
    machine_count: random.below(4) === 0 ? 2 : 1,
    priority: 3,
    task: {
      argv: ['/bin/sh', '-c', TASK, 'task', directory, `${beats}`, '0', manner, STRAY],
      stop_grace: seconds(1),
    },
    absence: { on_lost: OnLost.ON_LOST_REPLACE, lease: seconds(10), margin: seconds(0) },
  }
}

function restartPolicy(random: Random) {
  return {
    when: RestartWhen.RESTART_WHEN_ON_FAILURE,
    attempts: 2,
    backoff: seconds(1),
    scope: random.below(2) === 0 ? RestartScope.RESTART_SCOPE_GANG : RestartScope.RESTART_SCOPE_RANK,
  }
}

/** What an operator runs: says once that it began. */
export function commandSpec({ directory }: Recorders, token: string) {
  const line =
    'read -r now _ < /proc/uptime; read -r machine < /proc/sys/kernel/hostname; ' +
    `echo "$now begin ${token}" >> "${directory}/$machine/commands"; sleep 0.2`
  return { argv: [line], shell: true, timeout: seconds(20) }
}
