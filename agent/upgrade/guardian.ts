import { spawn } from 'node:child_process'

/**
 * Takes the old agent back where the new one does not come to a session in time: a shell in a session of its own,
 * which outlives both. Parameters: the directory of the upgrade, the program, the pid that stays over the change,
 * seconds, then the arguments of the agent. `pending` is removed by a new agent that a coordinator has welcomed.
 */
const GUARDIAN = `dir=$1 program=$2 pid=$3 left=$4
shift 4
start() {
  line=
  read -r line < "/proc/$pid/stat"
  set -- \${line##*) }
  echo "\${20}"
}
exec 2> /dev/null
begun=$(start)
while [ "$left" -gt 0 ]; do
  [ -e "$dir/pending" ] || exit 0
  [ -n "$begun" ] && [ "$(start)" = "$begun" ] || break
  sleep 1
  left=$((left - 1))
done
# One that died is given a moment: its supervisor starts it again.
sleep 3
[ -e "$dir/pending" ] || exit 0
mv -f "$program.previous" "$program" || exit 1
mv -f "$dir/pending" "$dir/rolled_back"
if [ "$(start)" = "$begun" ] && [ -n "$begun" ]; then
  kill -TERM "$pid"
  sleep 5
  [ "$(start)" = "$begun" ] && kill -KILL "$pid"
fi
# Where systemd started the agent, it starts it again.
[ -n "$INVOCATION_ID" ] || exec "$program" "$@"
`

export type GuardianOptions = {
  readonly directory: string
  readonly program: string
  readonly argv: readonly string[]
  readonly seconds: number
}

export function startGuardian({ directory, program, argv, seconds }: GuardianOptions): void {
  const parameters = [directory, program, String(process.pid), String(seconds), ...argv]
  const stdio = ['ignore', 'inherit', 'inherit'] as const
  const guardian = spawn('/bin/sh', ['-c', GUARDIAN, 'billet-guardian', ...parameters], {
    cwd: '/',
    detached: true,
    stdio: [...stdio],
  })
  guardian.on('error', () => undefined)
  guardian.unref()
}
