import { readFileSync } from 'node:fs'
import test from 'ava'
import { seconds } from '../../../shared/model/time.ts'
import { isRoot, onlyWhere } from '../../conditional.ts'
import { alive, bench, shell, take, until, untilSaid } from './fixture.ts'

const asRoot = onlyWhere(test, isRoot, 'root')
const grace = seconds(30)

test('stop sends the signal asked for, and a task that obeys is not killed', async (t) => {
  const own = bench(t)
  const { runtime, begin, id } = own
  const running = take(await begin(shell('trap "echo bye; exit 3" INT; echo ready; while :; do sleep 0.02; done')))
  await untilSaid(own, 'ready')
  const stopped = take(await runtime.stop(id(), { signal: 'SIGINT', grace }))
  t.like(stopped, { escalated: false, exit: { kind: 'exited', code: 3 } })
  t.like(await running.exit, { code: 3 })
})

test('a task that ignores the signal is killed after the grace period', async (t) => {
  const own = bench(t)
  const { runtime, begin, id } = own
  take(await begin(shell('trap "" TERM; echo ready; while :; do sleep 0.02; done')))
  await untilSaid(own, 'ready')
  const stopped = take(await runtime.stop(id(), { signal: 'SIGTERM', grace: seconds(0.2) }))
  t.like(stopped, { escalated: true, exit: { kind: 'exited', code: 137, signal: 'SIGKILL' } })
})

const HIDING = `
setsid sh -c 'trap "" TERM HUP; echo $$ > "$BILLET_SCRATCH/hidden"; while :; do sleep 0.05; done' &
while [ ! -s "$BILLET_SCRATCH/hidden" ]; do sleep 0.01; done
echo ready
wait
`

async function hidden(t: Parameters<typeof bench>[0], options: Parameters<typeof bench>[1]): Promise<void> {
  const own = bench(t, options)
  const { runtime, begin, id, host } = own
  take(await begin(shell(HIDING)))
  await untilSaid(own, 'ready')
  const pid = Number(readFileSync(`${host.paths.scratch}/${id()}/hidden`, 'utf8'))
  t.true(alive(pid))
  const stopped = take(await runtime.stop(id(), { signal: 'SIGTERM', grace: seconds(0.2) }))
  t.true(stopped.escalated)
  await until(() => !alive(pid))
  t.deepEqual(await runtime.remains(id(), null).survivors(), [])
}

test('a grandchild that made a session of its own is killed too', async (t) => {
  await hidden(t, {})
})

asRoot('and so it is without cgroups, by its uid', async (t) => {
  await hidden(t, { facts: { cgroupRoot: null } })
})

asRoot('and so it is without cgroups and without a uid of its own, by its mark', async (t) => {
  await hidden(t, { facts: { cgroupRoot: null, root: false } })
})

test('a task that signals its whole process group does not take its exit status with it', async (t) => {
  const { finish } = bench(t, { facts: { root: false } })
  t.like(await finish(shell('kill -9 0')), { kind: 'exited', code: 137 })
})

test('stopping right after the start misses nothing', async (t) => {
  const { runtime, begin, id } = bench(t)
  for (let number = 1; number <= 10; number += 1) {
    take(await begin(shell('sleep 60'), number))
    const stopped = take(await runtime.stop(id(number), { signal: 'SIGTERM', grace }))
    t.like(stopped, { exit: { kind: 'exited' } })
    t.deepEqual(await runtime.remains(id(number), null).survivors(), [])
  }
})

test('what was prepared and stopped cannot be started any more', async (t) => {
  const { runtime, facts, id } = bench(t)
  take(await runtime.prepare(shell('true'), facts()))
  t.deepEqual(take(await runtime.stop(id(), { signal: 'SIGTERM', grace })), { escalated: false, exit: null })
  t.false((await runtime.start(id())).ok)
})
