import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import test from 'ava'
import { LocalFleet, until } from '../../demo/fleet.ts'

const asRoot = process.geteuid?.() === 0 ? test.serial : test.skip

/** Tests beside this one mount, listen and load as they need. */
const IGNORED = 'file:*,setuid:*,sysctl:*,module:*,listener:*,mount:*'

asRoot("a machine whose hand-back fails a site's own step is nobody's until the step passes", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'billet-test-'))
  chmodSync(directory, 0o755)
  const fleet = new LocalFleet(directory)
  t.teardown(async () => {
    await fleet.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  const [steps, broken] = [join(directory, 'steps'), join(directory, 'broken')]
  mkdirSync(steps)
  const look = `[ ! -e ${broken} ] || { echo "the rack is on fire" >&2; exit 1; }`
  writeFileSync(join(steps, '10-look'), `#!/bin/sh\n${look}\necho "epoch $BILLET_EPOCH"\n`)
  chmodSync(join(steps, '10-look'), 0o755)
  await fleet.startCoordinator()
  const token = (await fleet.billet('tokens', 'create', '--auto-approve')).stdout.trim()
  const own = ['--sanitise-scope=machine', `--sanitise-steps=${steps}`, `--baseline-ignore=${IGNORED}`]
  fleet.startAgent('one', 1, token, own)
  const inState = (state: string) => async () => (await fleet.json('machines', 'list', '--state', state)).length === 1
  await until('the machine is available', inState('available'))
  t.true(existsSync(join(directory, 'one', 'baseline.json')), 'what the machine is while it is clean is kept')

  t.is((await fleet.billet('run', '--tenant', 'a', '--', '/bin/true')).code, 0)
  await until('the machine is available again', inState('available'))
  const [machine = ''] = (await fleet.billet('machines', 'list')).stdout.split('\n')[1]?.split(' ') ?? []
  const clean = (await fleet.billet('machines', 'show', machine)).stdout
  t.regex(clean, /ok +site .*10-look.* epoch 1/)
  t.regex(clean, /ok +compare_baseline/)

  writeFileSync(broken, '')
  t.is((await fleet.billet('run', '--tenant', 'b', '--', '/bin/true')).code, 0)
  await until('the machine is held back', inState('quarantined'))
  t.regex((await fleet.billet('machines', 'show', machine)).stdout, /the rack is on fire/)
  await fleet.billet('run', '--tenant', 'c', '-d', '--', '/bin/true')
  t.true(await inState('quarantined')())

  rmSync(broken)
  t.is((await fleet.billet('machines', 'revalidate', machine)).code, 0)
  const done = async () => (await fleet.billet('workloads', 'list')).stdout.match(/succeeded/g)?.length === 3
  await until('the one that waited has run', done)
})
