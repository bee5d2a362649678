import { chmodSync, existsSync, readFileSync } from 'node:fs'
import test from 'ava'
import * as fc from 'fast-check'
import { startChild } from '../../../agent/telemetry/child.ts'
import { NvidiaSmiSource } from '../../../agent/telemetry/nvidia_smi.ts'
import { parseGpuLine } from '../../../agent/telemetry/nvidia_smi_line.ts'
import { openSampler } from '../../../agent/telemetry/sampler.ts'
import { instant, minutes, seconds } from '../../../shared/model/time.ts'
import { Children, pausesOf } from '../../fixtures/children.ts'
import { gpuLine, gpuUuid } from '../../fixtures/nvidia/lines.ts'
import { type ManualClock, manualClock, tree } from '../../fixtures/proc/tree.ts'
import { until } from '../runtime/fixture.ts'

class Stage extends Children {
  readonly clock: ManualClock = manualClock()
  isReleased = false
  readonly source = new NvidiaSmiSource({
    command: 'nvidia-smi',
    isReleased: () => this.isReleased,
    clock: this.clock,
    start: this.start,
  })
}

function running(): Stage {
  const on = new Stage()
  on.source.refresh()
  return on
}

test('a line tells a device and its quantities; what it does not tell is missing', (t) => {
  const whole = parseGpuLine(gpuLine(3).trim())
  t.deepEqual(whole, {
    ok: true,
    value: {
      index: 3,
      uuid: gpuUuid(3),
      model: 'NVIDIA H200',
      values: [97, 41, 120_345, 22_655, 63, 512.37, 1980, 3201],
    },
  })
  const partly = parseGpuLine(`0, ${gpuUuid(0)}, Tesla T4, [N/A], [Not Supported], 1, 2, [Unknown Error], N/A, 3, 4`)
  t.true(partly.ok && partly.value.values.filter(Number.isNaN).length === 4)
})

test('a malformed line is refused with the field that is wrong', (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /expected 11 fields/],
    ['Unable to determine the device handle for GPU 0000:41:00.0: GPU is lost.', /GPU is lost/],
    [gpuLine(0).replace('0, ', '99, '), /index/],
    [gpuLine(0).replace(gpuUuid(0), 'GPU-1'), /uuid/],
    [gpuLine(0).replace('512.37', '512 W'), /power\.draw/],
    [gpuLine(0).replace('1980', '1e9'), /clocks\.sm/],
  ]
  for (const [line, expected] of cases) {
    const parsed = parseGpuLine(line)
    t.regex(parsed.ok ? '' : parsed.error, expected, line)
  }
  fc.assert(fc.property(fc.string(), (line) => !parseGpuLine(line).ok))
})

test('eight devices are told in the order of their indices, by a child that is started once', (t) => {
  const on = running()
  on.newest.events.output([7, 6, 5, 4, 3, 2, 1, 0].map((index) => gpuLine(index)).join(''))
  t.is(on.source.refresh(), null)
  t.is(on.source.metrics.length, 64)
  t.deepEqual(on.source.metrics[8]?.labels, { gpu: '1', UUID: gpuUuid(1), modelName: 'NVIDIA H200' })
  t.is(on.source.values[8], 97)
  const shape = on.source.metrics
  on.clock.advance(seconds(10))
  on.newest.events.output(gpuLine(1, 12))
  on.source.refresh()
  t.is(on.source.values[8], 12)
  t.is(on.source.metrics, shape)
  t.is(on.started.length, 1)
})

test('lines may come in pieces', (t) => {
  const on = running()
  for (const character of gpuLine(0) + gpuLine(1)) on.newest.events.output(character)
  on.source.refresh()
  t.is(on.source.metrics.length, 16)
})

test('a device that falls silent goes missing after three beats, the others stay', (t) => {
  const on = running()
  on.newest.events.output(gpuLine(0) + gpuLine(1))
  for (let beat = 0; beat < 3; beat += 1) {
    on.clock.advance(seconds(10))
    on.newest.events.output(gpuLine(1))
    on.source.refresh()
  }
  t.is(on.source.values[0], Number.NaN)
  t.is(on.source.values[8], 97)
})

test('a hung child is killed, said so, and not joined by another before it is gone', (t) => {
  const on = running()
  on.newest.events.output(gpuLine(0))
  on.clock.advance(seconds(31))
  t.is(on.source.refresh(), 'nvidia-smi is silent')
  t.true(on.newest.killed)
  on.clock.advance(minutes(10))
  on.source.refresh()
  t.is(on.started.length, 1)
  on.newest.events.ended('ended with SIGKILL')
  on.clock.advance(seconds(1))
  on.source.refresh()
  t.is(on.started.length, 2)
  on.newest.events.output(gpuLine(0))
  t.is(on.source.refresh(), null)
})

