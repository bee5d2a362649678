import { join } from 'node:path'
import test from 'ava'
import { Fleet, billet, directory } from './fixture.ts'

test('telemetry is asked for at the command line, as a table and as JSON', async (t) => {
  const fleet = await Fleet.open(t)
  for (const [index, name] of ['node-1', 'node-2'].entries()) {
    const agent = await fleet.machine(name)
    agent.say({ schema: { id: 1, metrics: [{ name: 'node_load1', kind: 1 }] } })
    for (let ago = 20; ago >= 0; ago -= 10) {
      const time = { seconds: Math.floor(Date.now() / 1000) - ago, nanos: 0 }
      agent.say({ sample: { schema_id: 1, time, values: [index + ago / 8] } })
    }
    await agent.settled()
  }
  const { stdout } = await fleet.run('telemetry', 'query', 'node_load1', '--top', '2')
  t.is(stdout, 'HOSTNAME  VALUE\nnode-2    1\nnode-1    0\n2 of 2 machines have such a metric.\n')
  const most = await fleet.run('telemetry', 'query', 'node_load1', '--each', 'max', '--combine', 'sum', '--by', 'class')
  t.is(most.stdout, 'CLASS           VALUE\nx64-128t-1024g  6\n2 of 2 machines have such a metric.\n')
  const steps = await fleet.run('telemetry', 'query', 'node_load1', '--over', '1m', '--step', '5s', '--bottom', '1')
  t.regex(steps.stdout, /^HOSTNAME( +\d\d:\d\d:\d\d){10}\nnode-1 .*-.* 0(?: +-)*\n/)
  t.regex(steps.stdout, /\nThe first 2 of 12 steps are left out; -o json has all\.\n/)
  const documents = await fleet.json('telemetry', 'query', 'node_load1', '--machines', 'hostname = node-2')
  t.is(documents.length, 1)
  t.like(documents[0], { values: [1], step_seconds: 300 })
  t.is((await fleet.run('telemetry', 'query', 'nothing')).stdout, '0 of 2 machines have such a metric.\n')

  const wrong = async (...argv: readonly string[]) => {
    const { code, stderr } = await fleet.run('telemetry', 'query', ...argv)
    return `${code} ${stderr}`
  }
  t.regex(await wrong('up{'), /^2 .*column 4: expected label="value"/)
  t.regex(await wrong('up', '--combine', 'p101'), /^2 .*--combine: expected sum, mean, min, max, count, or p0 to p100/)
  t.regex(await wrong('up', '--each', 'first'), /^2 .*--each: expected one of last, min, max, mean, rate/)
  t.regex(await wrong('up', '--by', 'rack'), /^2 .*--by: expected machine, hostname, class, tenant, label.KEY/)
  t.regex(await wrong('up', '--by', 'class'), /^2 .*--by: say what becomes of each group/)
  t.regex(await wrong('up', '--top', '1', '--bottom', '1'), /^2 .*Expected --top or --bottom, got both/)
  t.regex(await wrong('up', '--machines', 'x =='), /^2 .*--machines: column/)
  t.regex(await wrong('up', '--end', 'noon'), /^2 .*--end: expected a time/)
})

test('what a machine’s kernel told is asked for by the machine', async (t) => {
  const fleet = await Fleet.open(t)
  const agent = await fleet.machine('node-1')
  t.is(
    (await fleet.run('machines', 'kernel-events', 'node-1')).stdout,
    'Its kernel has told of no fault since the boot.\n',
  )
  const time = { seconds: 1_700_000_000, nanos: 0 }
  const told = { event: 'xid', subject: '79 0000:0f:00', count: 2, first_time: time, last_time: time, message: 'NVRM' }
  agent.say({ kernel_events: { events: [told] } })
  await agent.settled()
  const { stdout } = await fleet.run('machines', 'kernel-events', 'node-1')
  t.is(stdout.split('\n')[1], '2023-11-14T22:13:20  xid    79 0000:0f:00  2      NVRM')
  t.like((await fleet.json('machines', 'kernel-events', 'node-1'))[0], { event: 'xid', count: 2 })
})

test('a context for a tenant is written once, and opens telemetry alone', async (t) => {
  const fleet = await Fleet.open(t)
  const file = join(directory(t), 'red.json')
  const data = join(fleet.contextFile, '..')
  const write = () => billet(['coordinator', 'tenant-context', 'red', file, '--data-dir', data])
  const first = await write()
  t.deepEqual([first.code, first.stderr], [0, ''])
  t.regex((await write()).stderr, /is there already; it is not replaced/)
  const as = (...argv: readonly string[]) => billet(argv, { BILLET_CONFIG: file })
  t.is((await as('telemetry', 'query', 'up')).stdout, '0 of 0 machines have such a metric.\n')
  t.regex((await as('machines', 'list')).stderr, /A tenant's certificate does not allow this call/)
  const other = await billet(['coordinator', 'tenant-context', 'red', `${file}.2`, '--data-dir', directory(t)])
  t.regex(other.stderr, /is no coordinator's data directory/)
  t.not(other.code, 0)
})
