import test from 'ava'
import { Fleet } from './fixture.ts'
import { running } from './scripts.ts'

test('a machine that is refused keeps no other from being checked, and its refusal is the exit code', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('one', running)
  t.is((await fleet.run('run', '--tenant', 'a', '-d', '--', '/bin/true')).code, 0)
  await fleet.machine('two')
  const checked = await fleet.run('check', 'one', 'two')
  t.is(checked.code, 1)
  t.regex(checked.stderr, /^billet: mch-\w+: .*one \(mch-\w+\) is allocated for tenant a[^\n]*\n$/)
  t.regex(checked.stdout, /^MACHINE .*\ntwo +disks +0 +- +0 \+-0 of 1 +well /)
})
