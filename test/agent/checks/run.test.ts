import test from 'ava'
import { type CheckOrder, CHECKS_WITHIN } from '../../../shared/model/check.ts'
import { ok, refuse } from '../../../shared/model/result.ts'
import { type Milliseconds, instant, milliseconds, minutes } from '../../../shared/model/time.ts'
import { type CheckWorld, runChecks } from '../../../agent/checks/run.ts'

const order = (id: string, argv: readonly string[] = []): CheckOrder => ({
  id,
  argv,
  output: 'lines',
  timeout: minutes(5),
  memoryBytes: 1e9,
})

function world(more: Partial<CheckWorld> = {}, each: Milliseconds = milliseconds(10)) {
  let at = 0
  const ran: CheckOrder[] = []
  const told: string[][] = []
  const own: CheckWorld = {
    clock: { now: () => instant(0), monotonic: () => milliseconds(at) },
    runner: ['/agent', 'check'],
    file: '/scratch/.check',
    trusted: (program) => (program === '/open' ? refuse('/open can be written to by others') : ok()),
    execute: (asked, environment) => {
      ran.push(asked)
      told.push(Object.keys(environment))
      at += each
      return Promise.resolve({ stdout: '{"value": 1}', failure: null })
    },
    ...more,
  }
  return { own, ran, told }
}

test("its own checks are this program's, a site's are its own, and each says how long it took", async (t) => {
  const { own, ran, told } = world()
  const results = await runChecks([order('loopback'), order('burn', ['/burn', '-x'])], own)
  t.deepEqual(
    ran.map(({ argv }) => argv),
    [
      ['/agent', 'check', 'loopback', '/scratch/.check'],
      ['/burn', '-x'],
    ],
  )
  t.deepEqual(told, [['UV_THREADPOOL_SIZE'], []])
  t.like(results, [
    { check: 'loopback', outcome: { kind: 'measured', value: 1 }, durationMs: 10 },
    { check: 'burn', outcome: { kind: 'measured', value: 1 }, durationMs: 10 },
  ])
})

test('what cannot be run here is skipped, and says nothing of the machine', async (t) => {
  const { own, ran } = world({ runner: null })
  const results = await runChecks([order('loopback'), order('newer-check'), order('open', ['/open'])], own)
  t.deepEqual(ran, [])
  t.deepEqual(
    results.map(({ outcome }) => outcome),
    [
      { kind: 'skipped', reason: 'this agent has no program to run it apart' },
      { kind: 'skipped', reason: 'this agent does not know it' },
      { kind: 'skipped', reason: '/open can be written to by others' },
    ],
  )
})

test('all together end before the validation is overdue', async (t) => {
  const { own, ran } = world({}, minutes(5))
  const results = await runChecks(
    Array.from({ length: 5 }, (_, index) => order(`c${index}`, ['/c'])),
    own,
  )
  t.deepEqual(
    ran.map(({ timeout }) => timeout),
    [minutes(5), minutes(5), CHECKS_WITHIN - minutes(10)],
  )
  t.deepEqual(
    results.slice(3).map(({ outcome }) => outcome.kind),
    ['skipped', 'skipped'],
  )
})
