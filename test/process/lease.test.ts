import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { type LocalFleet, until } from '../../demo/fleet.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { countOf, fleetOf, tokenOf } from './fixture.ts'

// Beside each other: each waits for most of its time, and has users of its own.
const asRoot = onlyWhere(test, isRoot, 'root')

/** Where tasks write down when they live, by the clock that counts from the boot. */
function recorder(fleet: LocalFleet): string {
  const directory = join(fleet.directory, 'recorder')
  mkdirSync(directory)
  chmodSync(directory, 0o1777)
  return directory
}

/** Says ten times a second that it lives; ends when it is asked to, or never. */
const task = (directory: string, onTerm: string): string =>
  `trap '${onTerm}' TERM; f=${directory}/$BILLET_PLACEMENT; touch $f.begun
   while :; do read -r up rest < /proc/uptime; echo $up >> $f; sleep 0.1; done`

const lines = (path: string): readonly number[] => readFileSync(path, 'utf8').trim().split('\n').map(Number)

async function placementsOf(fleet: LocalFleet, workload: string): Promise<readonly string[]> {
  const [{ former_placements: former = [], placements = [] } = {}] = await fleet.json('workloads', 'show', workload)
  const current = Array.isArray(placements) ? placements.map(({ name }) => String(name)) : []
  const before = Array.isArray(former) ? former.map(String) : []
  return [...before, ...current].map((name) => name.slice('placements/'.length))
}

/** Runs where its agent is stopped dead in the middle, and is replaced; when each of the two lived. */
async function replaced(t: Parameters<typeof fleetOf>[0], onTerm: string, number: number) {
  const fleet = await fleetOf(t)
  const directory = recorder(fleet)
  const token = await tokenOf(fleet, '--auto-approve', '--uses', '2')
  for (const [index, name] of ['one', 'two'].entries()) fleet.startAgent(name, number + index, token)
  await until('both are available', async () => (await countOf(fleet, 'available')) === 2)
  const policy = ['--on-lost', 'replace', '--lease', '10s', '--grace', '1s', '--replace-margin', '1s']
  const argv = ['run', '--tenant', 'a', '-d', ...policy, '--', '/bin/sh', '-c', task(directory, onTerm)]
  const workload = (await fleet.billet(...argv)).stdout.trim()
  const begun = async (count: number) => {
    const placements = await placementsOf(fleet, workload)
    return placements.length >= count && existsSync(join(directory, `${placements[count - 1]}.begun`))
  }
  await until('it runs', async () => begun(1))
  const [placed] = await fleet.json('placements', 'list')
  const [machine] = await fleet.json('machines', 'show', String(placed?.['machine']).slice('machines/'.length))
  const name = JSON.stringify(machine).includes('DEMO-one-') ? 'one' : 'two'
  // Its event loop hangs: nobody answers for it, and nobody ends its task but the watchdog.
  process.kill(fleet.pid(name), 'SIGSTOP')
  t.teardown(() => process.kill(fleet.pid(name), 'SIGCONT'))
  appendFileSync(join(directory, 'stopped'), readFileSync('/proc/uptime', 'utf8'))
  await until('it runs elsewhere', async () => begun(2))
  const [first = '', second = ''] = await placementsOf(fleet, workload)
  return { fleet, workload, name, first: lines(join(directory, first)), second: lines(join(directory, second)) }
}

asRoot('a task whose agent hangs is ended by its watchdog, and only then run on another machine', async (t) => {
  const { fleet, workload, name, first, second } = await replaced(t, 'exit 0', 1)
  t.true((first.at(-1) ?? 0) < (second[0] ?? 0), `${first.at(-1)} and ${second[0]}`)
  t.is(await countOf(fleet, 'available'), 0)
  process.kill(fleet.pid(name), 'SIGCONT')
  await until('the machine is clean again', async () => (await countOf(fleet, 'available')) === 1)
  t.is((await fleet.billet('workloads', 'cancel', workload)).code, 0)
  await until('both are available', async () => (await countOf(fleet, 'available')) === 2)
})

asRoot('and one that does not end when it is asked to is killed before that', async (t) => {
  const { first, second } = await replaced(t, ':', 3)
  t.true((first.at(-1) ?? 0) < (second[0] ?? 0), `${first.at(-1)} and ${second[0]}`)
})

asRoot('what fails is run again, warned before its time limit, and ended at it', async (t) => {
  const fleet = await fleetOf(t)
  const directory = recorder(fleet)
  fleet.startAgent('one', 5, await tokenOf(fleet, '--auto-approve'))
  await until('it is available', async () => (await countOf(fleet, 'available')) === 1)
  const count = `${directory}/count`
  const fails = `echo x >> ${count}; [ $(wc -l < ${count}) -ge 3 ]`
  const policy = ['--restart', 'on_failure', '--restart-backoff', '0s']
  const slow = ['--restart', 'on_failure', '--restart-backoff', '2s']
  const again = await fleet.billet('run', '--tenant', 'a', ...slow, '--', '/bin/sh', '-c', fails)
  t.is(again.code, 0, again.stderr)
  t.is(readFileSync(count, 'utf8'), 'x\nx\nx\n')
  t.regex(again.stderr, /is run again: rank 0 on .* exited with code 1/)
  t.regex(again.stderr, /waits: It is run again in \d s, as its restart policy says/)

  const script = "trap 'echo warned' USR1; while :; do sleep 0.1; done"
  const limits = ['--time-limit', '4s', '--warn', 'SIGUSR1@2s', '--grace', '1s']
  const limited = await fleet.billet('run', '--tenant', 'a', ...policy, ...limits, '--', '/bin/sh', '-c', script)
  t.regex(limited.stdout, /^warned\n$/)
  t.not(limited.code, 0)
  t.regex(limited.stderr, /was ended: its time limit of 4 s has passed/)
})
