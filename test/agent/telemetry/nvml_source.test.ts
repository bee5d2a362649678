import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import test, { type ExecutionContext } from 'ava'
import * as fc from 'fast-check'
import { startChild } from '../../../agent/telemetry/child.ts'
import { NvmlSource } from '../../../agent/telemetry/nvml_source.ts'
import { minutes, seconds } from '../../../shared/model/time.ts'
import { hasProgram, onlyWhere } from '../../conditional.ts'
import { Children, pausesOf } from '../../fixtures/children.ts'
import { gpuUuid } from '../../fixtures/nvidia/lines.ts'
import { standIn } from '../../fixtures/nvml/standin.ts'
import { type ManualClock, type Tree, manualClock, tree } from '../../fixtures/proc/tree.ts'
import { until } from '../runtime/fixture.ts'

class Stage extends Children {
  readonly clock: ManualClock = manualClock()
  readonly machine: Tree
  readonly source: NvmlSource
  unloadable: string | null = null
  isReleased = false

  constructor(t: ExecutionContext) {
    super()
    this.machine = tree(t)
    this.source = new NvmlSource({
      proc: this.machine.proc,
      reader: ['reader'],
      clock: this.clock,
      start: this.start,
      isReleased: () => this.isReleased,
      unloadable: (reason) => {
        this.unloadable = reason
      },
    })
    t.teardown(() => this.source.close())
  }

  say(...messages: readonly unknown[]): void {
    this.newest.events.output(messages.map((message) => `${JSON.stringify(message)}\n`).join(''))
  }

  value(name: string, xid?: number): number | undefined {
    const index = this.source.metrics.findIndex(
      (metric) => metric.name === name && (xid === undefined || metric.labels['xid'] === String(xid)),
    )
    return index < 0 ? undefined : this.source.values[index]
  }
}

const ASKING = { kind: 'asking' }
const metric = (name: string): unknown => ({ name, unit: 'watts', kind: 'gauge', labels: { gpu: '0' } })
const SHAPE = { kind: 'shape', metrics: [metric('DCGM_FI_DEV_POWER_USAGE'), metric('DCGM_FI_DEV_GPU_TEMP')] }
const VALUES = { kind: 'values', values: [512.5, null], problem: null }

function answering(t: ExecutionContext): Stage {
  const on = new Stage(t)
  on.source.refresh()
  on.say(ASKING, ASKING, SHAPE, VALUES)
  on.source.refresh()
  return on
}

test('what the reader says is told, and goes missing when it is old', (t) => {
  const on = answering(t)
  t.is(on.value('DCGM_FI_DEV_POWER_USAGE'), 512.5)
  t.is(on.value('DCGM_FI_DEV_GPU_TEMP'), Number.NaN)
  t.is(on.value('billet_gpu_driver_hung'), 0)
  on.clock.advance(seconds(30))
  on.source.refresh()
  t.is(on.value('DCGM_FI_DEV_POWER_USAGE'), Number.NaN)
})

test('the reader hears of the beat, and keeps running', (t) => {
  const on = answering(t)
  on.source.setBeat(seconds(1))
  t.deepEqual(on.newest.said, ['beat 10000\n', 'beat 1000\n'])
  t.is(on.started.length, 1)
})

test('a driver that hangs is noticed in seconds, with the device that was asked; no second reader joins it', (t) => {
  const on = answering(t)
  on.machine.write('proc/4001/comm', 'billet-gpu 3\n')
  on.say(ASKING)
  on.clock.advance(seconds(7))
  t.is(on.source.refresh(), null)
  on.clock.advance(seconds(1))
  t.is(on.source.refresh(), 'the NVIDIA driver does not answer: GPU 3 was asked')
  t.true(on.newest.killed)
  t.is(on.value('billet_gpu_driver_hung'), 1)
  for (let minute = 0; minute < 60; minute += 1) {
    on.clock.advance(minutes(1))
    t.is(on.source.refresh(), 'the NVIDIA driver does not answer: GPU 3 was asked')
  }
  t.is(on.started.length, 1)
  t.is(on.value('DCGM_FI_DEV_POWER_USAGE'), Number.NaN)
  // The driver lets go at last.
  on.newest.events.ended('ended with SIGKILL')
  on.clock.advance(seconds(1))
  on.source.refresh()
  t.is(on.started.length, 2)
  t.is(on.value('billet_gpu_driver_hung'), 1)
  on.say(ASKING, SHAPE, VALUES)
  t.is(on.source.refresh(), null)
  t.is(on.value('billet_gpu_driver_hung'), 0)
})

