import test from 'ava'
import { Fleet, dig } from './fixture.ts'
import { running } from './scripts.ts'

test('a plan says where a workload would run, or why it would wait and what would help', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1', running)
  const plan = (...options: readonly string[]) => fleet.run('plan', '--tenant', 'a', ...options, '--', 'x')
  t.regex((await plan()).stdout, /^It would start at once:\n {2}rank 0: mch-\S+\n$/)
  const { stdout } = await plan('-n', '2')
  t.regex(stdout, /^It would wait:\n {2}- 2 machines are asked for, and only 1 machine of the fleet would do/)
  t.regex(stdout, /- With 1 machine in place of 2 it could start at once\.\n/)
  t.regex((await plan('-l', 'a=b')).stdout, /- Without label a=b it could start at once\.\n/)
  const [told] = await fleet.json('plan', '--tenant', 'a')
  t.regex(String(dig(told, 'machines', '0')), /^machines\/mch-/)
  t.deepEqual(await fleet.json('workloads', 'list'), [])
  t.is((await plan('--require', 'gpu.count >')).code, 2)
})

test('an array is submitted once, listed by its first, and each of it knows its number', async (t) => {
  const fleet = await Fleet.open(t)
  const first = (await fleet.run('run', '--tenant', 'a', '-d', '--array', '3:2', '--', 'x')).stdout.trim()
  await fleet.run('run', '--tenant', 'a', '-d', '--', 'x')
  const listed = await fleet.json('workloads', 'list', '--array', first)
  t.deepEqual(
    listed.map((one) => dig(one, 'array_index')).toSorted((left, right) => Number(left) - Number(right)),
    [0, 1, 2],
  )
  t.is((await fleet.run('run', '--tenant', 'a', '-d', '--array', '2000', '--', 'x')).code, 2)
})
