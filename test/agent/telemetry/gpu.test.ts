import test, { type ExecutionContext } from 'ava'
import { GpuSource } from '../../../agent/telemetry/gpu.ts'
import { minutes, seconds } from '../../../shared/model/time.ts'
import { Children } from '../../fixtures/children.ts'
import { gpuLine } from '../../fixtures/nvidia/lines.ts'
import { type ManualClock, type Tree, manualClock, tree } from '../../fixtures/proc/tree.ts'

const READER = ['/usr/bin/billet-agent', 'gpu-reader'] as const

class Stage extends Children {
  readonly clock: ManualClock = manualClock()
  readonly machine: Tree
  readonly source: GpuSource

  constructor(t: ExecutionContext, reader: readonly [string, ...string[]] | null = READER) {
    super()
    this.machine = tree(t)
    const { clock, start } = this
    const { proc } = this.machine
    this.source = new GpuSource({ proc, reader, isReleased: () => false, command: 'nvidia-smi', clock, start })
  }

  installDriver(): this {
    this.machine.write('proc/driver/nvidia/version', 'NVRM version: NVIDIA UNIX\n')
    return this
  }
}

const UNLOADABLE = '{"kind":"unloadable","reason":"libnvidia-ml.so.1 cannot be loaded"}\n'

test('without a driver nothing is started and nothing is amiss, and one that comes later is found', (t) => {
  const on = new Stage(t)
  t.is(on.source.refresh(), null)
  t.is(on.started.length, 0)
  t.is(on.source.metrics.length, 0)
  on.installDriver()
  on.clock.advance(seconds(30))
  on.source.refresh()
  t.deepEqual(on.newest.argv, READER)
})

test('where the library cannot be called, nvidia-smi is read, and that is said', (t) => {
  const on = new Stage(t).installDriver()
  on.source.refresh()
  on.newest.events.output(UNLOADABLE)
  t.regex(on.source.refresh() ?? '', /^only what nvidia-smi tells, since libnvidia-ml/)
  t.is(on.newest.argv[0], 'nvidia-smi')
  on.newest.events.output(gpuLine(0))
  on.source.refresh()
  t.is(on.source.metrics[0]?.name, 'DCGM_FI_DEV_GPU_UTIL')
  t.is(on.source.values[0], 97)
})

test('the library is tried again after an hour, once nvidia-smi is gone', (t) => {
  const on = new Stage(t).installDriver()
  on.source.refresh()
  on.newest.events.output(UNLOADABLE)
  on.source.refresh()
  const nvidiaSmi = on.newest
  on.clock.advance(minutes(61))
  on.source.refresh()
  t.true(nvidiaSmi.killed)
  t.is(on.started.length, 2)
  nvidiaSmi.events.ended('ended with SIGKILL')
  on.source.refresh()
  on.source.refresh()
  t.deepEqual(on.newest.argv, READER)
})

test('a program that cannot be its own reader reads nvidia-smi, and nothing is amiss', (t) => {
  const on = new Stage(t, null).installDriver()
  t.is(on.source.refresh(), null)
  t.is(on.newest.argv[0], 'nvidia-smi')
})

test('devices are let go of, whoever reads them, and nothing is started before they are taken again', async (t) => {
  for (const reader of [READER, null]) {
    const on = new Stage(t, reader).installDriver()
    t.true(await on.source.release(seconds(1)))
    on.source.refresh()
    t.is(on.started.length, 0)
    on.source.take()
    on.source.refresh()
    const child = on.newest
    const released = on.source.release(seconds(1))
    t.true(child.hungUp || child.killed)
    child.events.ended('ended with exit code 0')
    t.true(await released)
    on.clock.advance(minutes(10))
    on.source.refresh()
    t.is(on.started.length, 1)
    on.source.take()
    on.source.refresh()
    t.is(on.started.length, 2)
    on.source.close()
    t.true(on.newest.killed)
  }
})
