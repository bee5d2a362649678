import test, { type ExecutionContext } from 'ava'
import * as fc from 'fast-check'
import { type Sampler, openSampler } from '../../../agent/telemetry/sampler.ts'
import { hostMetrics } from '../../../shared/model/metrics/host.ts'
import { instant, seconds } from '../../../shared/model/time.ts'
import { metal } from '../../fixtures/proc/metal.ts'
import { type ManualClock, type Tree, diskLine, manualClock, server, tree } from '../../fixtures/proc/tree.ts'

type Machine = Tree & { readonly clock: ManualClock; readonly sampler: Sampler }

function machine(t: ExecutionContext, files = metal()): Machine {
  const made = tree(t, files)
  const clock = manualClock()
  const sampler = openSampler({ clock, proc: made.proc, sys: made.sys, kernelLog: made.kernelLog })
  t.teardown(() => sampler.close())
  return { ...made, clock, sampler }
}

/** What is told once every round has passed. */
async function read({ sampler, clock }: Machine): Promise<ReadonlyMap<string, number>> {
  await sampler.settled()
  clock.advance(seconds(60))
  sampler.sample(instant(1))
  await sampler.settled()
  const { values } = sampler.sample(instant(1))
  const names = sampler
    .schema()
    .metrics.map(({ name, labels }) =>
      [name, ...Object.entries(labels).map(([label, value]) => `${label}=${value}`)].join(' '),
    )
  return new Map(names.map((name, index) => [name, values[index] ?? Number.NaN]))
}

test('a server of metal is told in every metric of the catalogue', async (t) => {
  const told = new Set([...(await read(machine(t))).keys()].map((name) => name.split(' ', 1)[0]))
  // Told only where there is no hwmon.
  const wanted = hostMetrics.map(({ name }) => name).filter((name) => name !== 'node_thermal_zone_temp')
  t.deepEqual(
    wanted.filter((name) => !told.has(name)),
    [],
  )
})

test('what the kernel told is given along, the same until there is more', async (t) => {
  const one = machine(t)
  await read(one)
  const events = one.sampler.kernelEvents()
  t.deepEqual(
    events.map(({ event, subject }) => `${event} ${subject}`),
    ['io_error nvme0n1'],
  )
  await read(one)
  t.is(one.sampler.kernelEvents(), events)
})

test('hardware is told in base units, under the names that node_exporter gives', async (t) => {
  const values = await read(machine(t))
  const expected = {
    'billet_cpu_core_seconds_total cpu=1 mode=iowait': 0.05,
    'node_cpu_scaling_frequency_hertz cpu=0': 3.5e9,
    'node_cpu_package_throttles_total package=0': 4,
    node_pressure_irq_stalled_seconds_total: 0.7,
    node_memory_HardwareCorrupted_bytes: 4096,
    node_memory_HugePages_Free: 15,
    node_vmstat_oom_kill: 2,
    'billet_kernel_events_total event=io_error': 1,
    'node_memory_numa_MemFree node=0': 400_000_000 * 1024,
    'node_memory_numa_numa_miss_total node=0': 3,
    'billet_hugepages_free size=1048576kB': 60,
    'node_edac_uncorrectable_errors_total controller=0': 1,
    'billet_edac_dimm_correctable_errors_total controller=0 dimm=dimm0 label=CPU_SrcID#0_MC#0_Chan#0_DIMM#0': 5,
    'node_disk_io_now device=sda': 0,
    'node_disk_discarded_sectors_total device=sda': 0,
    'billet_scsi_errors_total device=sda': 31,
    'billet_nvme_live device=nvme0 model=DISK serial=S1 firmware_revision=F1': 1,
    'node_rapl_package_joules_total index=0 path=intel-rapl:0': 262_143,
    'node_rapl_dram_joules_total index=0 path=intel-rapl:0:0': 1,
    'node_network_up device=ens1': 1,
    'node_network_carrier_changes_total device=ens1': 7,
    'node_network_speed_bytes device=ens1': 3_125_000_000,
    'node_infiniband_state_id device=mlx5_0 port=1': 4,
    'node_infiniband_rate_bytes_per_second device=mlx5_0 port=1': 50e9,
    'node_infiniband_port_data_received_bytes_total device=mlx5_0 port=1': 4000,
    'node_infiniband_out_of_buffer_drops_total device=mlx5_0 port=1': 9,
    'node_hwmon_temp_crit_celsius chip=k10temp sensor=temp1 chip_name=k10temp label=Tctl': 100,
    'node_hwmon_fan_rpm chip=board sensor=fan1 chip_name=board': 5400,
    'node_hwmon_power_watt chip=board sensor=power1 chip_name=board': 350,
  }
  for (const [name, value] of Object.entries(expected)) {
    const got = values.get(name) ?? Number.NaN
    t.true(Math.abs(got - value) <= 1e-9 * Math.max(1, value), `${name}: ${got}`)
  }
})

