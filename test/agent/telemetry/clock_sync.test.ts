import { utimesSync } from 'node:fs'
import test, { type ExecutionContext } from 'ava'
import { ClockSyncSource } from '../../../agent/telemetry/clock_sync.ts'
import { type Milliseconds, hours, minutes } from '../../../shared/model/time.ts'
import { manualClock, tree } from '../../fixtures/proc/tree.ts'

function machine(
  t: ExecutionContext,
  files: Readonly<Record<string, string>>,
  { up = hours(10), kernel = Number.NaN }: { readonly up?: Milliseconds; readonly kernel?: number } = {},
) {
  const made = tree(t, files)
  const clock = manualClock()
  const places = { run: `${made.root}/run`, lib: `${made.root}/lib` }
  const source = new ClockSyncSource({ clock, sinceBoot: () => up, kernel: () => kernel, ...places })
  const told = (): number | undefined => {
    clock.advance(minutes(1))
    t.is(source.refresh(), null)
    return source.values[0]
  }
  const written = (path: string, ago: number): void => {
    const at = (clock.now() - ago) / 1000
    utimesSync(`${made.root}/${path}`, at, at)
  }
  return { ...made, told, written }
}

test('systemd-timesyncd tells by a file', (t) => {
  const one = machine(t, { 'run/systemd/timesync/other': '' })
  t.is(one.told(), 0)
  one.write('run/systemd/timesync/synchronized', '')
  t.is(one.told(), 1)
})

test('chrony tells by when it wrote what it knows of the clock', (t) => {
  const one = machine(t, { 'lib/chrony/drift': '1 2\n' })
  one.written('lib/chrony/drift', hours(1))
  t.is(one.told(), 1)
  one.written('lib/chrony/drift', hours(4))
  t.is(one.told(), 0)
})

test('what was written before the boot says nothing yet', (t) => {
  const one = machine(t, { 'lib/chrony/drift': '1 2\n' }, { up: minutes(30) })
  one.written('lib/chrony/drift', hours(1))
  t.is(one.told(), Number.NaN)
})

test('a machine without any of them does not tell, unless its kernel does', (t) => {
  t.is(machine(t, {}).told(), Number.NaN)
  t.is(machine(t, {}, { kernel: 0 }).told(), 0)
  t.is(machine(t, {}, { kernel: 1 }).told(), 1)
})

test('the kernel is believed where it says yes; chrony need not tell it', (t) => {
  t.is(machine(t, { 'run/systemd/timesync/other': '' }, { kernel: 1 }).told(), 1)
  const one = machine(t, { 'lib/chrony/drift': '1 2\n' }, { kernel: 0 })
  one.written('lib/chrony/drift', hours(1))
  t.is(one.told(), 1)
})
