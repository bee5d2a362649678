import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { until } from '../../demo/fleet.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { fleetOf, tokenOf, untilState } from './fixture.ts'

const asRoot = onlyWhere(test.serial, isRoot, 'root')

asRoot('a coordinator restored from an older backup learns from the agents, and nothing runs twice', async (t) => {
  const fleet = await fleetOf(t)
  const { directory } = fleet
  const [data, copy] = [join(directory, 'coordinator'), join(directory, 'copy')]
  fleet.startAgent('one', 1, await tokenOf(fleet, '--auto-approve'))
  await untilState(fleet, 'available')
  await fleet.kill('coordinator', 'SIGTERM')
  execFileSync('cp', ['-a', data, copy])

  await fleet.startCoordinator()
  await untilState(fleet, 'available')
  t.is((await fleet.billet('run', '--tenant', 'a', '--', '/bin/true')).code, 0)
  const long = await fleet.billet('run', '--tenant', 'a', '-d', '--', '/bin/sleep', '600')
  await until('it runs', async () => (await fleet.billet('workloads', 'list')).stdout.includes('running'))
  await fleet.kill('coordinator', 'SIGKILL')
  rmSync(data, { recursive: true })
  execFileSync('cp', ['-a', copy, data])

  await fleet.startCoordinator()
  t.not((await fleet.billet('workloads', 'show', long.stdout.trim())).code, 0, 'the copy knows nothing of it')
  await untilState(fleet, 'quarantined')
  const [machine = ''] = (await fleet.billet('machines', 'list')).stdout.split('\n')[1]?.split(' ') ?? []
  t.regex((await fleet.billet('machines', 'show', machine)).stdout, /its agent has seen epoch 2, newer than/)
  t.regex((await fleet.billet('events')).stdout, /its agent has seen epoch 2, newer than/)
  t.is((await fleet.billet('machines', 'revalidate', machine)).code, 0)
  await untilState(fleet, 'available')
  const after = await fleet.billet('run', '--tenant', 'b', '--', '/bin/sh', '-c', 'pgrep -c -x sleep -u "$(id -u)"')
  t.is(after.stdout.trim(), '0')
})