test('the driver’s first answer may take a minute', (t) => {
  const on = running()
  on.clock.advance(seconds(59))
  on.source.refresh()
  t.false(on.newest.killed)
  on.clock.advance(seconds(1))
  on.source.refresh()
  t.true(on.newest.killed)
})

test('a child that keeps dying is started after pauses that double, up to five minutes', (t) => {
  const { pauses, said } = pausesOf(new Stage(), 11, 'ended with exit code 9')
  t.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
  t.deepEqual(said, ['nvidia-smi ended with exit code 9'])
})

test('another beat needs another child, and the old one’s late words count for nothing', (t) => {
  const on = running()
  t.true(on.newest.argv.includes('--loop=10'))
  on.source.setBeat(seconds(1))
  const old = on.newest
  t.true(old.killed)
  old.events.output(gpuLine(0))
  old.events.ended('ended with SIGKILL')
  on.clock.advance(seconds(1))
  t.is(on.source.refresh(), null)
  t.true(on.newest.argv.includes('--loop=1'))
  t.is(on.source.metrics.length, 0)
})

test('endless lines and any other output end in words, never in an exception', (t) => {
  const on = running()
  on.newest.events.output('x'.repeat(70_000))
  t.regex(on.source.refresh() ?? '', /more than 65536 characters/)
  t.true(on.newest.killed)

  const other = running()
  fc.assert(
    fc.property(fc.string(), (text) => {
      other.newest.events.output(text)
      other.source.refresh()
      return other.source.metrics.length === 0
    }),
  )
})

test('a closed source starts nothing again until it is to take the devices again', (t) => {
  const on = running()
  on.source.close()
  t.true(on.newest.killed)
  on.newest.events.ended('ended with SIGKILL')
  on.clock.advance(minutes(10))
  on.source.refresh()
  t.is(on.started.length, 1)
  on.source.take()
  on.source.refresh()
  t.is(on.started.length, 2)
})

test('a person who wants the devices has them from the next beat on', (t) => {
  const on = running()
  on.isReleased = true
  on.source.refresh()
  t.true(on.newest.killed)
  on.newest.events.ended('ended with SIGKILL')
  on.clock.advance(minutes(5))
  on.source.refresh()
  t.is(on.started.length, 1)
  on.isReleased = false
  on.source.refresh()
  t.is(on.started.length, 2)
})

test('a real child is read, with few open files allowed, and killed by its id at the end', async (t) => {
  const machine = tree(t)
  const script = `${machine.root}/nvidia-smi`
  machine.write('proc/driver/nvidia/version', 'NVRM\n')
  machine.write(
    'nvidia-smi',
    `#!/bin/sh
echo $$ > ${machine.root}/pid
ulimit -n > ${machine.root}/files
while true; do
printf '${gpuLine(0).trim()}\\n'
sleep 0.05
done
`,
  )
  chmodSync(script, 0o755)
  const { proc, sys, kernelLog } = machine
  const sampler = openSampler({ clock: manualClock(), proc, sys, kernelLog, nvidiaSmi: script })
  t.teardown(() => sampler.close())
  const seen = (): boolean => {
    sampler.sample(instant(1))
    return sampler.schema().metrics.some((metric) => metric.name === 'DCGM_FI_DEV_POWER_USAGE')
  }
  await until(seen)
  const pid = readFileSync(`${machine.root}/pid`, 'utf8').trim()
  t.is(readFileSync(`${machine.root}/files`, 'utf8').trim(), '1024')
  t.deepEqual(sampler.problems(), [])
  t.true(existsSync(`/proc/${pid}`))
  sampler.close()
  await until(() => !existsSync(`/proc/${pid}`))
})

test('a real child’s end is told with what it complained of', async (t) => {
  const machine = tree(t)
  machine.write('fails', '#!/bin/sh\necho "NVIDIA-SMI has failed: no driver" >&2\nexit 9\n')
  chmodSync(`${machine.root}/fails`, 0o755)
  const endOf = async (program: string): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>()
    startChild([program], { output: () => undefined, ended: resolve })
    return promise
  }
  t.is(await endOf(`${machine.root}/fails`), 'ended with exit code 9: NVIDIA-SMI has failed: no driver')
  t.regex(await endOf(`${machine.root}/none`), /ended with exit code 127.*not found/)
})
