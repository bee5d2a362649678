import { hours, minutes } from '../../shared/model/time.ts'
import test from 'ava'
import { type Document, Fleet, dig } from './fixture.ts'
import { exiting, running } from './scripts.ts'

const EXPRESSION = 'memory >= 1TiB and label.tier in (gold, "b:5")'

/** The name of a workload that is only submitted. */
async function submitted(fleet: Fleet, ...options: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await fleet.run('run', '--tenant', 'a', '-d', ...options, '--', 'x')
  if (code !== 0) throw new Error(`${options.join(' ')}: ${stderr}`)
  return stdout.trim()
}

const specOf = async (fleet: Fleet, name: string): Promise<unknown> =>
  dig((await fleet.json('workloads', 'show', name))[0], 'spec')

const reasons = (documents: readonly Document[]): readonly unknown[] => {
  const refusals = dig(documents[0], 'refusals')
  return Array.isArray(refusals) ? refusals.map((refusal) => dig(refusal, 'reason')) : []
}

test('what a workload asks of machines and of their places goes to the coordinator and is shown', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1', running)
  const [machine] = await fleet.json('machines', 'list')
  const first = await submitted(fleet)
  const wanted = [
    ['--class', 'large', '--gpus', '8', '--memory', '64GiB', '-l', 'a=b'],
    ['--require', EXPRESSION, '--require', 'arch = x64', '--prefer', 'gpu.model ~ "*H100*":20'],
    ['--prefer', 'label.port = "a:5"', '--prefer', 'kernel > 6.1:-3', '--exclude', 'node-1', '--same-class'],
    ['--pack', 'row', '--spread', 'rack:2', '--group', 'ps:2:memory >= 512GiB', '--group', 'any:1', '-n', '4'],
    ['--after', first, '--after', `workloads/${first}:ended`, '--start-after', '2099-02-03T04:05:06.5+02:00'],
    ['--preempts', '--preemptible'],
  ].flat()
  const name = await submitted(fleet, ...wanted)
  const spec = await specOf(fleet, name)
  const excluded_machines = [machine?.['name']]
  t.like(dig(spec, 'constraints'), {
    require: `(${EXPRESSION}) and (arch = x64)`,
    prefer: [
      { expression: 'gpu.model ~ "*H100*"', weight: 20 },
      { expression: 'label.port = "a:5"', weight: 1 },
      { expression: 'kernel > 6.1', weight: -3 },
    ],
    excluded_machines,
  })
  const arrangement = { pack_level: 'row', pack_required: false, spread_level: 'rack', spread_most: 2 }
  t.deepEqual(dig(spec, 'arrangement'), { ...arrangement, same_class: true })
  t.like(dig(spec, 'groups', '0'), {
    name: 'ps',
    machine_count: 2,
    task: null,
    constraints: { require: 'memory >= 512GiB', excluded_machines },
  })
  t.like(dig(spec, 'groups', '1'), { name: 'any', machine_count: 1, constraints: { require: '' } })
  t.deepEqual(dig(spec, 'dependencies'), [
    { workload: `workloads/${first}`, condition: 1 },
    { workload: `workloads/${first}`, condition: 2 },
  ])
  t.is(dig(spec, 'start_after_time', 'seconds'), Date.UTC(2099, 1, 3, 2, 5, 6) / 1000)
  t.deepEqual(dig(spec, 'preemption'), { preempts: true, preemptible: true })
  const shown = (await fleet.run('workloads', 'show', name)).stdout
  const required = `(${EXPRESSION}) and (arch = x64)`
  const node = String(machine?.['name']).slice('machines/'.length)
  for (const line of [
    'Machines:  7',
    `Requires:  class large; label a=b; at least 8 GPUs; at least 64.0 GiB memory; ${required}; none of ${node}`,
    'Prefers:   gpu.model ~ "*H100*", with weight 20',
    'Prefers:   label.port = "a:5", with weight 1',
    'Arranged:  within one row if that can be; at most 2 in one rack; all of one hardware class',
    `Group:     ps: 2 machines: memory >= 512GiB; none of ${node}`,
    `Group:     any: 1 machine: none of ${node}`,
    `After:     ${first} has succeeded`,
    `After:     ${first} has ended`,
    'Preempts:  workloads of lower priority that allow it',
    'Yields:    to workloads of higher priority',
    'Starts:    not before 2099-02-03T02:05:06.500Z',
  ]) {
    t.true(shown.includes(`\n${line}\n`), `${line} in ${shown}`)
  }
})

