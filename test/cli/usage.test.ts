import test from 'ava'
import { Fleet } from './fixture.ts'
import { running } from './scripts.ts'

test('usage is printed by tenant and class, and by day where that is asked for', async (t) => {
  const fleet = await Fleet.open(t)
  for (const name of ['one', 'two']) await fleet.machine(name, running)
  for (const name of ['red', 'blue']) t.is((await fleet.run('run', '--tenant', name, '-d', '--', 'x')).code, 0)
  const { stdout } = await fleet.run('usage', '--tenant', 'red')
  t.regex(stdout, /^TENANT +CLASS +MACHINE-HOURS +GPU-HOURS +ENERGY +METERED\nred +x64-[^ ]+ +0\.\d\d +0\.00 +- +0%\n$/)
  const today = new Date().toISOString().slice(0, 10)
  const documents = await fleet.json('usage', '--daily', '--from', today)
  t.deepEqual(
    documents.map((document) => document['tenant']),
    ['tenants/blue', 'tenants/red'],
  )
  t.regex((await fleet.run('usage', '--daily')).stdout, /^DAY +TENANT[^]*\n\d{4}-\d\d-\d\d +blue /)
  t.is(
    (await fleet.run('usage', '--to', '2020-01-01')).stdout,
    'TENANT  CLASS  MACHINE-HOURS  GPU-HOURS  ENERGY  METERED\n',
  )
  t.regex((await fleet.run('usage', '--from', 'monday')).stderr, /--from: expected a day such as 2026-12-24/)
})
