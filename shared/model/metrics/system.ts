import { type MetricDescription, described } from './description.ts'

const SMART = 'NVMe log 02h, ATA SMART'
const NVME = 'NVMe log 02h'
const ATA = 'ATA SMART'

/** What is asked, and in no file: under the names of smartctl_exporter and node_exporter, where those have it. */
export const systemMetrics: readonly MetricDescription[] = [
  ...described({
    source: SMART,
    round: '5 min',
    labels: ['device'],
    counters: [
      ['smartctl_device_bytes_read', 'bytes', 'bytes read in its life'],
      ['smartctl_device_bytes_written', 'bytes', 'bytes written in its life'],
      ['smartctl_device_power_cycle_count', '', 'times that it was switched on'],
      ['smartctl_device_power_on_seconds', 'seconds', 'time for which it was on'],
    ],
    gauges: [
      [
        'smartctl_device_percentage_used',
        'percent',
        'of the wear that its manufacturer promises; it goes on above 100',
      ],
      ['billet_disk_health_refused', '', '1 where it answered with an error when it was asked'],
    ],
  }),
  ...described({
    source: SMART,
    round: '5 min',
    labels: ['device', 'temperature_type'],
    gauges: [['smartctl_device_temperature', 'celsius', 'temperature']],
  }),
  ...described({
    source: NVME,
    round: '5 min',
    labels: ['device'],
    counters: [
      ['smartctl_device_media_errors', '', 'data that could not be had back'],
      ['smartctl_device_num_err_log_entries', '', 'commands that it answered with an error'],
      ['billet_nvme_unsafe_shutdowns_total', '', 'times that it lost its power without a word before'],
    ],
    gauges: [
      ['smartctl_device_critical_warning', '', 'bits: 0 spare, 1 heat, 2 reliability, 3 read-only, 4 backup, 5 memory'],
      ['smartctl_device_available_spare', 'percent', 'spare blocks that are left'],
      ['smartctl_device_available_spare_threshold', 'percent', 'below it the disk warns'],
    ],
  }),
  ...described({
    source: ATA,
    round: '5 min',
    labels: ['device'],
    gauges: [['smartctl_device_smart_status', '', '1 where the disk foresees no failure of its own, 0 where it does']],
  }),
  ...described({
    source: ATA,
    round: '5 min',
    labels: ['device', 'attribute_id', 'attribute_name', 'attribute_value_type'],
    gauges: [
      ['smartctl_device_attribute', '', 'attributes 5, 187, 197, 198, 199; of an SSD 177, 231, 233: raw and value'],
    ],
  }),
  ...described({
    source: 'the watchdog of disks',
    round: 'beat',
    labels: ['device'],
    gauges: [['billet_disk_hung', '', '1 while it owes an answer; told of disks that have hung']],
  }),
  ...described({
    source: 'adjtimex',
    round: '5 min',
    gauges: [
      ['node_timex_sync_status', '', '1 where the kernel says that its clock follows another'],
      ['node_timex_offset_seconds', 'seconds', 'what is still to be corrected: above 0 where the clock is behind'],
      ['node_timex_estimated_error_seconds', 'seconds', 'how far it is off, as is estimated'],
      ['node_timex_maxerror_seconds', 'seconds', 'how far it may be off at most'],
      ['node_timex_frequency_adjustment_ratio', '', 'how much faster the clock is made to run'],
    ],
  }),
  ...described({
    source: 'systemd, over D-Bus',
    round: '5 min',
    labels: ['state'],
    gauges: [['node_systemd_units', '', 'units that have failed']],
  }),
  ...described({
    source: 'systemd, over D-Bus',
    round: '5 min',
    labels: ['name', 'state'],
    gauges: [['node_systemd_unit_state', '', '1 while a unit has failed; told of units that did, 32 at most']],
  }),
]