test('opening the devices may take a minute, and no longer', (t) => {
  const on = new Stage(t)
  on.source.refresh()
  on.say(ASKING)
  on.clock.advance(seconds(59))
  t.is(on.source.refresh(), null)
  on.clock.advance(seconds(1))
  t.is(on.source.refresh(), 'the NVIDIA driver does not answer')
  t.true(on.newest.killed)
})

test('a reader that keeps dying is started after pauses that double, and says why it died', (t) => {
  const reason = 'ended with exit code 1: nvmlInit: driver not loaded'
  const { pauses, said } = pausesOf(new Stage(t), 11, reason)
  t.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
  t.deepEqual(said, [`the reader of the NVIDIA driver ${reason}`])
})

test('Xids are counted each, with the time of the newest, and outlive their reader', (t) => {
  const on = answering(t)
  const xid = (code: number): unknown => ({ kind: 'xid', uuid: gpuUuid(0), xid: code })
  on.say(xid(79), xid(48), xid(79))
  on.source.refresh()
  t.is(on.value('billet_gpu_xid_errors_total', 79), 2)
  t.is(on.value('billet_gpu_xid_errors_total', 48), 1)
  const first = on.value('billet_gpu_xid_last_time_seconds', 79) ?? 0
  on.newest.events.ended('ended with exit code 1')
  on.clock.advance(seconds(20))
  on.source.refresh()
  on.say(ASKING, xid(79), SHAPE, VALUES)
  on.source.refresh()
  t.is(on.value('billet_gpu_xid_errors_total', 79), 3)
  t.is(on.value('billet_gpu_xid_last_time_seconds', 79), first + 20)
  // Not as last value: that of another device or kind stays.
  t.is(on.value('billet_gpu_xid_errors_total', 48), 1)
  for (let code = 1; code < 1000; code += 1) on.say(xid(code))
  t.true(on.source.metrics.length < 200)
})

test('a library that cannot be loaded ends it', (t) => {
  const on = new Stage(t)
  on.source.refresh()
  on.say({ kind: 'unloadable', reason: 'no such file' })
  t.is(on.unloadable, 'no such file')
  t.true(on.newest.killed)
})

test('a reader that does not go is killed, and one that cannot be is told of', async (t) => {
  const on = answering(t)
  const released = await on.source.release(seconds(0.05))
  t.false(released)
  t.true(on.newest.hungUp)
  t.true(on.newest.killed)
  on.newest.events.ended('ended with SIGKILL')
  t.true(await on.source.release(seconds(0.05)))
})

test('a reader that was ended for a person is followed by another once they are done', (t) => {
  const on = answering(t)
  on.isReleased = true
  on.newest.events.ended('ended with SIGTERM')
  on.clock.advance(minutes(10))
  on.source.refresh()
  t.is(on.started.length, 1)
  on.isReleased = false
  on.source.refresh()
  t.is(on.started.length, 2)
})

