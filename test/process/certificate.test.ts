import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { until } from '../../demo/fleet.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { fleetOf, tokenOf, untilState } from './fixture.ts'

const asRoot = onlyWhere(test.serial, isRoot, 'root')

asRoot(
  'every release has a certificate that anyone with the authority can verify, chained to the one before',
  async (t) => {
    const fleet = await fleetOf(t)
    const { directory } = fleet
    fleet.startAgent('one', 1, await tokenOf(fleet, '--auto-approve'))
    await untilState(fleet, 'available')
    const machine = (await fleet.billet('machines', 'list', '-o', 'name')).stdout.trim()
    t.is((await fleet.billet('machines', 'certificate', machine)).code, 1)
    for (const tenant of ['a', 'b']) {
      t.is((await fleet.billet('run', '--tenant', tenant, '--', '/bin/true')).code, 0)
      await untilState(fleet, 'available')
    }
    const all = () => fleet.billet('machines', 'certificate', machine, '--all')
    await until('both are signed', async () => (await all()).stdout.trim().split('\n').length === 3)
    const [, first = '', second = ''] = (await all()).stdout.split('\n')
    t.regex(first, /^1 +mch-\S+ +\S+ +DEMO-one-\d+ +a +wkl-\S+ +1 .* yes$/)
    t.regex(second, /^2 .* +b +wkl-\S+ +2 .* yes$/)
    const newest = (await fleet.billet('machines', 'certificate', machine)).stdout
    t.regex(newest, /Tenant: {4}b, workload wkl-\S+, epoch 2\n/)
    t.regex(newest, / ok {2}verify_no_process: /)
    t.regex((await fleet.billet('machines', 'certificate', machine, '--epoch', '1')).stdout, /Follows: {3}none/)

    // The archive, and what is exported, are verified with the authority's certificate alone.
    const data = join(directory, 'coordinator')
    const [month = ''] = readdirSync(join(data, 'certificates'))
    const archive = join(data, 'certificates', month)
    const authority = join(data, 'identity', 'ca.pem')
    const verify = (file: string) => fleet.billet('machines', 'certificate', '--verify', file, '--ca', authority)
    t.is((await verify(archive)).code, 0)
    const text = readFileSync(archive, 'utf8')
    const copy = join(directory, 'copy.jsonl')
    writeFileSync(copy, text.replace('\\"tenant\\":\\"a\\"', '\\"tenant\\":\\"c\\"'))
    const forged = await verify(copy)
    t.is(forged.code, 1)
    t.regex(forged.stderr, /its signature is not that of its statement/)
    const other = await fleetOf(t)
    const foreign = join(other.directory, 'coordinator', 'identity', 'ca.pem')
    const refused = await fleet.billet('machines', 'certificate', '--verify', archive, '--ca', foreign)
    t.regex(refused.stderr, /its key was not certified by this fleet's authority/)
  },
)
