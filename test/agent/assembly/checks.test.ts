import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import { type CheckRunner, LocalChecks, type NetworkAsked } from '../../../agent/assembly/checks.ts'
import { idSource } from '../../../shared/model/ids.ts'
import { type Milliseconds, seconds } from '../../../shared/model/time.ts'
import { manualClock } from '../../fixtures/proc/tree.ts'

function checks(t: ExecutionContext, runner: (directory: string) => CheckRunner) {
  const directory = mkdtempSync(join(tmpdir(), 'billet-checks-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const paths = { state: directory, scratch: directory, run: directory }
  const host = {
    facts: { root: false, cgroupRoot: null, controllers: [], deviceGroups: [], rootTasksAllowed: false, paths },
    cgroup: { kind: 'absent', reason: 'a test' },
    bootId: 'boot',
    tenantUids: null,
  } as const
  const clock = manualClock()
  const local = new LocalChecks({ clock, host, scratch: directory, runner: runner(directory) })
  return { local, directory }
}

const asked = (timeout: Milliseconds, program = ''): NetworkAsked => ({
  workload: idSource(randomBytes).workload(),
  rank: 1,
  peers: [0, 1, 2].map((rank) => ({ rank, address: `10.0.0.${rank}`, group: '' })),
  check: { bandwidthLeast: 0 },
  port: 29_500,
  program,
  timeout,
})

/** Says how long it would wait for its neighbours. */
const SAYS_PATIENCE =
  "console.log(JSON.stringify({ value: JSON.parse(process.argv[2]).patienceMs / 1000, unit: 'seconds' }))"

for (const [limit, patience] of [
  [600, 560],
  [80, 40],
  [30, 15],
] as const) {
  test(`of ${limit} s for the check of the network, a rank waits ${patience} s for the others`, async (t) => {
    const { local } = checks(t, () => [process.execPath, '-e', SAYS_PATIENCE])
    t.deepEqual(await local.network(asked(seconds(limit))), { ok: true, value: [`network: ${patience} seconds`] })
  })
}

test("a site's program for the network is told of its ranks, whatever runs the agent's own", async (t) => {
  const program = (directory: string): string => join(directory, 'program')
  const { local, directory } = checks(t, (own) => [program(own), 'check'])
  const text = '#!/bin/sh\necho "{\\"value\\": $BILLET_RANK, \\"unit\\": \\"rank\\"}"\n'
  writeFileSync(program(directory), text)
  chmodSync(program(directory), 0o755)
  const found = await local.network(asked(seconds(30), program(directory)))
  t.deepEqual(found, { ok: true, value: ['network: 1 rank'] })
})
