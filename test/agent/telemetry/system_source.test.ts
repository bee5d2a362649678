import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import { startChild } from '../../../agent/telemetry/child.ts'
import { openSampler } from '../../../agent/telemetry/sampler.ts'
import { SystemSource } from '../../../agent/telemetry/system_source.ts'
import { milliseconds, minutes, seconds } from '../../../shared/model/time.ts'
import { hasProgram, onlyWhere } from '../../conditional.ts'
import { Children } from '../../fixtures/children.ts'
import { type ManualClock, manualClock, tree } from '../../fixtures/proc/tree.ts'
import { healthLog, nvmeFile } from '../../fixtures/system/pages.ts'
import { type SystemStandIn, systemStandIn } from '../../fixtures/system/standin.ts'
import { until } from '../runtime/fixture.ts'

class Stage extends Children {
  readonly clock: ManualClock = manualClock()
  readonly source: SystemSource

  constructor(t: ExecutionContext) {
    super()
    this.source = new SystemSource({ reader: ['reader'], clock: this.clock, start: this.start })
    t.teardown(() => this.source.close())
  }

  say(...messages: readonly unknown[]): void {
    this.newest.events.output(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
  }
}

function valueOf(source: SystemSource, name: string, device: string): number | undefined {
  return source.values[source.metrics.findIndex((one) => one.name === name && one.labels['device'] === device)]
}

const asking = (about: string): unknown => ({ kind: 'asking', about })
const USED = 'smartctl_device_percentage_used'
const metric = (name: string, labels = {}): unknown => ({ name, unit: '', kind: 'gauge', labels })
const SHAPE = {
  kind: 'shape',
  metrics: [metric('node_timex_sync_status'), metric(USED, { device: 'nvme0' }), metric(USED, { device: 'nvme1' })],
}
const VALUES = { kind: 'values', values: [1, 7, 8], problem: null }

function answering(t: ExecutionContext): Stage {
  const on = new Stage(t)
  on.source.refresh()
  on.say(asking('nvme0'), asking('nvme1'), SHAPE, VALUES)
  on.source.refresh()
  return on
}

test('what was read stands between rounds, and goes missing when it is old', (t) => {
  const on = answering(t)
  t.is(valueOf(on.source, USED, 'nvme1'), 8)
  t.is(on.source.synchronised, 1)
  on.clock.advance(minutes(14))
  t.is(on.source.refresh(), null)
  t.is(valueOf(on.source, USED, 'nvme1'), 8)
  on.clock.advance(minutes(1))
  on.source.refresh()
  t.is(valueOf(on.source, USED, 'nvme1'), Number.NaN)
  t.is(on.source.synchronised, Number.NaN)
  t.is(on.started.length, 1)
})

test('a disk that hangs is noticed, named, and asked last by the next reader; others are told', (t) => {
  const on = answering(t)
  const problem = 'the disk nvme0 does not answer when it is asked for its health'
  on.say(asking('nvme0'))
  on.clock.advance(seconds(89))
  t.is(on.source.refresh(), null)
  t.is(valueOf(on.source, 'billet_disk_hung', 'nvme0'), undefined)
  on.clock.advance(seconds(1))
  t.is(on.source.refresh(), problem)
  t.true(on.newest.killed)
  on.source.refresh()
  t.is(valueOf(on.source, 'billet_disk_hung', 'nvme0'), 1)
  on.clock.advance(minutes(60))
  t.is(on.source.refresh(), problem)
  t.is(on.started.length, 1)
  // The kernel lets go of it at last.
  on.newest.events.ended('ended with SIGKILL')
  on.clock.advance(seconds(1))
  on.source.refresh()
  t.deepEqual(on.newest.argv, ['reader', 'nvme0'])
  on.say(asking('nvme1'), SHAPE, VALUES, asking('nvme0'))
  on.source.refresh()
  t.is(valueOf(on.source, USED, 'nvme1'), 8)
  t.is(valueOf(on.source, 'billet_disk_hung', 'nvme0'), 1)
  t.is(on.source.refresh(), problem)
  on.say(VALUES)
  t.is(on.source.refresh(), null)
  t.is(valueOf(on.source, 'billet_disk_hung', 'nvme0'), 0)
})

test('a disk that a reader asked before its own end is not answered for by the next reader', (t) => {
  const on = answering(t)
  const next = (): void => {
    on.newest.events.ended('ended with SIGKILL')
    on.clock.advance(minutes(5))
    on.source.refresh()
  }
  on.say(asking('nvme0'))
  on.clock.advance(seconds(90))
  on.source.refresh()
  next()
  on.say(asking('nvme0'))
  next()
  t.is(on.started.length, 3)
  on.say(asking('nvme1'), SHAPE, VALUES)
  on.source.refresh()
  t.is(valueOf(on.source, 'billet_disk_hung', 'nvme0'), 1)
})

test('a reader that cannot make system calls ends it, with a word', (t) => {
  const on = new Stage(t)
  on.source.refresh()
  on.say({ kind: 'unloadable', reason: 'there is no libc.so.6' })
  on.newest.events.ended('ended with exit code 0')
  on.clock.advance(minutes(60))
  t.is(on.source.refresh(), 'disks are not asked, since there is no libc.so.6')
  t.is(on.started.length, 1)
  t.deepEqual(on.source.metrics, [])
})

test('where there is no reader, nothing is told and nothing is amiss', (t) => {
  const children = new Children()
  const source = new SystemSource({ reader: null, clock: manualClock(), start: children.start })
  t.is(source.refresh(), null)
  t.is(children.started.length, 0)
  t.is(source.synchronised, Number.NaN)
})

const withGcc = onlyWhere(test, hasProgram('gcc'), 'gcc')
const PROGRAM = join(import.meta.dirname, '../../../bin/billet-agent.ts')
const readerOf = ({ library, sys, dev }: SystemStandIn) =>
  [process.execPath, PROGRAM, 'system-reader', '--library', library, '--sys', sys, '--dev', dev] as const

/** A true reader of stand-ins, in a process of its own. */
function real(t: ExecutionContext, machine: SystemStandIn) {
  const clock = manualClock()
  const pids: number[] = []
  const source = new SystemSource({
    reader: readerOf(machine),
    clock,
    start: (argv, events) => {
      const child = startChild(argv, events)
      pids.push(child.pid ?? 0)
      return child
    },
  })
  t.teardown(() => source.close())
  return { clock, pids, source }
}

const isThere = (pid: number | undefined): boolean => existsSync(`/proc/${pid ?? 0}`)

withGcc('a true reader tells, lets go when it is asked to, and is followed by another', async (t) => {
  const machine = systemStandIn(t)
  machine.nvme('nvme0', nvmeFile())
  const { clock, pids, source } = real(t, machine)
  await until(() => source.refresh() === null && valueOf(source, USED, 'nvme0') === 3)
  t.is(source.synchronised, 1)
  t.true(await source.release(seconds(20)))
  t.false(isThere(pids[0]))
  machine.nvme('nvme0', nvmeFile(healthLog({ used: 90 })))
  source.refresh()
  t.is(pids.length, 1)
  source.take()
  clock.advance(seconds(1))
  await until(() => source.refresh() === null && valueOf(source, USED, 'nvme0') === 90)
})

withGcc('a true reader that hangs in a disk is killed; the next one tells of the others first', async (t) => {
  const machine = systemStandIn(t)
  machine.nvme('nvme0', nvmeFile(healthLog(), { hangs: true }))
  machine.nvme('nvme1', nvmeFile())
  const { clock, pids, source } = real(t, machine)
  const refreshed = (): string | null => {
    clock.advance(milliseconds(500))
    return source.refresh()
  }
  await until(() => refreshed() !== null)
  t.is(source.refresh(), 'the disk nvme0 does not answer when it is asked for its health')
  await until(() => !isThere(pids[0]))
  await until(() => refreshed() !== null && valueOf(source, USED, 'nvme1') === 3)
  t.is(valueOf(source, 'billet_disk_hung', 'nvme0'), 1)
  t.true(pids.length >= 2)
})

withGcc('a disk that hung and was pulled out is hung no more', async (t) => {
  const machine = systemStandIn(t)
  machine.nvme('nvme0', nvmeFile(healthLog(), { hangs: true }))
  const { clock, source } = real(t, machine)
  const refreshed = (): string | null => {
    clock.advance(milliseconds(500))
    return source.refresh()
  }
  await until(() => refreshed() !== null)
  t.is(valueOf(source, 'billet_disk_hung', 'nvme0'), 1)
  machine.remove('sys/class/nvme/nvme0')
  await until(() => refreshed() === null)
  t.is(valueOf(source, 'billet_disk_hung', 'nvme0'), 0)
})

withGcc('a sampler tells of disks among all else', async (t) => {
  const machine = systemStandIn(t)
  machine.nvme('nvme0', nvmeFile())
  const { proc, sys, kernelLog } = tree(t)
  const clock = manualClock()
  const sampler = openSampler({ clock, proc, sys, kernelLog, systemReader: readerOf(machine) })
  t.teardown(() => sampler.close())
  const value = (name: string): number | undefined => {
    const { values } = sampler.sample(clock.now())
    return values[sampler.schema().metrics.findIndex((one) => one.name === name)]
  }
  await until(() => value(USED) === 3)
  t.is(value('billet_clock_synchronized'), 1)
  t.deepEqual(await sampler.release(seconds(20)), [])
})
