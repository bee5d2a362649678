import test from 'ava'
import { Fleet, dig } from './fixture.ts'
import { running } from './scripts.ts'

const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean)

test('tenants are listed and shown with what they have and may have', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1', running)
  await fleet.run('run', '--tenant', 'red', '-d', '--', 'x')
  await fleet.run('run', '--tenant', 'blue', '-d', '--', 'x')
  t.is((await fleet.run('tenants', 'set', 'blue', '--share', '2.5', '--quota', '8', '--quota', 'large=3')).code, 0)
  const [header, ...rows] = lines((await fleet.run('tenants', 'list')).stdout)
  t.regex(header ?? '', /^TENANT +SHARE +USED +HELD +BORROWED +WAITING +QUOTAS$/)
  t.regex(rows[0] ?? '', /^blue +2\.5 +0\.0h +0 +- +1 +8 large=3$/)
  t.regex(rows[1] ?? '', /^red +1 +0\.0h +1 +- +0$/)
  t.is((await fleet.run('tenants', 'list', '-o', 'name')).stdout, 'tenants/blue\ntenants/red\n')
  const shown = (await fleet.run('tenants', 'show', 'blue')).stdout
  t.regex(shown, /^Tenant: +blue\nShare: +2\.5\nUsed: +0\.0h, [^\n]+\nHolds: +no machines\nWaiting: +1 workload\n/)
  t.regex(shown, /\nQuota: +0 of 8 of all classes\nQuota: +0 of 3 of class large\n$/)
  t.regex((await fleet.run('tenants', 'show', 'tenants/red')).stdout, /Holds: +1 of class x64-[^]*\nQuota: +none\n$/)
  const [document] = await fleet.json('tenants', 'show', 'red')
  t.like(document, { name: 'tenants/red', share: 1, waiting_workloads: 0 })
  t.deepEqual(dig(document, 'held_machines'), { 'x64-128t-1024g': 1 })
})

test('share and quotas are set one by one, and taken away', async (t) => {
  const fleet = await Fleet.open(t)
  const read = async (...argv: readonly string[]) => {
    const [document] = await fleet.json('tenants', ...argv)
    return [dig(document, 'share'), dig(document, 'quotas')]
  }
  const all = [{ hardware_class: '', limit: 0, unlimited: false, guaranteed: 0 }]
  const large = [{ hardware_class: 'a=b', limit: 2, unlimited: false, guaranteed: 0 }]
  t.deepEqual(await read('set', 'red', '--quota', '0'), [1, all])
  t.deepEqual(await read('set', 'red', '--share', '3'), [3, all])
  t.deepEqual(await read('set', 'red', '--quota', 'a=b=2'), [3, large], 'in place of those of before')
  t.deepEqual(await read('show', 'red'), [3, large])
  t.deepEqual(await read('set', 'red', '--no-quotas'), [3, []])
  const nobody = await fleet.run('tenants', 'show', 'nobody')
  t.is(nobody.code, 1)
  t.is(nobody.stderr, 'billet: There is no tenants/nobody.\n')
})

test('a quota holds a tenant back, says so, and holds back nobody else', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1', running)
  await fleet.run('tenants', 'set', 'red', '--quota', '0')
  const red = (await fleet.run('run', '--tenant', 'red', '-d', '--', 'x')).stdout.trim()
  const blue = (await fleet.run('run', '--tenant', 'blue', '-d', '--', 'x')).stdout.trim()
  const explained = await fleet.run('explain', red)
  t.regex(explained.stdout, /\n {2}- Its tenant red holds 0 of at most 0 machines, and it asks for 1 more\. /)
  t.is(dig((await fleet.json('explain', red))[0], 'refusals', '0', 'reason'), 'QUOTA_REACHED')
  t.regex((await fleet.run('workloads', 'show', blue)).stdout, /State: +(?:starting|running)/)
  await fleet.run('tenants', 'set', 'red', '--quota', '1')
  t.false((await fleet.run('explain', red)).stdout.includes('at most'))
})

test('what is borrowed is shown, planned for and taken back', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1', running)
  await fleet.machine('node-2', running)
  const submit = async (...argv: readonly string[]) => (await fleet.run('run', '-d', ...argv, '--', 'x')).stdout.trim()
  const first = await submit('--tenant', 'red', '--no-borrow')
  t.regex(
    (await fleet.run('explain', first)).stdout,
    /It asks not to borrow, and its tenant red is guaranteed no machines/,
  )
  const set = await fleet.run('tenants', 'set', 'red', '--quota', '1..')
  t.regex(set.stdout, /\nQuota: +[01] of all classes, 1 guaranteed\nBorrowed: +0 of what it holds\n$/)
  const lent = await submit('--tenant', 'red')
  for (const workload of [first, lent]) {
    t.regex((await fleet.run('workloads', 'show', workload)).stdout, /State: +(?:starting|running)/)
  }
  const over = await fleet.run('tenants', 'set', 'blue', '--quota', '2..3')
  t.regex(over.stdout, /\nWarning: +3 machines of the fleet are guaranteed to all tenants together, and it has 2\.\n$/)
  const [, ...rows] = lines((await fleet.run('tenants', 'list')).stdout)
  t.regex(rows[0] ?? '', /^blue +1 +0\.0h +0 +0 +0 +2\.\.3$/)
  t.regex(rows[1] ?? '', /^red +1 +0\.0h +2 +1 +0 +1\.\.$/)
  t.regex((await fleet.run('workloads', 'show', lent)).stdout, /\nBorrowed: +it may be stopped for another tenant/)
  t.notRegex((await fleet.run('workloads', 'show', first)).stdout, /\nBorrowed/)
  const planned = (await fleet.run('plan', '--tenant', 'blue', '--', 'x')).stdout
  t.true(
    planned.includes(
      `  - Workload ${lent} of tenant red (1 machine) would be stopped for it: its tenant has borrowed its machines.\n`,
    ),
    planned,
  )
  const own = await submit('--tenant', 'blue')
  t.regex(
    (await fleet.run('workloads', 'show', lent)).stdout,
    new RegExp(`State: +stopping: stopped for workload ${own}: tenant blue takes back what is guaranteed to it`),
  )
  t.true((await fleet.run('explain', own)).stdout.includes('  - Others are being stopped for it; '))
  const { stdout: events } = await fleet.run('events')
  t.regex(events, /WORKLOAD_RECLAIMED[^\n]*tenant blue takes back what is guaranteed to it, and waits again/)
})
