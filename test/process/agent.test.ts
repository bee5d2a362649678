import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type LocalFleet, until } from '../../demo/fleet.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { fleetOf, tokenOf, untilState } from './fixture.ts'

const asRoot = onlyWhere(test.serial, isRoot, 'root')

async function withMachine(t: ExecutionContext): Promise<LocalFleet> {
  const fleet = await fleetOf(t)
  fleet.startAgent('one', 1, await tokenOf(fleet, '--auto-approve'))
  await untilState(fleet, 'available')
  return fleet
}

test.serial('a machine with a token that is unknown, spent or expired is told so, and does not get in', async (t) => {
  const fleet = await fleetOf(t)
  fleet.startAgent('unknown', 1, 'billet-join-nobody-made-this')
  const unknown = await fleet.ended('unknown')
  t.is(unknown.code, 1)
  t.regex(unknown.log, /token is not known here/)

  const once = await tokenOf(fleet, '--uses', '1')
  fleet.startAgent('first', 2, once)
  await until('the first machine enrolled', async () => (await fleet.json('machines', 'list')).length === 1)
  fleet.startAgent('second', 3, once)
  const second = await fleet.ended('second')
  t.is(second.code, 1)
  t.regex(second.log, /has no use left/)

  const short = await tokenOf(fleet, '--ttl', '1s')
  await until('the token expired', async () => (await fleet.billet('tokens', 'list')).stdout.includes('expired'))
  fleet.startAgent('late', 4, short)
  const late = await fleet.ended('late')
  t.is(late.code, 1)
  t.regex(late.log, /has expired/)
  t.is((await fleet.json('machines', 'list')).length, 1)
})

test.serial('an agent does not enrol with an authority that it was not told to trust', async (t) => {
  const fleet = await fleetOf(t)
  const wrong = `--ca-fingerprint=sha256:${'ab'.repeat(32)}`
  const token = await tokenOf(fleet)
  fleet.startAgent('one', 1, token, [wrong])
  const { code, log } = await fleet.ended('one')
  t.is(code, 1)
  t.regex(log, /fingerprint|authority/)
  t.false(log.includes(token), 'the token is never said')
  t.is((await fleet.json('machines', 'list')).length, 0)
})

asRoot('run ends with the task’s own exit code, and says in words why a task could not start', async (t) => {
  const fleet = await withMachine(t)
  const good = await fleet.billet('run', '--tenant', 'a', '--', '/bin/sh', '-c', 'echo out; echo err >&2; exit 7')
  t.is(good.code, 7)
  t.is(good.stdout, 'out\n')
  t.regex(good.stderr, /^err$/m)
  const missing = await fleet.billet('run', '--tenant', 'a', '--', '/no/such/program')
  t.not(missing.code, 0)
  t.regex(missing.stderr, /\/no\/such\/program/)
  const negative = await fleet.billet('run', '--tenant', 'a', '-n', '-1', '--', 'true')
  t.is(negative.code, 2)
  const impossible = await fleet.billet('run', '--tenant', 'a', '--class', 'no-such-class', '-d', '--', '/bin/true')
  t.regex((await fleet.billet('explain', impossible.stdout.trim())).stdout, /another hardware class than no-such-class/)
})

asRoot('a killed agent finds its task again, and tells its true exit code', async (t) => {
  const fleet = await withMachine(t)
  const go = join(fleet.directory, 'go')
  const script = `echo $$; while [ ! -e ${go} ]; do sleep 0.1; done; exit 9`
  const { stdout } = await fleet.billet('run', '--tenant', 'a', '-d', '--', '/bin/sh', '-c', script)
  const workload = stdout.trim()
  await until('it runs', async () => (await fleet.billet('workloads', 'list')).stdout.includes('running'))
  const before = (await fleet.billet('logs', workload)).stdout
  await fleet.kill('one', 'SIGKILL')
  t.true(existsSync(`/proc/${before.trim()}`), 'the task goes on without its agent')
  fleet.startAgent('one', 1, 'not needed any more')
  await until('the agent is back', async () => {
    return (await fleet.billet('machines', 'list')).stdout.includes('connected')
  })
  writeFileSync(go, '')
  await until('it failed', async () => (await fleet.billet('workloads', 'list')).stdout.includes('failed'))
  t.regex((await fleet.billet('workloads', 'show', workload)).stdout, /Exit code: 9/)
  t.is((await fleet.billet('logs', workload)).stdout, before, 'it was begun once')
  await untilState(fleet, 'available')
})

asRoot('commands run once per request, with their exit codes, outputs, caps and time limits', async (t) => {
  const fleet = await withMachine(t)
  const file = join(fleet.directory, 'count')
  const argv = ['--request-id', 'r-1', '--shell', '--all', '--', `echo x >> ${file}; echo said; exit 3`] as const
  const first = await fleet.billet('exec', ...argv)
  t.is(first.code, 3)
  t.is(first.stdout, 'said\n')
  const again = await fleet.billet('exec', ...argv)
  t.is(again.code, 3)
  t.is(readFileSync(file, 'utf8'), 'x\n')
  const slow = await fleet.billet('exec', '--all', '--timeout', '1s', '--', 'sleep', '60')
  t.not(slow.code, 0)
  t.regex(slow.stderr, /timed_out/)
  const loud = await fleet.billet('exec', '--all', '--output-max', '1KiB', '--', 'head', '-c', '5000', '/dev/zero')
  t.is(loud.stdout.length, 1024)
  t.regex(loud.stderr, /3976 bytes beyond the cap/)
  const missing = await fleet.billet('exec', '--all', '--', '/no/such/program')
  t.not(missing.code, 0)
  t.regex(missing.stderr, /no\/such\/program/)
})
