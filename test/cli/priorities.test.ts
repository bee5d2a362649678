import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { Fleet, dig, directory } from './fixture.ts'

const CLASSES = `
[[class]]
name = "usual"
priority = 10
default = true
comment = "what most is"
[[class]]
name = "urgent"
priority = 100
preempts = true
`

function open(t: ExecutionContext): Promise<Fleet> {
  const priorityClasses = join(directory(t), 'classes.toml')
  writeFileSync(priorityClasses, CLASSES)
  return Fleet.open(t, { priorityClasses })
}

test('priorities have names in what is run, listed and shown', async (t) => {
  const fleet = await open(t)
  const { stdout } = await fleet.run('priority-classes')
  t.regex(
    stdout,
    /^CLASS +PRIORITY +DEFAULT +PREEMPTS +COMMENT\nurgent +100 +- +yes *\nusual +10 +yes +- +what most is\n$/,
  )
  t.deepEqual(dig((await fleet.json('priority-classes', 'list'))[1], 'default'), true)
  const run = async (...argv: readonly string[]) => {
    const workload = (await fleet.run('run', '--tenant', 'a', ...argv, '-d', '--', 'x')).stdout.trim()
    const spec = dig((await fleet.json('workloads', 'show', workload))[0], 'spec')
    return { workload, said: [dig(spec, 'priority'), dig(spec, 'priority_class'), dig(spec, 'preemption', 'preempts')] }
  }
  const urgent = await run('--priority', 'urgent')
  t.deepEqual(urgent.said, [100, 'urgent', true])
  t.deepEqual((await run()).said, [10, 'usual', false])
  t.deepEqual((await run('--priority', '0')).said, [0, '', false], 'zero that was said is no default')
  t.deepEqual((await run('--priority', '-3')).said, [-3, '', false])
  t.deepEqual((await run('--priority', 'urgent', '--no-preempts')).said, [100, 'urgent', false])
  t.deepEqual((await run('--priority', '7', '--preempts')).said, [7, '', true])
  t.regex(
    (await fleet.run('workloads', 'list')).stdout,
    new RegExp(`${urgent.workload} +a +queued +1 +100 \\(urgent\\) `),
  )
  t.regex((await fleet.run('workloads', 'show', urgent.workload)).stdout, /\nPriority: +100 \(urgent\)\n/)
  const unknown = await fleet.run('run', '--tenant', 'a', '--priority', 'urgency', '-d', '--', 'x')
  t.is(unknown.stderr, 'billet: spec.priority_class: expected one of urgent, usual, got "urgency".\n')
})

test('the highest priority of a tenant is set, shown, held to and taken away', async (t) => {
  const fleet = await open(t)
  t.regex(
    (await fleet.run('tenants', 'set', 'a', '--max-priority', 'usual')).stdout,
    /\nPriority: at most 10 \(usual\)\n/,
  )
  const run = (...argv: readonly string[]) => fleet.run('run', '--tenant', 'a', ...argv, '-d', '--', 'x')
  t.is((await run('--priority', '10')).code, 0)
  const refused = await run('--priority', 'urgent')
  t.is(refused.code, 1)
  t.regex(
    refused.stderr,
    /tenant a may ask for no higher priority than 10, that of class usual, and this is 100, of class urgent/,
  )
  t.is((await fleet.run('plan', '--tenant', 'a', '--priority', '11', '--', 'x')).code, 1)
  t.regex((await fleet.run('tenants', 'set', 'a', '--max-priority', '-5')).stdout, /\nPriority: at most -5\n/)
  t.regex((await run()).stderr, /this is 10, of the default class usual/)
  t.notRegex((await fleet.run('tenants', 'set', 'a', '--no-max-priority')).stdout, /Priority/)
  t.is((await run('--priority', 'urgent')).code, 0)
})

test('a file of classes that is wrong keeps the coordinator from starting, and says where', async (t) => {
  const path = join(directory(t), 'classes.toml')
  writeFileSync(path, '[[class]]\nname = "urgent"\npriority = 5000\n')
  const refused = await t.throwsAsync(Fleet.open(t, { priorityClasses: path }))
  t.regex(
    refused?.message ?? '',
    /priority_classes: .*classes\.toml: class\.0\.priority: expected a whole number from -1000/,
  )
})
