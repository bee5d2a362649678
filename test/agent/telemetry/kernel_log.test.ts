import { appendFileSync, writeFileSync } from 'node:fs'
import test from 'ava'
import * as fc from 'fast-check'
import { KERNEL_EVENTS_KEPT, KernelLogSource } from '../../../agent/telemetry/kernel_log.ts'
import { KERNEL_EVENTS, kernelWord } from '../../../agent/telemetry/kernel_patterns.ts'
import { milliseconds, seconds } from '../../../shared/model/time.ts'
import { manualClock, tree } from '../../fixtures/proc/tree.ts'

const LINES: readonly (readonly [line: string, event: string, subject: string])[] = [
  ['NVRM: Xid (PCI:0000:0f:00): 79, pid=1234, name=python, GPU has fallen off the bus.', 'xid', '79 0000:0f:00'],
  ["NVRM: Xid (PCI:0000:0f:00): 94, pid='<unknown>', name=<unknown>, Contained: SM", 'xid', '94 0000:0f:00'],
  ['nvidia-nvswitch3: SXid (PCI:0000:c4:00.0): 12028, Non-fatal, Link 32', 'sxid', '12028 0000:c4:00.0'],
  ['NVRM: GPU at PCI:0000:0f:00 has fallen off the bus.', 'gpu_lost', '0000:0f:00'],
  ['amdgpu 0000:03:00.0: amdgpu: GPU reset begin!', 'gpu_reset', '0000:03:00.0'],
  ['Out of memory: Killed process 4242 (python3) total-vm:1kB, anon-rss:1kB', 'oom_kill', 'pid 4242'],
  ['Memory cgroup out of memory: Killed process 7 (a b) total-vm:1kB', 'oom_kill', 'pid 7'],
  ['INFO: task kworker/u8:1:99 blocked for more than 120 seconds.', 'hung_task', 'pid 99'],
  ['watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [x:1]', 'lockup', ''],
  ['rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:', 'rcu_stall', ''],
  ['BUG: unable to handle page fault for address: ffff', 'kernel_bug', ''],
  ['kernel BUG at mm/slub.c:1!', 'kernel_bug', ''],
  ['Memory failure: 0x1234: recovery action for dirty page: Recovered', 'memory_failure', '0x1234'],
  ['EDAC MC0: 1 UE memory read error on CPU_SrcID#0', 'memory_uncorrected', 'MC0'],
  ['EDAC MC1: 3 CE memory scrubbing error on CPU_SrcID#1', 'memory_corrected', 'MC1'],
  ['mce: [Hardware Error]: CPU 2: Machine Check: 0 Bank 5: be00', 'machine_check', ''],
  ['{1}[Hardware Error]: event severity: fatal', 'hardware_error', ''],
  ['pcieport 0000:00:1c.0: PCIe Bus Error: severity=Corrected, type=Data Link', 'pcie_corrected', '0000:00:1c.0'],
  ['nvme 0000:01:00.0: AER: PCIe Bus Error: severity=Uncorrectable (Fatal)', 'pcie_uncorrected', '0000:01:00.0'],
  ['critical medium error, dev sda, sector 5 op 0x0:(READ)', 'medium_error', 'sda'],
  ['blk_update_request: I/O error, dev nvme0n1, sector 8 op 0x1:(WRITE)', 'io_error', 'nvme0n1'],
  ['Buffer I/O error on dev sdb1, logical block 1, lost async page write', 'io_error', 'sdb1'],
  ['nvme nvme0: I/O 7 QID 1 timeout, aborting', 'disk_timeout', 'nvme0'],
  ['ata3.00: exception Emask 0x0 SAct 0x0', 'disk_timeout', 'ata3'],
  ['EXT4-fs error (device sda1): ext4_find_entry:1', 'filesystem_error', 'sda1'],
  ['XFS (dm-0): Metadata corruption detected at xfs_buf', 'filesystem_error', 'dm-0'],
  ['BTRFS error (device sdc): parent transid verify failed', 'filesystem_error', 'sdc'],
  ['md/raid1:md0: Disk failure on sdb, disabling device.', 'raid_degraded', 'md0'],
  ['mlx5_core 0000:19:00.0 ens1f0np0: Link down', 'link_down', 'ens1f0np0'],
  ['ixgbe 0000:04:00.0 eth2: NIC Link is Down', 'link_down', 'eth2'],
  ['CPU5: Package temperature above threshold, cpu clock throttled', 'thermal_throttle', ''],
  ["clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable", 'clock_unstable', ''],
]

