import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { until } from '../../demo/fleet.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { countOf, fleetOf, tokenOf, untilState } from './fixture.ts'

const asRoot = onlyWhere(test.serial, isRoot, 'root')

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

asRoot("the site's prolog and epilog run around each task, and a machine where one fails is held back", async (t) => {
  const fleet = await fleetOf(t)
  const { directory } = fleet
  const [prolog, epilog, said, broken] = ['prolog', 'epilog', 'said', 'broken'].map((name) => join(directory, name))
  const script = (name: string, more: string) =>
    `#!/bin/sh\n${more}\necho "${name} $BILLET_TENANT $(ls "$BILLET_SCRATCH")" >> ${said}\n`
  writeFileSync(`${prolog}`, script('prolog', `[ ! -e ${broken} ] || { echo "no licence" >&2; exit 1; }`))
  writeFileSync(`${epilog}`, script('epilog', ''))
  for (const path of [`${prolog}`, `${epilog}`]) chmodSync(path, 0o755)
  const own = [`--prolog=${prolog}`, `--epilog=${epilog}`]
  fleet.startAgent('one', 1, await tokenOf(fleet, '--auto-approve'), own)
  await untilState(fleet, 'available')
  t.is((await fleet.billet('run', '--tenant', 'a', '--', '/bin/sh', '-c', 'echo x > result')).code, 0)
  await untilState(fleet, 'available')
  t.is(readFileSync(`${said}`, 'utf8'), 'prolog a \nepilog a result\n')

  writeFileSync(`${broken}`, '')
  const failed = await fleet.billet('run', '--tenant', 'b', '--', '/bin/true')
  t.regex(failed.stderr, /could not start: the prolog of this machine failed: .*no licence/)
  await untilState(fleet, 'quarantined')
  rmSync(`${broken}`)
  const machine = (await fleet.billet('machines', 'list', '-o', 'name')).stdout.trim()
  t.is((await fleet.billet('machines', 'revalidate', machine)).code, 0)
  await untilState(fleet, 'available')
})
