import test from 'ava'
import { Fleet, dig } from './fixture.ts'
import { running } from './scripts.ts'

const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean)
const RESERVE = ['--machine', 'node-1', '--start', '2h', '--duration', '90m']

test('a reservation is made, listed, shown on its machine, changed and ended', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1', running)
  const made = await fleet.run('reservations', 'create', 'exam', '--tenant', 'red', ...RESERVE, '--comment', 'finals')
  t.is(made.code, 0, made.stderr)
  t.regex(
    made.stdout,
    /^Reservation: +rsv-\w{16} exam\nFor: +red\nState: +waiting\nWindow: +\S+Z to \S+Z\nRepeats: +no\n/,
  )
  const [header, ...rows] = lines((await fleet.run('reservations', 'list')).stdout)
  t.regex(header ?? '', /^RESERVATION +NAME +FOR +STATE +WINDOW +EVERY +MACHINES +HELD BY OTHERS$/)
  t.regex(rows[0] ?? '', /^rsv-\w{16} +exam +red +waiting +\S+Z to \S+Z +- +1 +0$/)
  t.regex((await fleet.run('machines', 'show', 'node-1')).stdout, /\nReserved: +exam for red: \S+Z to \S+Z\n/)
  const clash = await fleet.run('reservations', 'create', 'fans', '--upkeep', ...RESERVE)
  t.is(clash.code, 1)
  t.regex(
    clash.stderr,
    /^billet: Reservations fans and exam \(rsv-\w{16}\) would both have node-1 \(mch-\w{16}\) from /,
  )
  const [changed] = await fleet.json(
    'reservations',
    'set',
    'exam',
    '--every',
    'day',
    '--times',
    '3',
    '--tenant',
    'blue',
  )
  t.deepEqual(dig(changed, 'tenants'), ['tenants/blue'])
  t.is(dig(changed, 'timing', 'duration', 'seconds'), 5400, 'as it was')
  const [from, to] = ['start_time', 'last_start_time'].map((name) => Number(dig(changed, 'timing', name, 'seconds')))
  t.is((to ?? 0) - (from ?? 0), 2 * 86_400)
  t.regex((await fleet.run('reservations', 'end', 'exam')).stderr, /has no window open now/)
  t.regex((await fleet.run('reservations', 'delete', 'exam')).stdout, /State: +over\n/)
  t.is(lines((await fleet.run('reservations', 'list')).stdout).length, 1)
  t.is(lines((await fleet.run('reservations', 'list', '--all', '-o', 'name')).stdout).length, 1)
  t.regex(
    (await fleet.run('reservations', 'show', 'exam')).stderr,
    /^billet: There is no reservation "exam" that is not/,
  )
})

test('what would run into a window waits and says so; drain --by is such a window', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1', running)
  await fleet.run('machines', 'drain', 'node-1', '--by', '2h', '--reason', 'new fans')
  t.regex((await fleet.run('machines', 'show', 'node-1')).stdout, /\nReserved: +drain-\S+ for upkeep: from \S+Z\n/)
  const planned = await fleet.run('plan', '--tenant', 'red', '--', 'x')
  t.regex(planned.stdout, /1 machine is reserved for upkeep from \S+Z without an end: drain-/)
  t.regex(planned.stdout, /With a time limit of at most 1h5[78]m it could start at once\./)
  const brief = await fleet.run('plan', '--tenant', 'red', '--time-limit', '1h', '--', 'x')
  t.false(brief.stdout.includes('reserved'), brief.stdout)
  t.regex(
    (await fleet.run('run', '--tenant', 'red', '--reservation', 'exam', '-d', '--', 'x')).stderr,
    /no reservation exam/,
  )
  await fleet.run('machines', 'uncordon', 'node-1')
  t.regex((await fleet.run('machines', 'show', 'node-1')).stdout, /\nReserved: +none\n/)
})
