import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { LocalFleet } from '../../demo/fleet.ts'

const BILLET = join(import.meta.dirname, '..', '..', 'dist', 'billet')

function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'billet-test-'))
}

/** Starts a coordinator that is expected not to start, and says how it ended. */
function refused(options: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const listen = ['--listen=127.0.0.1:0', '--enrol-listen=127.0.0.1:0']
  const { status, stderr } = spawnSync(BILLET, ['coordinator', ...listen, ...options], {
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
    timeout: 30_000,
  })
  return { status, stderr }
}

test('options that are wrong are named, all at once, with what was expected', (t) => {
  const directory = temporary()
  t.teardown(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'coordinator.toml')
  writeFileSync(file, 'samples_kept = 1\nsample_intervall = "10s"\n')
  const { status, stderr } = refused(
    ['--config-file', file, '--data-dir', join(directory, 'data'), '--handshake-timeout=soon'],
    { BILLET_COORDINATOR_LOG_LEVEL: 'loud', BILLET_COORDINATOR_LISTENS: 'x' },
  )
  t.is(status, 2)
  t.regex(stderr, /samples_kept: expected a whole number from 2/)
  t.regex(stderr, /sample_intervall is no option/)
  t.regex(stderr, /--handshake-timeout: expected a length of time/)
  t.regex(stderr, /BILLET_COORDINATOR_LOG_LEVEL: expected one of/)
  t.regex(stderr, /BILLET_COORDINATOR_LISTENS: is no option/)
})

test('a port in use, a damaged database and a directory that others can enter are each said in words', async (t) => {
  const directory = temporary()
  t.teardown(() => rmSync(directory, { recursive: true }))
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') return t.fail()
  const taken = refused([`--listen=127.0.0.1:${address.port}`, '--data-dir', join(directory, 'a')])
  server.close()
  t.is(taken.status, 1)
  t.regex(taken.stderr, /is in use by another program/)

  mkdirSync(join(directory, 'b'), { mode: 0o700 })
  writeFileSync(join(directory, 'b', 'billet.db'), 'no database'.repeat(1000), { mode: 0o600 })
  const damaged = refused(['--data-dir', join(directory, 'b')])
  t.is(damaged.status, 1)
  t.regex(damaged.stderr, /billet\.db is damaged: /)

  mkdirSync(join(directory, 'c'))
  chmodSync(join(directory, 'c'), 0o755)
  const open = refused(['--data-dir', join(directory, 'c')])
  t.is(open.status, 1)
  t.regex(open.stderr, /can be entered by others/)
})

test('two coordinators never share a data directory, and the first goes on', async (t) => {
  const directory = temporary()
  const fleet = new LocalFleet(directory)
  t.teardown(async () => {
    await fleet.stop()
    rmSync(directory, { recursive: true })
  })
  await fleet.startCoordinator()
  const second = refused(['--data-dir', join(directory, 'coordinator')])
  t.is(second.status, 1)
  t.regex(second.stderr, /in use by another process/)
  t.is((await fleet.billet('machines', 'list')).code, 0)
})

test('what was acknowledged is there after a kill, and nobody gets in without a certificate', async (t) => {
  const directory = temporary()
  const fleet = new LocalFleet(directory)
  t.teardown(async () => {
    await fleet.stop()
    rmSync(directory, { recursive: true })
  })
  await fleet.startCoordinator()
  const submitted: string[] = []
  for (const name of ['one', 'two', 'three']) {
    const { stdout } = await fleet.billet('run', '--tenant', 'a', '--name', name, '-d', '--', '/bin/true')
    submitted.push(stdout.trim())
  }
  await fleet.kill('coordinator', 'SIGKILL')
  await fleet.startCoordinator()
  const { stdout } = await fleet.billet('workloads', 'list')
  for (const workload of submitted) t.true(stdout.includes(workload))

  const stranger = join(directory, 'stranger')
  const other = new LocalFleet(stranger)
  await other.startCoordinator()
  const foreign = spawnSync(BILLET, ['machines', 'list'], {
    env: { PATH: process.env['PATH'], BILLET_CONFIG: other.contextFile },
    encoding: 'utf8',
  })
  t.is(foreign.status, 0)
  await other.stop()
})

test('a command line says what is wrong with it, and where no coordinator is', (t) => {
  const directory = temporary()
  t.teardown(() => rmSync(directory, { recursive: true }))
  const run = (...argv: readonly string[]) =>
    spawnSync(BILLET, argv, { env: { PATH: process.env['PATH'], HOME: directory }, encoding: 'utf8' })
  t.is(run('machines', 'lst').status, 2)
  const without = run('--config', join(directory, 'none.json'), 'machines', 'list')
  t.is(without.status, 2)
  t.regex(without.stderr, /cannot be read/)
  t.is(run('--help').status, 0)
  t.is(run('--version').status, 0)
})
