import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { until } from '../../demo/fleet.ts'
import { countOf, fleetOf, isRoot, tokenOf, untilState } from './fixture.ts'

const asRoot = isRoot ? test.serial : test.skip

/** Tests beside this one mount, listen and load as they need. */
const IGNORED = 'file:*,setuid:*,sysctl:*,module:*,listener:*,mount:*'

asRoot("a machine whose hand-back fails a site's own step is nobody's until the step passes", async (t) => {
  const fleet = await fleetOf(t)
  const { directory } = fleet
  const [steps, broken] = [join(directory, 'steps'), join(directory, 'broken')]
  mkdirSync(steps)
  const look = `[ ! -e ${broken} ] || { echo "the rack is on fire" >&2; exit 1; }`
  writeFileSync(join(steps, '10-look'), `#!/bin/sh\n${look}\necho "epoch $BILLET_EPOCH"\n`)
  chmodSync(join(steps, '10-look'), 0o755)
  const token = await tokenOf(fleet, '--auto-approve')
  const own = ['--sanitise-scope=machine', `--sanitise-steps=${steps}`, `--baseline-ignore=${IGNORED}`]
  fleet.startAgent('one', 1, token, own)
  await untilState(fleet, 'available')
  t.true(existsSync(join(directory, 'one', 'baseline.json')), 'what the machine is while it is clean is kept')

  t.is((await fleet.billet('run', '--tenant', 'a', '--', '/bin/true')).code, 0)
  await untilState(fleet, 'available')
  const [machine = ''] = (await fleet.billet('machines', 'list')).stdout.split('\n')[1]?.split(' ') ?? []
  const clean = (await fleet.billet('machines', 'show', machine)).stdout
  t.regex(clean, /ok +site .*10-look.* epoch 1/)
  t.regex(clean, /ok +compare_baseline/)

  writeFileSync(broken, '')
  t.is((await fleet.billet('run', '--tenant', 'b', '--', '/bin/true')).code, 0)
  await untilState(fleet, 'quarantined')
  t.regex((await fleet.billet('machines', 'show', machine)).stdout, /the rack is on fire/)
  await fleet.billet('run', '--tenant', 'c', '-d', '--', '/bin/true')
  t.is(await countOf(fleet, 'quarantined'), 1)

  rmSync(broken)
  t.is((await fleet.billet('machines', 'revalidate', machine)).code, 0)
  const done = async () => (await fleet.billet('workloads', 'list')).stdout.match(/succeeded/g)?.length === 3
  await until('the one that waited has run', done)
})
