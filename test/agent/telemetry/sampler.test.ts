import test, { type ExecutionContext } from 'ava'
import * as fc from 'fast-check'
import { type Sampler, openSampler } from '../../../agent/telemetry/sampler.ts'
import { instant, seconds } from '../../../shared/model/time.ts'
import { type Tree, diskLine, manualClock, netFile, server, statFile, tree } from '../../fixtures/proc/tree.ts'

const NOW = instant(1_700_000_000_000)

function open(t: ExecutionContext, machine: Tree, directories: readonly string[] = []): Sampler {
  const { proc, sys, kernelLog } = machine
  const sampler = openSampler({ clock: manualClock(), proc, sys, kernelLog, directories })
  t.teardown(() => sampler.close())
  return sampler
}

/** The newest sample by "name label=value …". */
function read(sampler: Sampler): ReadonlyMap<string, number> {
  const sample = sampler.sample(NOW)
  const schema = sampler.schema()
  const names = schema.metrics.map((metric) =>
    [metric.name, ...Object.entries(metric.labels).map(([name, value]) => `${name}=${value}`)].join(' '),
  )
  return new Map(names.map((name, index) => [name, sample.values[index] ?? Number.NaN]))
}

test('a sample tells what the files of the kernel say, in base units', (t) => {
  const sampler = open(t, tree(t))
  const values = read(sampler)
  const expected = {
    'node_cpu_seconds_total cpu=all mode=user': 10,
    'node_cpu_seconds_total cpu=all mode=steal': 0.3,
    'billet_cpu_busy_seconds_total cpu=1': 1.36,
    node_context_switches_total: 666,
    node_boot_time_seconds: 1_700_000_000,
    node_procs_running: 3,
    node_load1: 0.31,
    node_load15: 100.18,
    node_processes_threads: 912,
    node_pressure_cpu_waiting_seconds_total: 1.5,
    node_pressure_io_stalled_seconds_total: 0.5,
    node_memory_MemTotal_bytes: 1_056_481_080 * 1024,
    node_memory_SwapFree_bytes: 4096,
    'node_disk_reads_completed_total device=nvme0n1': 10,
    'node_disk_read_bytes_total device=nvme0n1': 2000 * 512,
    'node_disk_io_time_seconds_total device=sda': 6,
    'node_network_receive_bytes_total device=ens1': 500,
    'node_network_transmit_drop_total device=ens1': 4,
    billet_uptime_seconds_total: 6416.85,
    node_filefd_allocated: 640,
  }
  for (const [name, value] of Object.entries(expected)) {
    const got = values.get(name) ?? Number.NaN
    t.true(Math.abs(got - value) <= 1e-9 * Math.max(1, value), `${name}: ${got}`)
  }
  t.deepEqual(sampler.problems(), [])
})

test('partitions, loops, bridges and the loopback are not told', (t) => {
  const names = [...read(open(t, tree(t))).keys()].join('\n')
  for (const device of ['nvme0n1p1', 'loop0', 'docker0', 'device=lo']) t.false(names.includes(device), device)
})

test('where no interface has hardware behind it, all but the loopback are told', (t) => {
  const machine = tree(t)
  machine.remove('sys/class/net')
  const values = read(open(t, machine))
  t.true(values.has('node_network_receive_bytes_total device=docker0'))
  t.false(values.has('node_network_receive_bytes_total device=lo'))
})

test('a machine of 256 cores is told in one number per core', (t) => {
  const values = read(open(t, tree(t, server(256))))
  const cores = [...values].filter(([name]) => name.startsWith('billet_cpu_busy'))
  t.is(cores.length, 256)
  t.true(cores.every(([, value]) => value === 1.36))
  t.is([...values.keys()].filter((name) => name.startsWith('node_cpu_')).length, 8)
})

test('the schema stays while the devices stay, and changes with them', (t) => {
  const machine = tree(t)
  const sampler = open(t, machine)
  const first = sampler.sample(NOW).schemaId
  machine.write('proc/loadavg', '9.00 1.00 1.00 1/2 3\n')
  t.is(sampler.sample(NOW).schemaId, first)

  machine.write('proc/diskstats', `${diskLine('nvme0n1', 10)}${diskLine('nvme1n1', 33)}${diskLine('sda', 20)}`)
  machine.write('proc/stat', statFile([0]))
  t.is(read(sampler).get('node_disk_reads_completed_total device=nvme1n1'), 33)
  const second = sampler.schema().id
  t.not(second, first)
  t.false(read(sampler).has('billet_cpu_busy_seconds_total cpu=1'))
  t.is(sampler.schema().id, second)

  machine.write('proc/net/dev', netFile({ lo: 1, ens1: 600 }))
  t.is(read(sampler).get('node_network_receive_bytes_total device=ens1'), 600)
})

test('a sample has one number per metric of its schema, whatever is missing', (t) => {
  for (const path of Object.keys(server(2)).filter((name) => name.startsWith('proc/'))) {
    const machine = tree(t)
    machine.remove(path)
    const sampler = open(t, machine)
    const sample = sampler.sample(NOW)
    t.is(sample.values.length, sampler.schema().metrics.length)
    t.is(sampler.problems().length, 1, path)
    t.regex(sampler.problems()[0]?.message ?? '', /does not exist/)
    t.true(sample.values.filter((value) => !Number.isNaN(value)).length > 20, path)
  }
})