for (const [line, event, subject] of LINES) {
  test(`${event}: ${line.slice(0, 50)}`, (t) => {
    t.deepEqual(kernelWord(line), { event, subject })
  })
}

test('every event has a line that tells of it', (t) => {
  t.deepEqual([...new Set(LINES.map(([, event]) => event))].toSorted(), [...KERNEL_EVENTS].toSorted())
})

test('what a tenant calls its processes is not taken for the kernel’s word', (t) => {
  t.is(kernelWord('NVRM: Xi[77]: segfault at 0 ip 0 sp 0 error 4'), null)
  t.is(kernelWord('x: Out of memory: Killed process 1 (y)'), null)
  t.deepEqual(kernelWord('Out of memory: Killed process 9 (Xid (PCI:0000:0) total-vm:1kB')?.event, 'oom_kill')
})

function log(t: Parameters<typeof tree>[0]) {
  const { root } = tree(t, {})
  const path = `${root}/kmsg`
  writeFileSync(path, '')
  const clock = manualClock()
  const source = new KernelLogSource({ path, clock, sinceBoot: () => milliseconds(1_000_000) })
  t.teardown(() => source.close())
  const say = (...lines: readonly string[]): void => appendFileSync(path, lines.map((line) => `${line}\n`).join(''))
  const read = (): string | null => {
    clock.advance(seconds(5))
    return source.refresh()
  }
  const counted = (event: string): number => source.values[KERNEL_EVENTS.indexOf(event)] ?? Number.NaN
  return { path, clock, source, say, read, counted }
}

test('what happened is counted by kind, and kept by what it happened to', (t) => {
  const { clock, source, say, read, counted } = log(t)
  say(
    '3,10,900000000,-;critical medium error, dev sda, sector 5',
    ' SUBSYSTEM=block',
    '6,11,900000001,-;usb 1-1: new device',
  )
  t.is(read(), null)
  t.is(counted('medium_error'), 1)
  t.is(counted('xid'), 0)
  say(
    '3,12,950000000,-,caller=T1;critical medium error, dev sda, sector 6',
    '3,13,960000000,-;NVRM: Xid (PCI:0000:0f:00): 79, pid=1',
  )
  read()
  t.is(counted('medium_error'), 2)
  const boot = clock.now() - 1_000_000
  t.deepEqual(
    source.events.map(({ event, subject, count, last }) => [event, subject, count, Math.abs(last - boot) <= 960_000]),
    [
      ['medium_error', 'sda', 2, true],
      ['xid', '79 0000:0f:00', 1, true],
    ],
  )
})

test('what a program writes to the log counts for nothing', (t) => {
  const { say, read, counted } = log(t)
  say('12,10,900000000,-;NVRM: Xid (PCI:0000:0f:00): 79, pid=1', 'x,y,z;NVRM: Xid (PCI:0000:0f:00): 79', ';', '3')
  read()
  t.is(counted('xid'), 0)
})

test('a flood costs a counter, and no more memory than its bound', (t) => {
  const { source, say, read, counted } = log(t)
  const lines = Array.from(
    { length: 5000 },
    (_, index) => `3,${index},1,-;critical medium error, dev sd${index}, sector 1`,
  )
  say(...lines)
  for (let beat = 0; beat < 50; beat += 1) read()
  t.is(counted('medium_error') > 4900, true)
  t.is(source.events.length, KERNEL_EVENTS_KEPT)
})

test('a machine without the log has no events, and no problem', (t) => {
  const clock = manualClock()
  const source = new KernelLogSource({ path: '/nowhere/kmsg', clock, sinceBoot: () => milliseconds(1) })
  t.is(source.refresh(), null)
  t.true(source.values.every(Number.isNaN))
})

test('no bytes in the log make it throw', (t) => {
  const { say, read, source } = log(t)
  const words = ['3,1,2,-;', 'NVRM: Xid (PCI:', '0000:0f', '): 79', ';', ',', '\u0000', ' ', 'I/O error, dev ', '\\x0a']
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 40 })), { maxLength: 20 }),
      (parts) => {
        say(parts.join(''))
        read()
        return source.events.every(({ message }) => message.length <= 200 && /^[ -~]*$/.test(message))
      },
    ),
  )
  t.pass()
})
