import { existsSync, readdirSync, statSync } from 'node:fs'
import test from 'ava'
import { NO_LIMITS } from '../../../shared/model/task.ts'
import { seconds } from '../../../shared/model/time.ts'
import { isRoot, onlyWhere } from '../../conditional.ts'
import { bench, refusal, shell, take, task } from './fixture.ts'

const asRoot = onlyWhere(test, isRoot, 'root')

test('a task ends with its own exit code, and its output is in its logs', async (t) => {
  const { finish, output } = bench(t)
  const exit = await finish(shell('echo out; echo err >&2; exit 7'))
  t.like(exit, { kind: 'exited', code: 7, signal: null, oomKilled: false })
  t.is(await output('stdout'), 'out\n')
  t.is(await output('stderr'), 'err\n')
})

test('a task killed by a signal ends with 128 + n and names the signal', async (t) => {
  const { finish } = bench(t)
  t.like(await finish(shell('kill -9 $$')), { kind: 'exited', code: 137, signal: 'SIGKILL' })
})

asRoot("a task runs as the tenant's uid and gid, in no other group, and can gain nothing", async (t) => {
  const { finish, output, uid } = bench(t)
  await finish(shell("id -u; id -g; id -G; grep -E '^(NoNewPrivs|CapEff|CapInh|CapPrm)' /proc/self/status"))
  const zero = '0000000000000000'
  const expected = `${uid}\n${uid}\n${uid}\nCapInh:\t${zero}\nCapPrm:\t${zero}\nCapEff:\t${zero}\nNoNewPrivs:\t1\n`
  t.is(await output('stdout'), expected)
})

test("a task sees none of the agent's environment, and its own values byte for byte", async (t) => {
  const { finish, output } = bench(t)
  process.env['BILLET_TEST_LEAK'] = 'leaked'
  t.teardown(() => delete process.env['BILLET_TEST_LEAK'])
  const odd = 'a\'b"c $HOME `id` \\n\nsecond line; exit 3 # ü'
  await finish(task(['env', '-0'], { env: { ODD: odd, RANK: '9', BILLET_RANK: 'forged', IFS: 'x' } }))
  const text = await output('stdout')
  const pairs = new Map(
    text.split('\0').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const),
  )
  t.is(pairs.get('ODD'), odd)
  t.is(pairs.get('RANK'), '9')
  t.is(pairs.get('IFS'), 'x')
  t.is(pairs.get('BILLET_RANK'), '1')
  t.is(pairs.get('MASTER_ADDR'), '10.0.0.1')
  t.is(pairs.get('NNODES'), '2')
  t.is(pairs.get('BILLET_PEERS'), '10.0.0.1,10.0.0.2')
  t.false(pairs.has('BILLET_TEST_LEAK'))
  t.deepEqual(
    [...pairs.keys()].filter((name) => name.startsWith('BILLET_LOAD_')),
    [],
  )
})

asRoot("nothing that runs as root sees the tenant's environment", async (t) => {
  const { finish, output, directory } = bench(t)
  // A loader that obeyed LD_PRELOAD before the change of user would write this trace as root.
  const env = { LD_DEBUG: 'libs', LD_DEBUG_OUTPUT: `${directory}/scratch/trace`, ENV: '/nowhere', BASH_ENV: '/nowhere' }
  await finish(shell('true', { env }))
  t.deepEqual(
    readdirSync(`${directory}/scratch`).filter((name) => name.startsWith('trace')),
    [],
  )
  t.is(await output('stderr'), '')
})

test('files and secrets are where the task looks for them, for its eyes only', async (t) => {
  const { finish, output, host, id } = bench(t)
  const content = new TextEncoder().encode('#!/bin/sh\necho from a file\ncat "$BILLET_SECRETS_DIR/token"\n')
  const spec = task(['./bin/run.sh'], {
    files: [{ path: 'bin/run.sh', content, mode: 0o755 }],
    secrets: [{ name: 'token', value: new TextEncoder().encode('hush') }],
  })
  t.like(await finish(spec), { kind: 'exited', code: 0 })
  t.is(await output('stdout'), 'from a file\nhush')
  t.is(statSync(`${host.paths.run}/${id()}/secrets/token`).mode & 0o777, 0o400)
  t.is(statSync(`${host.paths.scratch}/${id()}`).mode & 0o777, 0o700)
})

test('a program that is not there is refused by name, with where it was looked for', async (t) => {
  const { begin } = bench(t)
  const failure = refusal(await begin(task(['no-such-program'], { env: { PATH: '/usr/bin:/opt/x' } })))
  t.is(failure.kind, 'task_not_found')
  t.regex(failure.sentence, /"no-such-program".*\/usr\/bin:\/opt\/x/)
  t.is(refusal(await begin(task(['/etc/passwd']), 2)).kind, 'task_not_executable')
  t.is(refusal(await begin(task(['true'], { cwd: 'absent' }), 3)).kind, 'cwd_not_found')
})

test('a malformed task is refused before anything is made', async (t) => {
  const { begin, host, id } = bench(t)
  const content = new Uint8Array()
  const wrong = [
    task([]),
    task(['true'], { files: [{ path: '../x', content, mode: 0o644 }] }),
    task(['true'], { files: [{ path: '/etc/x', content, mode: 0o644 }] }),
    task(['true'], { secrets: [{ name: '../x', value: content }] }),
    task(['true'], { env: { 'A B': '' } }),
    task(['true'], { limits: { ...NO_LIMITS, memoryBytes: -1 } }),
    task(['true'], { limits: { ...NO_LIMITS, cpuCores: Number.NaN } }),
  ]
  for (const spec of wrong) t.is(refusal(await begin(spec)).kind, 'invalid_task')
  t.is(refusal(await begin(task(['true'], { user: 'root' }))).kind, 'user_not_allowed')
  t.false(existsSync(`${host.paths.scratch}/${id()}`))
})

test('a limit is enforced or said not to be', async (t) => {
  const { runtime, facts, id } = bench(t)
  const limits = { memoryBytes: 1 << 30, cpuCores: 2, processes: 5000, openFiles: 64 }
  const prepared = take(await runtime.prepare(shell('ulimit -n'), facts()))
  t.deepEqual(prepared.limits, [])
  take(await runtime.stop(id(), { signal: 'SIGTERM', grace: seconds(0) }))
  const again = take(await runtime.prepare(shell('ulimit -n', { limits }), facts(2)))
  t.deepEqual(again.limits.map((limit) => limit.limit).toSorted(), ['cpu', 'memory', 'open_files', 'processes'])
  for (const limit of again.limits) t.not(limit.detail, '')
  await take(await runtime.start(id(2))).exit
  const chunk = take(await runtime.logs.read(id(2), 'stdout', 0, 100))
  t.is(new TextDecoder().decode(chunk.data), '64\n')
})

test('preparing and starting twice is preparing and starting once', async (t) => {
  const { runtime, facts, id, output } = bench(t)
  const spec = shell('echo once')
  take(await runtime.prepare(spec, facts()))
  take(await runtime.prepare(spec, facts()))
  const running = take(await runtime.start(id()))
  t.is(take(await runtime.start(id())).pid, running.pid)
  await running.exit
  t.is(await output('stdout'), 'once\n')
  t.is(refusal(await runtime.prepare(spec, facts())).kind, 'already_started')
})

test('a task can open /dev/stdout again', async (t) => {
  const { finish, output } = bench(t)
  t.like(await finish(shell('echo again > /dev/stdout')), { kind: 'exited', code: 0 })
  t.is(await output('stdout'), 'again\n')
})
