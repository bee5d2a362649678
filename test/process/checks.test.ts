import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type LocalFleet, until } from '../../demo/fleet.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { alive } from '../agent/runtime/fixture.ts'
import { countOf, fleetOf, tokenOf, untilState } from './fixture.ts'

const OWN = ['cpu-throughput', 'disk-write', 'loopback', 'memory-bandwidth'] as const

/** A coordinator that knows some programs of a site, and one machine. */
async function measuredFleet(t: Parameters<typeof fleetOf>[0]): Promise<LocalFleet> {
  const fleet = await fleetOf(t, (directory) => {
    const program = (name: string, text: string, mode = 0o755): string => {
      const path = join(directory, name)
      writeFileSync(path, `#!/bin/sh\n${text}\n`)
      chmodSync(path, mode)
      return path
    }
    const speed = program('speed', `echo talk; echo "{\\"value\\": $(cat ${directory}/value), \\"unit\\": \\"B/s\\"}"`)
    const hangs = program('hangs', `sleep 1000 & echo $! > ${directory}/child; wait`)
    const waiting = `while [ ! -e ${directory}/enough ]; do sleep 0.1; done; echo '{"value": 1, "unit": "s"}'`
    const lasts = program('lasts', `echo $$ > ${directory}/child; ${waiting}`)
    const open = program('open', 'echo "{}"', 0o777)
    const file = join(directory, 'checks.toml')
    const check = (id: string, path: string, more = ''): string =>
      `[[check]]\nid = "${id}"\nargv = ["${path}"]\n${more}\n`
    writeFileSync(
      file,
      check('speed', speed) + check('hangs', hangs, 'timeout = "700ms"') + check('open', open) + check('lasts', lasts),
    )
    writeFileSync(join(directory, 'value'), '1e9')
    return [`--checks=${file}`, '--check-interval=1d']
  })
  fleet.startAgent('one', 1, await tokenOf(fleet, '--auto-approve'))
  await untilState(fleet, 'available')
  return fleet
}

async function machineOf(fleet: LocalFleet): Promise<string> {
  const [machine] = await fleet.json('machines', 'list')
  return String(machine?.['name'])
}

test.serial('a machine is measured when it is let in, apart from its agent, and leaves nothing behind', async (t) => {
  const fleet = await measuredFleet(t)
  const machine = await machineOf(fleet)
  const series = await fleet.json('check', 'results', machine)
  const measured = series.filter(({ unit }) => unit === 'B/s' || unit === 'hash/s').map(({ check }) => String(check))
  for (const own of OWN) if (own !== 'disk-write') t.true(measured.includes(own), `${own} of ${measured.join(', ')}`)
  t.false(
    series.some(({ check }) => check === 'speed'),
    'it is no part of a validation',
  )
  t.deepEqual(readdirSync(join(fleet.directory, 'one.scratch')), [])
  await fleet.kill('coordinator', 'SIGKILL')
  await fleet.startCoordinator()
  t.deepEqual(await fleet.json('check', 'results', machine), series)
  t.is((await fleet.billet('run', '--tenant', 'a', '--', '/bin/true')).code, 0)
})

test.serial("a site's program finds what became slow, and the machine is nobody's until it is well", async (t) => {
  const fleet = await measuredFleet(t)
  const machine = await machineOf(fleet)
  const checked = () => fleet.billet('check', machine, '--only', 'speed')
  for (let round = 0; round < 6; round += 1) t.is((await checked()).code, 0)
  writeFileSync(join(fleet.directory, 'value'), '4e8')
  const slow = await checked()
  t.is(slow.code, 1, slow.stderr)
  t.regex(slow.stdout, /speed is 400 MB\/s, 60 % below the 1 GB\/s that it had at first/)
  t.regex((await fleet.billet('machines', 'show', machine)).stdout, /check-speed, warning, cordon: speed is 400 MB/)
  await fleet.billet('run', '--tenant', 'a', '-d', '--', '/bin/true')
  t.is(await countOf(fleet, 'available'), 1)

  writeFileSync(join(fleet.directory, 'value'), '1.01e9')
  t.is((await checked()).code, 0)
  const done = async () => (await fleet.billet('workloads', 'list')).stdout.includes('succeeded')
  await until('the one that waited has run', done)
})

test.serial('a program that hangs is ended with all it began, and one that others may write is not run', async (t) => {
  const fleet = await measuredFleet(t)
  const machine = await machineOf(fleet)
  const hung = await fleet.billet('check', machine, '--only', 'hangs')
  t.is(hung.code, 1)
  t.regex(hung.stdout, /hangs failed: it did not end within 0\.7 s/)
  const child = Number(readFileSync(join(fleet.directory, 'child'), 'utf8'))
  await until('what it began is gone', async () => !alive(child))
  const open = await fleet.billet('check', machine, '--only', 'open')
  t.is(open.code, 0)
  t.regex(open.stdout, /open +skipped .* unknown/)
  t.true(existsSync(join(fleet.directory, 'open')))
})

const withCgroups = onlyWhere(
  test.serial,
  isRoot && readFileSync('/proc/self/mounts', 'utf8').includes(' cgroup2 '),
  'root and cgroup v2',
)

withCgroups('what an agent was measuring when it was killed is ended by the next, which measures anew', async (t) => {
  const fleet = await measuredFleet(t)
  const machine = await machineOf(fleet)
  const child = join(fleet.directory, 'child')
  const begun = async (): Promise<number> => {
    await until('it measures', async () => existsSync(child) && readFileSync(child, 'utf8') !== '')
    return Number(readFileSync(child, 'utf8'))
  }
  await fleet.billet('check', machine, '--only', 'lasts', '--no-wait')
  const first = await begun()
  await fleet.kill('one', 'SIGKILL')
  rmSync(child)
  t.true(alive(first), 'nobody ends it')
  fleet.startAgent('one', 1, '')
  t.not(await begun(), first)
  await until('it is gone', async () => !alive(first))
  writeFileSync(join(fleet.directory, 'enough'), '')
  await untilState(fleet, 'available')
  const [lasts] = await fleet.json('check', 'results', machine, '--only', 'lasts')
  t.is(lasts?.['unit'], 's')
})

test.serial('a machine that a tenant holds is not measured', async (t) => {
  const fleet = await measuredFleet(t)
  const machine = await machineOf(fleet)
  await fleet.billet('run', '--tenant', 'a', '-d', '--', '/bin/sleep', '60')
  await untilState(fleet, 'allocated')
  const refused = await fleet.billet('check', machine)
  t.is(refused.code, 1)
  t.regex(refused.stderr, /is allocated for tenant a/)
})