test('a workload that asks for nothing is shown with no line on it', async (t) => {
  const fleet = await Fleet.open(t)
  const shown = (await fleet.run('workloads', 'show', await submitted(fleet))).stdout
  t.notRegex(shown, /Requires|Prefers|Arranged|Group|After|Preempts|Yields|Starts/)
  t.regex(shown, /\nMachines: {2}1\nTask:/)
})

test('a start so long from now is told as a time', async (t) => {
  const fleet = await Fleet.open(t)
  for (const [given, length] of [
    ['90m', minutes(90)],
    ['1.5h', hours(1.5)],
  ] as const) {
    const before = Date.now()
    const spec = await specOf(fleet, await submitted(fleet, '--start-after', given))
    const at = Number(dig(spec, 'start_after_time', 'seconds')) * 1000
    t.true(at >= before + length - 1000 && at <= Date.now() + length, `${at}`)
  }
})

test('whatever stands against a workload is explained', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1', running)
  const held = await submitted(fleet)
  const stands = async (reason: string, sentence: RegExp, ...options: readonly string[]) => {
    const name = await submitted(fleet, ...options)
    t.true(reasons(await fleet.json('explain', name)).includes(reason), reason)
    const { stdout } = await fleet.run('explain', name)
    t.regex(stdout, /^wkl-\S+ is queued: waits for (?:machines|wkl-.*)\n {2}- /)
    t.regex(stdout, sentence)
  }
  await stands(
    'REQUIREMENT',
    /1 machine does not meet what it requires: gpu\.count >= 8\./,
    '--require',
    'gpu.count>=8',
  )
  await stands('EXCLUDED', /1 machine is among the machines that it excludes by name\./, '--exclude', 'node-1')
  await stands('DEPENDENCY', new RegExp(`- It waits for ${held} to have failed\\.`), '--after', `${held}:failed`)
  await stands('NOT_BEFORE', /- It is not to start before a time that is 7\d\d\d s away\./, '--start-after', '2h')
  await stands('REQUIREMENT', /- For group big: 1 machine does not meet/, '--group', 'big:1:gpu.count>=8')
  const nobody = await fleet.run('run', '--tenant', 'a', '-d', '--after', 'wkl-0000000000000000', '--', 'x')
  t.is(nobody.code, 1)
  t.regex(nobody.stderr, /^billet: There is no workload wkl-0000000000000000\.\n$/)
})

test('one workload runs after another, and on a machine of each shape', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1', exiting({ code: 0 }))
  await fleet.machine('node-2', exiting({ code: 0 }))
  await fleet.run('machines', 'label', 'node-2', '--set', 'tier=gold')
  const shapes = ['--require', 'label.tier not exists', '--group', 'gold:1:label.tier = GOLD']
  const first = await submitted(fleet, ...shapes)
  const second = await fleet.run('run', '--tenant', 'a', '--after', first, '--on', 'node-2', '--', 'x')
  t.is(second.code, 0, second.stderr)
  const placed = await fleet.json('placements', 'list', '-a', '--workload', first)
  const ranks = placed.map(({ rank, hostname }) => `${String(rank)} ${String(hostname)}`)
  t.deepEqual(ranks.toSorted(), ['0 node-1', '1 node-2'])
})

test('while it waits for a time it says so once, and not every second', async (t) => {
  const fleet = await Fleet.open(t)
  await fleet.machine('node-1', exiting({ code: 0 }))
  const { code, stderr } = await fleet.run('run', '--tenant', 'a', '--start-after', '3s', '--', 'x')
  t.is(code, 0)
  t.is([...stderr.matchAll(/not to start before/g)].length, 1, stderr)
})
