import type { HealthRule } from '../health.ts'
import { hours, minutes, seconds } from '../time.ts'
import { WRONG, rule } from './rule.ts'

const NOTE = { severity: 'warning', action: 'note' } as const
const CORDON = { severity: 'critical', action: 'cordon' } as const

type Told = Pick<HealthRule, 'id' | 'severity' | 'action' | 'sentence'> &
  Partial<HealthRule> & { readonly event: string }

/** What the kernel's log tells, by the words of `agent/telemetry/kernel_patterns.ts`. */
const told = ({ event, ...about }: Told): HealthRule =>
  rule({
    metric: 'billet_kernel_events_total',
    labels: { event },
    measure: 'increase',
    window: hours(24),
    ...WRONG,
    source: 'the kernel’s log; imbue and Azure match it too',
    ...about,
  })

const kernelRules: readonly HealthRule[] = [
  told({
    id: 'kernel-hardware-error',
    event: 'machine_check|hardware_error|memory_failure|pcie_uncorrected',
    severity: 'critical',
    action: 'quarantine',
    sentence: 'the kernel told of an error of the hardware: {device}, {value} times in {window}',
    disputed: 'some machine checks are corrected ones, of which others count many',
  }),
  told({
    id: 'kernel-disk-error',
    event: 'medium_error|io_error|filesystem_error|raid_degraded|disk_timeout',
    severity: 'warning',
    action: 'cordon',
    sentence: 'the kernel told of a disk: {device}, {value} times in {window}',
  }),
  told({
    id: 'kernel-fault',
    event: 'kernel_bug|lockup|rcu_stall',
    severity: 'critical',
    action: 'quarantine',
    sentence: 'the kernel itself failed: {device}, {value} times in {window}',
  }),
  told({
    id: 'kernel-gpu-lost',
    event: 'gpu_lost|gpu_reset',
    severity: 'critical',
    action: 'quarantine',
    sentence: 'the kernel lost a GPU, or reset one: {device}, {value} times in {window}',
  }),
  told({
    id: 'kernel-nvswitch-error',
    event: 'sxid',
    severity: 'warning',
    action: 'note',
    sentence: 'an NVSwitch told of an error {value} times in {window}',
    disputed: 'fatal ones come with Xids, for which there are other rules',
  }),
  told({
    id: 'kernel-hung-task',
    event: 'hung_task',
    severity: 'warning',
    action: 'note',
    sentence: 'a task has hung in the kernel {value} times in {window}',
  }),
  told({
    id: 'out-of-memory',
    event: 'oom_kill',
    window: hours(1),
    severity: 'info',
    action: 'note',
    sentence: 'memory ran out, and {value} processes were killed in {window}',
  }),
]

/** A clock that follows another and yet stays away from it. */
const offset = (id: string, about: Pick<HealthRule, 'bad' | 'raiseAt' | 'clearAt'>, side: string): HealthRule =>
  rule({
    id,
    metric: 'node_timex_offset_seconds',
    ...about,
    raiseAfter: minutes(10),
    severity: 'info',
    action: 'note',
    sentence: `the clock is ${side} the one that it follows: it has {value} s to go`,
    source: 'node_exporter’s alerts: 50 ms for 10 minutes',
    disputed: 'chrony keeps the kernel’s offset at nothing, and is told of by its estimated error alone',
  })

/** Memory modules, heat, links, the clock, and what the kernel tells. */
export const hardwareRules: readonly HealthRule[] = [
  rule({
    id: 'memory-uncorrected',
    metric: 'node_edac_uncorrectable_errors_total',
    measure: 'increase',
    window: hours(24),
    ...WRONG,
    severity: 'critical',
    action: 'quarantine',
    sentence: '{device} had {value} memory errors in {window} that could not be corrected',
    source: 'EDAC: what the module could not mend',
  }),
  rule({
    id: 'memory-corrected',
    metric: 'node_edac_correctable_errors_total',
    measure: 'increase',
    window: hours(24),
    raiseAt: 1000,
    clearAt: 100,
    ...NOTE,
    sentence: '{device} corrected {value} memory errors in {window}',
    source: 'common practice: a module that needs mending often is about to fail',
    disputed: 'thresholds from 10 to 10,000 a day are in use',
  }),
  rule({
    id: 'too-hot',
    metric: 'node_hwmon_temp_celsius',
    of: 'node_hwmon_temp_crit_celsius',
    raiseAt: 1,
    clearAt: 0.95,
    raiseAfter: seconds(30),
    ...CORDON,
    sentence: '{device} is as hot as {percent} of what does harm',
    source: 'the sensor’s own critical temperature',
  }),
  rule({
    id: 'cpu-slowed-by-heat',
    metric: 'node_cpu_package_throttles_total',
    measure: 'increase',
    window: minutes(10),
    raiseAt: 60,
    clearAt: 0,
    ...NOTE,
    sentence: 'heat slowed {device} down {value} times in {window}',
    source: 'thermal_throttle of the kernel',
  }),
  rule({
    id: 'link-down',
    metric: 'node_network_carrier',
    bad: 'low',
    raiseAt: 0,
    clearAt: 1,
    onceWell: true,
    raiseAfter: seconds(30),
    clearAfter: minutes(1),
    ...CORDON,
    sentence: '{device} has no link any more',
    source: 'NVIDIA health validation: an outage of 30 s is critical',
    disputed: 'where a link is not for tenants, a site makes this a note',
  }),
  rule({
    id: 'link-flapping',
    metric: 'node_network_carrier_down_changes_total',
    measure: 'increase',
    window: hours(6),
    raiseAt: 2,
    clearAt: 0,
    ...NOTE,
    sentence: '{device} lost its link {value} times in {window}',
    source: 'Azure NHC2005: two in 6 h',
    disputed: 'Azure fails the machine, gpud waits for three in 12 h',
  }),
  rule({
    id: 'infiniband-down',
    metric: 'node_infiniband_state_id',
    bad: 'low',
    raiseAt: 3,
    clearAt: 4,
    onceWell: true,
    raiseAfter: minutes(4),
    clearAfter: minutes(10),
    ...CORDON,
    sentence: '{device} is not active any more',
    source: 'gpud: down for 4 minutes, and 10 minutes until it counts as well',
    disputed: 'NVIDIA health validation takes 30 s',
  }),
  rule({
    id: 'infiniband-flapping',
    metric: 'node_infiniband_link_downed_total',
    measure: 'increase',
    window: hours(12),
    raiseAt: 3,
    clearAt: 0,
    ...CORDON,
    sentence: '{device} went down {value} times in {window}',
    source: 'gpud: three times in 12 h',
    disputed: 'Azure: two in 6 h; gpud keeps it until somebody says that it is well',
  }),
  rule({
    id: 'clock-not-synchronised',
    metric: 'billet_clock_synchronized',
    bad: 'low',
    raiseAt: 0,
    clearAt: 1,
    raiseAfter: minutes(10),
    severity: 'info',
    action: 'note',
    sentence: 'the clock follows no other',
    source: 'the kernel, timesyncd, chrony and ntpd; GCM check_time',
  }),
  offset('clock-behind', { bad: 'high', raiseAt: 0.05, clearAt: 0.02 }, 'behind'),
  offset('clock-ahead', { bad: 'low', raiseAt: -0.05, clearAt: -0.02 }, 'ahead of'),
  ...kernelRules,
]