test('energy goes on growing where the kernel’s number begins anew', async (t) => {
  const one = machine(t)
  const joules = async (): Promise<number> =>
    (await read(one)).get('node_rapl_package_joules_total index=0 path=intel-rapl:0') ?? Number.NaN
  const first = await joules()
  one.write('sys/class/powercap/intel-rapl:0/energy_uj', '1000000\n')
  const second = await joules()
  t.true(Math.abs(second - first - 1.32885) < 1e-6, `${second - first}`)
  one.write('sys/class/powercap/intel-rapl:0/energy_uj', 'much\n')
  t.is(await joules(), Number.NaN)
  one.write('sys/class/powercap/intel-rapl:0/energy_uj', '2000000\n')
  t.true(Math.abs((await joules()) - second - 1) < 1e-6)
})

test('idle time that the kernel takes back is not told backwards, a new start is', async (t) => {
  const one = machine(t)
  const idle = async (): Promise<number> =>
    (await read(one)).get('node_cpu_seconds_total cpu=all mode=idle') ?? Number.NaN
  const stat = (ticks: number): string => (metal()['proc/stat'] ?? '').replace(' 90000 ', ` ${ticks} `)
  t.is(await idle(), 900)
  one.write('proc/stat', stat(89_900))
  t.is(await idle(), 900)
  one.write('proc/stat', stat(90_100))
  t.is(await idle(), 901)
  one.write('proc/stat', stat(10))
  t.is(await idle(), 0.1)
})

test('a device that goes away is missing, then gone; one that comes is found', async (t) => {
  const one = machine(t)
  const state = 'node_infiniband_state_id device=mlx5_0 port=1'
  t.is((await read(one)).get(state), 4)
  one.remove('sys/class/infiniband')
  await read(one)
  t.false((await read(one)).has(state))
  one.write('sys/class/infiniband/mlx5_1/ports/1/state', '2: INIT\n')
  t.is((await read(one)).get('node_infiniband_state_id device=mlx5_1 port=1'), 2)
})

test('a link that is down has no speed, and that is no problem', async (t) => {
  const one = machine(t)
  one.write('sys/class/net/ens1/speed', '-1\n')
  one.write('sys/class/net/ens1/operstate', 'down\n')
  const values = await read(one)
  t.is(values.get('node_network_speed_bytes device=ens1'), Number.NaN)
  t.is(values.get('node_network_up device=ens1'), 0)
  t.deepEqual(one.sampler.problems(), [])
})

test('a disk that comes and goes on every beat changes the schema now and then', (t) => {
  const one = machine(t, server(2))
  const { sampler, clock } = one
  const ids = new Set<number>()
  for (let beat = 0; beat < 300; beat += 1) {
    one.write('proc/diskstats', beat % 2 === 0 ? diskLine('sda', 1) : `${diskLine('sda', 1)}${diskLine('sdb', 1)}`)
    clock.advance(seconds(1))
    const sample = sampler.sample(instant(1))
    t.is(sample.values.length, sampler.schema().metrics.length)
    ids.add(sample.schemaId)
  }
  t.true(ids.size <= 8 + 300 / 30 + 1, `${ids.size} schemas`)
})

test('what is not told may come and go without another schema', (t) => {
  const one = machine(t, server(2))
  const { sampler } = one
  const { id } = sampler.schema()
  const net = server(2)['proc/net/dev'] ?? ''
  one.write('proc/net/dev', `${net}  veth7: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`)
  sampler.sample(instant(1))
  one.write('proc/net/dev', net)
  sampler.sample(instant(1))
  t.is(sampler.schema().id, id)
})

test('a machine of 1,024 cores stays within bounds', async (t) => {
  const one = machine(t, server(1024))
  const values = await read(one)
  t.is([...values.keys()].filter((name) => name.startsWith('billet_cpu_busy')).length, 1024)
  t.false([...values.keys()].some((name) => name.startsWith('billet_cpu_core')))
  t.true(values.size < 1200, `${values.size}`)
})

test('no bytes in any file of /proc or /sys make a sample throw or change its length', async (t) => {
  const one = machine(t)
  const paths = Object.keys(metal())
  const words = ['cpu0', ' ', '\n', ':', '-1', '.', '12', 'some', 'total=', '4: ACTIVE', '0x', '\u0000', '9'.repeat(40)]
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((parts) => Buffer.from(parts.join(''))),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), bytes, async (path, content) => {
      one.write(path, content)
      one.clock.advance(seconds(60))
      one.sampler.sample(instant(1))
      await one.sampler.settled()
      const { values } = one.sampler.sample(instant(1))
      return (
        values.length === one.sampler.schema().metrics.length &&
        values.every((value) => value !== Number.POSITIVE_INFINITY && value !== Number.NEGATIVE_INFINITY)
      )
    }),
    { numRuns: 300 },
  )
  t.pass()
})