test('a malformed file costs its own numbers alone', (t) => {
  const machine = tree(t)
  machine.write('proc/meminfo', 'MemTotal: lots kB\nMemFree: 12 kB\n')
  machine.write('proc/loadavg', '')
  const sampler = open(t, machine)
  const values = read(sampler)
  t.is(values.get('node_memory_MemTotal_bytes'), Number.NaN)
  t.is(values.get('node_memory_MemFree_bytes'), 12 * 1024)
  t.is(values.get('node_load1'), Number.NaN)
  t.is(values.get('node_procs_running'), 3)
  t.deepEqual(
    sampler.problems().map((problem) => problem.source),
    ['load', 'memory'],
  )
})

test('a problem is told once, and gone when its file is back', (t) => {
  const machine = tree(t)
  machine.write('proc/loadavg', 'none\n')
  const sampler = open(t, machine)
  t.deepEqual(
    sampler.newProblems().map((problem) => problem.source),
    ['load'],
  )
  sampler.sample(NOW)
  t.deepEqual(sampler.newProblems(), [])
  t.is(sampler.problems().length, 1)
  machine.write('proc/loadavg', '1.00 1.00 1.00 1/2 3\n')
  sampler.sample(NOW)
  t.deepEqual(sampler.problems(), [])
})

test('a file that appears later is found', (t) => {
  const machine = tree(t)
  const load = server(2)['proc/loadavg'] ?? ''
  machine.remove('proc/loadavg')
  const sampler = open(t, machine)
  machine.write('proc/loadavg', load)
  for (let beat = 0; beat < 20; beat += 1) sampler.sample(NOW)
  t.is(read(sampler).get('node_load1'), 0.31)
})

test('temperatures and file systems are read aside, cores’ own sensors are left out', async (t) => {
  const sampler = open(t, tree(t), ['/'])
  t.is(read(sampler).get('node_filesystem_size_bytes mountpoint=/'), Number.NaN)
  await sampler.settled()
  const values = read(sampler)
  const degrees = [...values].filter(([name]) => name.startsWith('node_hwmon_temp_celsius'))
  t.deepEqual(
    degrees.map(([, value]) => value),
    [45.125, 51],
  )
  t.true((values.get('node_filesystem_size_bytes mountpoint=/') ?? 0) > 0)
  t.is(values.get('node_filesystem_readonly mountpoint=/'), 0)
})

test('what was read aside goes missing when nothing newer comes', async (t) => {
  const clock = manualClock()
  const { proc, sys, kernelLog } = tree(t)
  const sampler = openSampler({ clock, proc, sys, kernelLog })
  t.teardown(() => sampler.close())
  await sampler.settled()
  const degrees = (): number | undefined =>
    [...read(sampler)].find(([name]) => name.startsWith('node_hwmon_temp_celsius'))?.[1]
  t.is(degrees(), 45.125)
  clock.advance(seconds(60))
  t.is(degrees(), Number.NaN)
  await sampler.settled()
  t.is(degrees(), 45.125)
})

test('thermal zones stand in where there is no hwmon', async (t) => {
  const machine = tree(t)
  machine.remove('sys/class/hwmon')
  machine.write('sys/class/thermal/thermal_zone0/type', 'soc-thermal\n')
  machine.write('sys/class/thermal/thermal_zone0/temp', '38500\n')
  machine.write('sys/class/thermal/thermal_zone1/type', 'broken\n')
  machine.write('sys/class/thermal/thermal_zone1/temp', 'hot\n')
  const sampler = open(t, machine)
  await sampler.settled()
  const values = read(sampler)
  t.is(values.get('node_thermal_zone_temp zone=0 type=soc-thermal'), 38.5)
  t.is(values.get('node_thermal_zone_temp zone=1 type=broken'), Number.NaN)
})

test('a directory that is gone is a problem with its name', async (t) => {
  const machine = tree(t)
  const sampler = open(t, machine, [`${machine.root}/none`, '/'])
  await sampler.settled()
  const values = read(sampler)
  t.is(values.get(`node_filesystem_size_bytes mountpoint=${machine.root}/none`), Number.NaN)
  t.true((values.get('node_filesystem_size_bytes mountpoint=/') ?? 0) > 0)
  t.deepEqual(sampler.problems(), [{ source: 'filesystems', message: `${machine.root}/none does not exist` }])
})

test('no bytes in any file make a sample throw or change its length', (t) => {
  const machine = tree(t)
  const paths = Object.keys(server(2)).filter((path) => path.startsWith('proc/'))
  const words = [
    'cpu',
    'cpu0',
    'cpuX',
    ' ',
    '\n',
    ':',
    '-',
    '.',
    '12',
    'some',
    'total=',
    'MemTotal:',
    '\u0000',
    'eth0:',
  ]
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''))),
  )
  const sampler = open(t, machine)
  fc.assert(
    fc.property(fc.constantFrom(...paths), bytes, (path, content) => {
      machine.write(path, content)
      const sample = sampler.sample(NOW)
      const again = sampler.sample(NOW)
      return sample.values.length === sampler.schema().metrics.length && again.schemaId === sample.schemaId
    }),
    { numRuns: 400 },
  )
  t.pass()
})

test('this very machine is sampled without a problem in what every Linux has', (t) => {
  const sampler = openSampler({ clock: manualClock() })
  t.teardown(() => sampler.close())
  const values = read(sampler)
  for (const name of ['node_load1', 'node_memory_MemTotal_bytes', 'node_cpu_seconds_total cpu=all mode=idle']) {
    t.true((values.get(name) ?? Number.NaN) >= 0, name)
  }
})
