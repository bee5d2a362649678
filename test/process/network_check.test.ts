import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type LocalFleet, until } from '../../demo/fleet.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { countOf, fleetOf, tokenOf } from './fixture.ts'

const asRoot = onlyWhere(test.serial, isRoot, 'root')

/** No other test listens there. */
const PORT = 29_517

async function pairOf(t: Parameters<typeof fleetOf>[0], program = ''): Promise<LocalFleet> {
  const fleet = await fleetOf(t)
  const token = await tokenOf(fleet, '--auto-approve', '--uses', '2')
  const path = join(fleet.directory, 'network')
  if (program !== '') {
    writeFileSync(path, `#!/bin/sh\n${program.replaceAll('DIR', fleet.directory)}\n`)
    chmodSync(path, 0o755)
  }
  const options = [`--master-port=${PORT}`, ...(program === '' ? [] : [`--network-check=${path}`])]
  fleet.startAgent('one', 1, token, options)
  fleet.startAgent('two', 2, token, options)
  await until('two machines are there', async () => (await countOf(fleet, 'available')) === 2)
  return fleet
}

const logOf = (fleet: LocalFleet, name: string): string => readFileSync(join(fleet.directory, `${name}.log`), 'utf8')

asRoot(
  'a gang begins once its machines reach each other, at the rate that it asks for, or fails and says why',
  async (t) => {
    const fleet = await pairOf(t)
    const gang = ['run', '--tenant', 'a', '-n', '2']
    const unasked = await fleet.billet(...gang, '--', '/bin/true')
    t.is(unasked.code, 0, unasked.stderr)
    t.false(logOf(fleet, 'one').includes('the network was checked'))

    const reached = await fleet.billet(...gang, '--check-network', '--', '/bin/true')
    t.is(reached.code, 0, reached.stderr)
    for (const name of ['one', 'two'])
      t.regex(logOf(fleet, name), /"network rank-[01]: [\d.]+ [MG]B\/s","latency rank-/)

    const slow = await fleet.billet(...gang, '--check-network', '900TB/s', '--', '/bin/true')
    t.is(slow.code, 125)
    t.regex(
      slow.stderr,
      /from rank [01] at 127\.0\.0\.1[12] to rank [01] .*: [\d.]+ [MG]B\/s, and at least 900 TB\/s are/,
    )
  },
)

asRoot("a site's own program checks the network in place of the agent's, and knows who its peers are", async (t) => {
  const fleet = await pairOf(
    t,
    'echo "$BILLET_RANK of $BILLET_RANKS at $BILLET_PEERS wants $BILLET_BANDWIDTH_LEAST" >> DIR/said\n' +
      'if [ -e DIR/broken ]; then echo \'{"check": "allreduce", "failure": "3 of 8 rails are down"}\'; else\n' +
      'echo \'{"check": "allreduce", "value": 4.6e11, "unit": "B/s"}\'; fi',
  )
  const gang = ['run', '--tenant', 'a', '-n', '2', '--check-network', '1GB/s', '--', '/bin/true']
  t.is((await fleet.billet(...gang)).code, 0)
  const said = readFileSync(join(fleet.directory, 'said'), 'utf8').trim().split('\n')
  for (const rank of [0, 1]) {
    t.true(
      said.some((line) => new RegExp(`^${rank} of 0,1 at 127.0.0.1[12],127.0.0.1[12] wants 1000000000$`).test(line)),
    )
  }
  writeFileSync(join(fleet.directory, 'broken'), '')
  const broken = await fleet.billet(...gang)
  t.is(broken.code, 125)
  t.regex(broken.stderr, /3 of 8 rails are down/)
})
