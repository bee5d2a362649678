import { type MetricDescription, described } from './description.ts'

const cpu = [
  ...described({
    source: '/proc/stat',
    round: 'beat',
    labels: ['cpu', 'mode'],
    counters: [['node_cpu_seconds_total', 'seconds', 'time of all cores together (`cpu="all"`) in each mode']],
  }),
  ...described({
    source: '/proc/stat',
    round: 'beat',
    labels: ['cpu'],
    counters: [['billet_cpu_busy_seconds_total', 'seconds', 'time in which one core was neither idle nor waiting']],
  }),
  ...described({
    source: '/proc/stat',
    round: 'beat',
    counters: [
      ['node_intr_total', '', 'interrupts served'],
      ['node_context_switches_total', '', 'switches between threads'],
      ['node_forks_total', '', 'processes and threads begun'],
    ],
    gauges: [
      ['node_boot_time_seconds', 'seconds', 'when the machine was started, since 1970'],
      ['node_procs_running', '', 'threads that run or could'],
      ['node_procs_blocked', '', 'threads that wait for a disk'],
    ],
  }),
  ...described({
    source: '/proc/loadavg',
    round: 'beat',
    gauges: [
      ['node_load1', '', 'load, over one minute'],
      ['node_load5', '', 'load, over five minutes'],
      ['node_load15', '', 'load, over fifteen minutes'],
      ['node_processes_threads', '', 'threads that exist'],
    ],
  }),
]

const pressure = described({
  source: '/proc/pressure',
  round: 'beat',
  counters: [
    ['node_pressure_cpu_waiting_seconds_total', 'seconds', 'time in which something waited for a processor'],
    ['node_pressure_memory_waiting_seconds_total', 'seconds', 'time in which something waited for memory'],
    ['node_pressure_memory_stalled_seconds_total', 'seconds', 'time in which everything waited for memory'],
    ['node_pressure_io_waiting_seconds_total', 'seconds', 'time in which something waited for a disk'],
    ['node_pressure_io_stalled_seconds_total', 'seconds', 'time in which everything waited for a disk'],
  ],
})

const memory = described({
  source: '/proc/meminfo',
  round: 'beat',
  gauges: [
    ['node_memory_MemTotal_bytes', 'bytes', 'memory that the kernel manages'],
    ['node_memory_MemFree_bytes', 'bytes', 'memory that nothing uses'],
    ['node_memory_MemAvailable_bytes', 'bytes', 'memory that could be had without swapping'],
    ['node_memory_Buffers_bytes', 'bytes', 'cached blocks of disks'],
    ['node_memory_Cached_bytes', 'bytes', 'cached files'],
    ['node_memory_SwapTotal_bytes', 'bytes', 'swap space'],
    ['node_memory_SwapFree_bytes', 'bytes', 'swap space that nothing uses'],
    ['node_memory_Dirty_bytes', 'bytes', 'what waits to be written to a disk'],
    ['node_memory_AnonPages_bytes', 'bytes', 'memory of processes that no file backs'],
    ['node_memory_Shmem_bytes', 'bytes', 'shared memory and file systems in memory'],
    ['node_memory_SReclaimable_bytes', 'bytes', "the kernel's caches that can be given back"],
    ['node_memory_SUnreclaim_bytes', 'bytes', "the kernel's own memory that cannot"],
  ],
})

const disks = described({
  source: '/proc/diskstats',
  round: 'beat',
  labels: ['device'],
  counters: [
    ['node_disk_reads_completed_total', '', 'reads'],
    ['node_disk_read_bytes_total', 'bytes', 'bytes read'],
    ['node_disk_read_time_seconds_total', 'seconds', 'sum of the time that each read took'],
    ['node_disk_writes_completed_total', '', 'writes'],
    ['node_disk_written_bytes_total', 'bytes', 'bytes written'],
    ['node_disk_write_time_seconds_total', 'seconds', 'sum of the time that each write took'],
    ['node_disk_io_time_seconds_total', 'seconds', 'time in which the disk had something to do'],
  ],
})

const filesystems = described({
  source: 'statfs',
  round: '10 s',
  labels: ['mountpoint'],
  gauges: [
    ['node_filesystem_size_bytes', 'bytes', 'size'],
    ['node_filesystem_avail_bytes', 'bytes', 'room for users other than root'],
    ['node_filesystem_files', '', 'inodes'],
    ['node_filesystem_files_free', '', 'inodes that are free'],
    ['node_filesystem_readonly', '', '1 where nothing can be written'],
  ],
})

const nics = described({
  source: '/proc/net/dev',
  round: 'beat',
  labels: ['device'],
  counters: [
    ['node_network_receive_bytes_total', 'bytes', 'bytes received'],
    ['node_network_receive_packets_total', '', 'packets received'],
    ['node_network_receive_errs_total', '', 'packets received with an error'],
    ['node_network_receive_drop_total', '', 'packets received and dropped'],
    ['node_network_transmit_bytes_total', 'bytes', 'bytes sent'],
    ['node_network_transmit_packets_total', '', 'packets sent'],
    ['node_network_transmit_errs_total', '', 'packets that could not be sent'],
    ['node_network_transmit_drop_total', '', 'packets dropped before they were sent'],
  ],
})

const sensors = [
  ...described({
    source: '/sys/class/hwmon',
    round: '10 s',
    labels: ['chip', 'sensor', 'chip_name', 'label'],
    gauges: [['node_hwmon_temp_celsius', 'celsius', 'temperature']],
  }),
  ...described({
    source: '/sys/class/thermal',
    round: '10 s',
    labels: ['zone', 'type'],
    gauges: [['node_thermal_zone_temp', 'celsius', 'temperature, where there is no hwmon']],
  }),
]

const system = [
  ...described({
    source: '/proc/uptime',
    round: 'beat',
    counters: [['billet_uptime_seconds_total', 'seconds', 'since the machine was started']],
  }),
  ...described({
    source: '/proc/sys/fs/file-nr',
    round: 'beat',
    gauges: [['node_filefd_allocated', '', 'open files']],
  }),
]

/** What is told of the machine beside its GPUs, under node_exporter's names where it has one. */
export const hostMetrics: readonly MetricDescription[] = [
  ...cpu,
  ...pressure,
  ...memory,
  ...disks,
  ...filesystems,
  ...nics,
  ...sensors,
  ...system,
]
