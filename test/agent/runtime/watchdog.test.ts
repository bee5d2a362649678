import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import test from 'ava'
import { milliseconds, seconds } from '../../../shared/model/time.ts'
import { isRoot, onlyWhere } from '../../conditional.ts'
import { type Bench, alive, bench, shell, take, until, untilSaid } from './fixture.ts'

const asRoot = onlyWhere(test, isRoot, 'root')

const inSeconds = (from: number) => milliseconds(uptime() * 1000 + from * 1000)

/** A task under a lease, of which its agent then knows nothing more. */
async function leased(own: Bench, script: string, lease: number, grace: number) {
  const { runtime, facts, id } = own
  take(await runtime.prepare(shell(script, { grace: seconds(grace) }), { ...facts(), leased: true }))
  take(runtime.extend(id(), inSeconds(lease)))
  const running = take(await runtime.start(id()))
  await untilSaid(own, 'ready')
  return running
}

const OBEYS = 'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.02; done'
const IGNORES = 'trap "" TERM; echo ready; while :; do sleep 0.02; done'

test('at the end of the lease a task is asked to end, without its agent', async (t) => {
  const own = bench(t)
  const running = await leased(own, OBEYS, 1, 30)
  t.like(await running.exit, { kind: 'exited', code: 0 })
  t.regex(await own.output('stdout'), /bye/)
})

test('and is killed after its grace; how it ended says nothing of the task', async (t) => {
  const own = bench(t)
  const running = await leased(own, IGNORES, 1, 1)
  const exit = await running.exit
  t.is(exit.kind, 'lost')
  t.regex(exit.kind === 'lost' ? exit.sentence : '', /its watchdog ended it/)
})

asRoot('and so it is without cgroups and without a uid of its own, by its mark', async (t) => {
  const own = bench(t, { facts: { cgroupRoot: null, root: false } })
  const running = await leased(own, `(setsid sleep 600 &); ${IGNORES}`, 1, 0)
  t.like(await running.exit, { kind: 'lost' })
  while ((await own.runtime.remains(own.id(), null).survivors()).length > 0) continue
})

test('a lease that is extended ends later, and another agent finds it', async (t) => {
  const own = bench(t)
  // Long enough that it is extended in time on a busy machine, and well over when it is looked at.
  const running = await leased(own, OBEYS, 5, 30)
  const end = inSeconds(600)
  take(own.runtime.extend(own.id(), end))
  t.is(own.another().leaseOf(own.id()), milliseconds(Math.floor(end)))
  const over = await Promise.race([running.exit, new Promise((resolve) => setTimeout(resolve, 8000, 'it runs'))])
  t.is(over, 'it runs')
  take(own.runtime.extend(own.id(), inSeconds(0)))
  t.like(await running.exit, { code: 0 })
})

test('an agent that adopts a task whose watchdog was killed gives it another', async (t) => {
  const own = bench(t)
  await leased(own, OBEYS, 600, 30)
  const record = `${own.host.paths.state}/placements/${own.id()}/watchdog`
  const pid = () => Number(readFileSync(record, 'utf8').split(' ')[0])
  const first = pid()
  process.kill(first, 'SIGKILL')
  await until(() => !alive(first))
  const later = own.another()
  const adopted = take(await later.adopt(own.id()))
  await until(() => pid() !== first)
  take(later.extend(own.id(), inSeconds(0)))
  if (adopted.kind !== 'running') throw new Error(adopted.kind)
  t.like(await adopted.running.exit, { code: 0 })
})

test('what has a lease is not started where the lease is not known', async (t) => {
  const { runtime, facts, id } = bench(t)
  take(await runtime.prepare(shell('true'), { ...facts(), leased: true }))
  t.like(await runtime.start(id()), { ok: false, error: { sentence: 'its lease could not be written down' } })
})

const LEAVES = '(setsid sleep 600 &); echo ready; exit 7'
const aliveOf = async (own: Bench): Promise<number> => (await own.runtime.remains(own.id(), null).survivors()).length

asRoot('what a task leaves behind as it ends is ended with its lease, and its own end stays as it was', async (t) => {
  const own = bench(t, { facts: { cgroupRoot: null, root: false } })
  const running = await leased(own, LEAVES, 3, 0)
  t.like(await running.exit, { kind: 'exited', code: 7 })
  t.true((await aliveOf(own)) > 0)
  while ((await aliveOf(own)) > 0) continue
  t.like(await running.exit, { kind: 'exited', code: 7 })
  t.like(take(await own.another().adopt(own.id())), { kind: 'ended', exit: { kind: 'exited', code: 7 } })
})

asRoot('a watchdog of a placement that was made clean after touches nothing any more', async (t) => {
  const own = bench(t, { facts: { cgroupRoot: null, root: false } })
  const running = await leased(own, LEAVES, 600, 0)
  await running.exit
  const watchdog = Number(readFileSync(`${own.host.paths.state}/placements/${own.id()}/watchdog`, 'utf8').split(' ')[0])
  own.runtime.forget(own.id())
  await until(() => !alive(watchdog))
  t.true((await aliveOf(own)) > 0)
  await own.runtime.remains(own.id(), null).killAll(seconds(5))
})
