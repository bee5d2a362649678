import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { LocalFleet, until } from '../../demo/fleet.ts'

const asRoot = process.geteuid?.() === 0 ? test.serial : test.skip

asRoot('a coordinator restored from an older backup learns from the agents, and nothing runs twice', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'billet-test-'))
  chmodSync(directory, 0o755)
  const fleet = new LocalFleet(directory)
  t.teardown(async () => {
    await fleet.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  const [data, copy] = [join(directory, 'coordinator'), join(directory, 'copy')]
  await fleet.startCoordinator()
  const token = (await fleet.billet('tokens', 'create', '--auto-approve')).stdout.trim()
  fleet.startAgent('one', 1, token)
  const isAvailable = async () => (await fleet.json('machines', 'list', '--state', 'available')).length === 1
  await until('the machine is available', isAvailable)
  await fleet.kill('coordinator', 'SIGTERM')
  execFileSync('cp', ['-a', data, copy])

  await fleet.startCoordinator()
  await until('the machine is available again', isAvailable)
  t.is((await fleet.billet('run', '--tenant', 'a', '--', '/bin/true')).code, 0)
  const long = await fleet.billet('run', '--tenant', 'a', '-d', '--', '/bin/sleep', '600')
  await until('it runs', async () => (await fleet.billet('workloads', 'list')).stdout.includes('running'))
  await fleet.kill('coordinator', 'SIGKILL')
  rmSync(data, { recursive: true })
  execFileSync('cp', ['-a', copy, data])

  await fleet.startCoordinator()
  t.not((await fleet.billet('workloads', 'show', long.stdout.trim())).code, 0, 'the copy knows nothing of it')
  await until('the machine is held back', async () => {
    return (await fleet.json('machines', 'list', '--state', 'quarantined')).length === 1
  })
  const [machine = ''] = (await fleet.billet('machines', 'list')).stdout.split('\n')[1]?.split(' ') ?? []
  t.regex((await fleet.billet('machines', 'show', machine)).stdout, /its agent has seen epoch 2, newer than/)
  t.regex((await fleet.billet('events')).stdout, /its agent has seen epoch 2, newer than/)
  t.is((await fleet.billet('machines', 'revalidate', machine)).code, 0)
  await until('the machine is available once more', isAvailable)
  const after = await fleet.billet('run', '--tenant', 'b', '--', '/bin/sh', '-c', 'pgrep -c -x sleep -u "$(id -u)"')
  t.is(after.stdout.trim(), '0')
})