test('whatever a reader prints, nothing throws and no metric is made up', (t) => {
  const on = answering(t)
  const count = on.source.metrics.length
  const bad: readonly unknown[] = [
    null,
    [],
    { kind: 'values' },
    { kind: 'values', values: ['1', 2], problem: null },
    { kind: 'values', values: [1, 2, 3], problem: null },
    { kind: 'shape', metrics: [{ name: 'a b', unit: '', kind: 'gauge', labels: {} }] },
    { kind: 'shape', metrics: [{ name: 'a', unit: '', kind: 'gauge', labels: { b: 1 } }] },
    { kind: 'xid', uuid: 'x', xid: -1 },
    { kind: 'unknown' },
  ]
  for (const message of bad) on.say(message)
  on.source.refresh()
  t.is(on.source.metrics.length, count)
  t.is(on.value('DCGM_FI_DEV_POWER_USAGE'), 512.5)
  const property = fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    on.newest.events.output(`${text}\n`)
    on.source.refresh()
    return on.source.metrics.length === count
  })
  t.notThrows(() => fc.assert(property))
  on.newest.events.output('x'.repeat(5 * 1024 * 1024))
  t.true(on.newest.killed)
})

const withGcc = onlyWhere(test, hasProgram('gcc'), 'gcc')
const READER = join(import.meta.dirname, '../../../bin/billet-agent.ts')

/** A true reader of a stand-in library, in a process of its own. */
function real(t: ExecutionContext, ...lines: readonly string[]) {
  const library = standIn(t, lines)
  const clock = manualClock()
  const pids: number[] = []
  const source = new NvmlSource({
    proc: '/proc',
    reader: [process.execPath, READER, 'gpu-reader', library.library],
    clock,
    start: (argv, events) => {
      const child = startChild(argv, events)
      pids.push(child.pid ?? 0)
      return child
    },
    isReleased: () => false,
    unloadable: (reason) => t.fail(reason),
  })
  t.teardown(() => source.close())
  const value = (name: string): number | undefined =>
    source.values[source.metrics.findIndex((one) => one.name === name)]
  return { library, clock, pids, source, value }
}

const isThere = (pid: number | undefined): boolean => existsSync(`/proc/${pid ?? 0}`)

withGcc('a true reader is read, lets go of the driver when asked to, and takes it up again', async (t) => {
  const { library, clock, pids, source, value } = real(t, 'devices 2', 'log')
  source.setBeat(seconds(0.1))
  await until(() => source.refresh() === null && value('DCGM_FI_DEV_POWER_USAGE') === 512.37)
  library.say('devices 2', 'log', 'device * power 100000', 'xid 1 79')
  await until(() => source.refresh() === null && value('DCGM_FI_DEV_POWER_USAGE') === 100)
  await until(() => source.refresh() === null && value('billet_gpu_xid_errors_total') === 1)
  t.true(await source.release(seconds(20)))
  t.false(isThere(pids[0]))
  t.is(library.calls().at(-1), 'nvmlShutdown')
  source.refresh()
  t.is(value('DCGM_FI_DEV_POWER_USAGE'), Number.NaN)
  t.is(pids.length, 1)
  source.take()
  clock.advance(seconds(1))
  await until(() => source.refresh() === null && value('DCGM_FI_DEV_POWER_USAGE') === 100)
  t.is(pids.length, 2)
})

withGcc('a true reader that hangs in the driver is killed, and says which device it asked', async (t) => {
  const { library, clock, pids, source, value } = real(t, 'devices 4')
  source.setBeat(seconds(0.1))
  await until(() => source.refresh() === null && value('DCGM_FI_DEV_POWER_USAGE') === 512.37)
  library.say('devices 4', 'hang 2 nvmlDeviceGetPowerUsage')
  await until(() => library.calls().includes('hangs'))
  const looked = (): string | null => {
    clock.advance(seconds(1))
    return source.refresh()
  }
  await until(() => looked() === 'the NVIDIA driver does not answer: GPU 2 was asked')
  t.is(value('billet_gpu_driver_hung'), 1)
  await until(() => !isThere(pids[0]))
})

withGcc('a reader ends with the agent', async (t) => {
  const { pids, source, value } = real(t, 'devices 1')
  await until(() => source.refresh() === null && value('DCGM_FI_DEV_POWER_USAGE') === 512.37)
  source.close()
  await until(() => !isThere(pids[0]))
  t.pass()
})
