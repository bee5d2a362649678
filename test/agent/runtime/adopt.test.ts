import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import test from 'ava'
import { seconds } from '../../../shared/model/time.ts'
import { type Bench, alive, bench, refusal, shell, take, until, untilAlive, untilSaid } from './fixture.ts'

/** An agent in a process of its own, which starts a task and is then killed without a word. */
async function startedByAnAgentThatDied(own: Bench, script: string): Promise<void> {
  const order = { host: own.host, task: shell(script), facts: own.facts(), id: own.id() }
  const program = `
    import { createRuntime } from '${new URL('../../../agent/runtime/execute.ts', import.meta.url).href}'
    const order = ${JSON.stringify(order)}
    const clock = { now: () => Date.now(), monotonic: () => performance.now() }
    const runtime = createRuntime({ host: order.host, clock })
    const prepared = await runtime.prepare(order.task, order.facts)
    if (!prepared.ok) throw new Error(prepared.error.sentence)
    const started = await runtime.start(order.id)
    if (!started.ok) throw new Error(started.error.sentence)
    console.log('started')
    setInterval(() => {}, 1000)
  `
  const agent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(agent.stdout, 'data')
  const exited = once(agent, 'exit')
  agent.kill('SIGKILL')
  await exited
}

test('a task outlives the agent, is found again, and its true exit code is seen', async (t) => {
  const own = bench(t)
  const go = `${own.host.paths.scratch}/${own.id()}/go`
  await startedByAnAgentThatDied(own, 'while [ ! -e go ]; do sleep 0.02; done; echo done; exit 7')
  const adopted = take(await own.runtime.adopt(own.id()))
  if (adopted.kind !== 'running') return t.fail(`expected it to run, got ${JSON.stringify(adopted)}`)
  writeFileSync(go, '')
  t.like(await adopted.running.exit, { kind: 'exited', code: 7 })
  t.is(await own.output('stdout'), 'done\n')
})

test('one that ended while no agent was there is reported with its true exit code', async (t) => {
  const own = bench(t)
  await startedByAnAgentThatDied(own, 'exit 7')
  const record = `${own.host.paths.state}/placements/${own.id()}/exit`
  await until(() => readFileSync(record, 'utf8').startsWith('exited'))
  t.like(take(await own.runtime.adopt(own.id())), { kind: 'ended', exit: { kind: 'exited', code: 7 } })
})

test('an adopted task can be stopped', async (t) => {
  const own = bench(t)
  await startedByAnAgentThatDied(own, 'trap "" TERM; echo ready; while :; do sleep 0.02; done')
  await untilSaid(own, 'ready')
  t.like(take(await own.runtime.adopt(own.id())), { kind: 'running' })
  const stopped = take(await own.runtime.stop(own.id(), { signal: 'SIGTERM', grace: seconds(0.1) }))
  t.like(stopped, { escalated: true, exit: { kind: 'exited', code: 137 } })
})

test('a shim that was killed means a lost task, not a made-up code', async (t) => {
  const own = bench(t)
  const running = take(await own.begin(shell('sleep 60')))
  await untilAlive(own)
  const second = own.another()
  const adopted = take(await second.adopt(own.id()))
  if (adopted.kind !== 'running') return t.fail('expected it to run')
  process.kill(running.pid, 'SIGKILL')
  t.like(await running.exit, { kind: 'lost' })
  t.like(await adopted.running.exit, { kind: 'lost' })
  t.deepEqual(await own.runtime.remains(own.id(), null).killAll(seconds(10)), [])
  t.false(alive(running.pid))
})

test('a pid that another process has by now is not taken for the task', async (t) => {
  const own = bench(t)
  const running = take(await own.begin(shell('sleep 60')))
  const record = `${own.host.paths.state}/placements/${own.id()}/shim`
  await untilAlive(own)
  const [pid, start, boot] = readFileSync(record, 'utf8').trim().split(' ')
  writeFileSync(record, `${pid} ${Number(start) - 1} ${boot}\n`)
  t.like(take(await own.another().adopt(own.id())), { kind: 'running' })
  const other = own.another()
  t.like(
    await (async () => {
      const adopted = take(await other.adopt(own.id()))
      return adopted.kind === 'running' ? adopted.running.exit : adopted
    })(),
    { kind: 'lost' },
  )
  writeFileSync(record, `${pid} ${start} 00000000-0000-0000-0000-000000000000\n`)
  t.like(take(await own.another().adopt(own.id())), { kind: 'ended', exit: { kind: 'lost' } })
  writeFileSync(record, `${pid} ${start} ${boot}\n`)
  take(await own.runtime.stop(own.id(), { signal: 'SIGTERM', grace: seconds(5) }))
  t.is((await running.exit).kind, 'exited')
})

test('what was prepared but not begun is fenced off, and may be prepared again', async (t) => {
  const own = bench(t)
  take(await own.runtime.prepare(shell('echo first'), own.facts()))
  const second = own.another()
  t.deepEqual(take(await second.adopt(own.id())), { kind: 'not_started' })
  // The first agent's start, late: its shim finds the place taken and runs nothing.
  t.like(await take(await own.runtime.start(own.id())).exit, { kind: 'setup_failed' })
  t.is(await own.output('stdout'), '')
  take(await second.prepare(shell('echo second'), own.facts()))
  t.like(await take(await second.start(own.id())).exit, { kind: 'exited', code: 0 })
  t.is(await own.output('stdout'), 'second\n')
})

test('there is nothing to adopt where nothing was', async (t) => {
  const own = bench(t)
  t.is(refusal(await own.runtime.adopt(own.id(99))).kind, 'unknown_placement')
  take(await own.runtime.prepare(shell('true'), own.facts()))
  rmSync(`${own.host.paths.state}/placements/${own.id()}/spec.json`)
  t.is(refusal(await own.another().adopt(own.id())).kind, 'unknown_placement')
})
