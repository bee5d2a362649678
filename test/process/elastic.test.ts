import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type LocalFleet, until } from '../../demo/fleet.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { countOf, fleetOf, tokenOf } from './fixture.ts'
import { dig } from '../cli/fixture.ts'

const asRoot = onlyWhere(test.serial, isRoot, 'root')

/** Says which ranks it knows of, at first and whenever it is told. */
const TASK = `
say() { echo "$BILLET_RANK: $(grep -o '"rank":[0-9]*' "$BILLET_PEERS_FILE" | cut -d: -f2 | tr '\\n' ' ')"; }
trap say USR1
trap 'echo "$BILLET_RANK leaves"; exit 143' TERM
say
while [ ! -e GO ]; do sleep 0.1 & wait $!; done
`

asRoot('a workload grows, gives back for another, grows again and is made smaller, and its tasks know', async (t) => {
  const fleet = await fleetOf(t)
  const token = await tokenOf(fleet, '--auto-approve', '--uses', '3')
  fleet.startAgent('one', 1, token)
  fleet.startAgent('two', 2, token)
  await until('two machines are there', async () => (await countOf(fleet, 'available')) === 2)
  const go = join(fleet.directory, 'go')
  const run = ['run', '-d', '--tenant', 'a', '-n', '2..3', '--resize-signal', 'SIGUSR1']
  const { stdout } = await fleet.billet(...run, '--', '/bin/sh', '-c', TASK.replace('GO', go))
  const workload = stdout.trim()
  const hasSaid = async (rank: number, pattern: RegExp): Promise<boolean> =>
    pattern.test((await fleet.billet('logs', workload, '--rank', `${rank}`)).stdout)
  const has = (text: string) =>
    until(`it has ${text}`, async () => (await fleet.billet('workloads', 'list')).stdout.includes(text))
  await until(
    'both know of each other',
    async () => (await hasSaid(0, /^0: 0 1 $/m)) && (await hasSaid(1, /^1: 0 1 $/m)),
  )
  t.regex(
    (await fleet.billet('explain', workload)).stdout,
    /It has 2 of 2\.\.3 machines\. What keeps it from more:\n {2}- /,
  )

  fleet.startAgent('three', 3, token)
  await until('the first is told of the third', () => hasSaid(0, /^0: 0 1 2 $/m))
  await until('the third knows of all', () => hasSaid(2, /^2: 0 1 2 $/m))

  const urgent = await fleet.billet(
    'run',
    '--tenant',
    'b',
    '--priority',
    '5',
    '--preempts',
    '--',
    '/bin/echo',
    'served',
  )
  t.is(urgent.stdout, 'served\n')
  t.is(urgent.code, 0)
  await until('the first is told that the third left, and came again', () =>
    hasSaid(0, /^0: 0 1 2 \n(?:0: 0 1 \n)+0: 0 1 2 $/m),
  )
  await until('the third knows of all again', () => hasSaid(2, /^2: 0 1 2 $/m))
  await has('running')

  const resized = await fleet.billet('workloads', 'resize', workload, '2')
  t.is(resized.code, 0, resized.stderr)
  await until('the third has left', () => hasSaid(2, /^2 leaves$/m))
  const refused = await fleet.billet('workloads', 'resize', workload, '9..9')
  t.regex(refused.stderr, /has 2 machines now, fewer than the new least of 9/)
  writeFileSync(go, '')
  await until('it is over', async () =>
    (await fleet.billet('workloads', 'show', workload)).stdout.includes('succeeded'),
  )
})

/** The machine of a rank. */
async function machineOf(fleet: LocalFleet, workload: string, rank: number): Promise<string> {
  const placements = await fleet.json('placements', 'list', '--workload', workload)
  const machine = dig(
    placements.find((one) => dig(one, 'rank') === rank),
    'machine',
  )
  return String(machine).replace('machines/', '')
}

asRoot('a drain takes one machine from a workload that can spare it, and stops it where it cannot', async (t) => {
  const fleet = await fleetOf(t)
  const token = await tokenOf(fleet, '--auto-approve', '--uses', '3')
  for (const [index, name] of ['one', 'two', 'three'].entries()) fleet.startAgent(name, index + 1, token)
  await until('three machines are there', async () => (await countOf(fleet, 'available')) === 3)
  const run = ['run', '-d', '--tenant', 'a', '-n', '2..3', '--resize-signal', 'SIGUSR1']
  const task = TASK.replace('GO', join(fleet.directory, 'go'))
  const workload = (await fleet.billet(...run, '--', '/bin/sh', '-c', task)).stdout.trim()
  const hasSaid = async (rank: number, pattern: RegExp): Promise<boolean> =>
    pattern.test((await fleet.billet('logs', workload, '--rank', `${rank}`)).stdout)
  await until('all know of each other', async () => (await hasSaid(0, /^0: 0 1 2 $/m)) && hasSaid(2, /^2: 0 1 2 $/m))

  const spare = await machineOf(fleet, workload, 2)
  t.is((await fleet.billet('machines', 'drain', spare, '--reason', 'new fans')).code, 0)
  await until('it was asked to end', () => hasSaid(2, /^2 leaves$/m))
  await until('the others are told', async () => (await hasSaid(0, /^0: 0 1 $/m)) && hasSaid(1, /^1: 0 1 $/m))
  await until('the machine is clean', async () => (await countOf(fleet, 'available')) === 1)
  t.regex((await fleet.billet('workloads', 'list')).stdout, /running +2 of 2\.\.3/)
  t.regex(
    (await fleet.billet('events')).stdout,
    /WORKLOAD_SHRUNK[^\n]*rank 2 is given back: [^\n]*is drained: new fans/,
  )

  const needed = await machineOf(fleet, workload, 1)
  t.is((await fleet.billet('machines', 'drain', needed, '--reason', 'new fans')).code, 0)
  await until('the whole has ended', async () =>
    /failed: \S+ \(mch-\w+\) is drained: new fans/.test((await fleet.billet('workloads', 'show', workload)).stdout),
  )
})
