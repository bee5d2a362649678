import { type MetricDescription, described } from './description.ts'
import { fabricMetrics } from './fabric.ts'

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
    round: '10 s',
    labels: ['cpu', 'mode'],
    counters: [['billet_cpu_core_seconds_total', 'seconds', 'time of one core in each mode, up to 64 cores']],
  }),
  ...described({
    source: '/sys/devices/system/cpu',
    round: '1 min',
    labels: ['cpu'],
    gauges: [['node_cpu_scaling_frequency_hertz', 'hertz', 'clock of a core, of 64 at most']],
  }),
  ...described({
    source: '/sys/devices/system/cpu',
    round: '1 min',
    labels: ['package'],
    counters: [['node_cpu_package_throttles_total', '', 'times that heat made a processor slow down']],
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
    ['node_pressure_irq_stalled_seconds_total', 'seconds', 'time in which everything waited for interrupts'],
  ],
})

const memory = [
  ...described({
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
  }),
  ...described({
    source: '/proc/meminfo',
    round: '10 s',
    gauges: [
      ['node_memory_Active_bytes', 'bytes', 'memory used of late'],
      ['node_memory_Inactive_bytes', 'bytes', 'memory that would be given back first'],
      ['node_memory_Writeback_bytes', 'bytes', 'what is being written to a disk'],
      ['node_memory_Mapped_bytes', 'bytes', 'files mapped into processes'],
      ['node_memory_Unevictable_bytes', 'bytes', 'memory that must stay'],
      ['node_memory_PageTables_bytes', 'bytes', 'tables of addresses'],
      ['node_memory_KernelStack_bytes', 'bytes', "the kernel's stacks"],
      ['node_memory_Percpu_bytes', 'bytes', "the kernel's memory of each core"],
      ['node_memory_CommitLimit_bytes', 'bytes', 'what may be promised to processes'],
      ['node_memory_Committed_AS_bytes', 'bytes', 'what was promised to processes'],
      ['node_memory_AnonHugePages_bytes', 'bytes', 'huge pages that the kernel made of others'],
      ['node_memory_HardwareCorrupted_bytes', 'bytes', 'memory set aside because it is broken'],
      ['node_memory_Hugepagesize_bytes', 'bytes', 'size of a huge page, where nothing else is asked for'],
      ['node_memory_HugePages_Total', '', 'huge pages set aside'],
      ['node_memory_HugePages_Free', '', 'of them, those that nothing uses'],
      ['node_memory_HugePages_Rsvd', '', 'of them, those that are promised'],
      ['node_memory_HugePages_Surp', '', 'huge pages beyond those set aside'],
    ],
  }),
  ...described({
    source: '/sys/kernel/mm/hugepages',
    round: '1 min',
    labels: ['size'],
    gauges: [
      ['billet_hugepages', '', 'huge pages of a size set aside'],
      ['billet_hugepages_free', '', 'of them, those that nothing uses'],
    ],
  }),
  ...described({
    source: '/proc/vmstat',
    round: '10 s',
    counters: [
      ['node_vmstat_oom_kill', '', 'processes killed because memory ran out'],
      ['node_vmstat_pgfault', '', 'page faults'],
      ['node_vmstat_pgmajfault', '', 'page faults that waited for a disk'],
      ['node_vmstat_pgpgin', '', 'KiB read from disks'],
      ['node_vmstat_pgpgout', '', 'KiB written to disks'],
      ['node_vmstat_pswpin', '', 'pages read from swap'],
      ['node_vmstat_pswpout', '', 'pages written to swap'],
      ['node_vmstat_allocstall_normal', '', 'times that something waited until memory was made free'],
      ['node_vmstat_compact_stall', '', 'times that something waited until memory was put together'],
      ['node_vmstat_numa_pages_migrated', '', 'pages moved to another NUMA node'],
      ['node_vmstat_thp_fault_fallback', '', 'huge pages that could not be had'],
    ],
  }),
  ...described({
    source: '/sys/devices/system/node',
    round: '10 s',
    labels: ['node'],
    counters: [
      ['node_memory_numa_numa_hit_total', '', 'pages had from the node that was wanted'],
      ['node_memory_numa_numa_miss_total', '', 'pages had from this node though another was wanted'],
      ['node_memory_numa_numa_foreign_total', '', 'pages wanted from this node and had from another'],
      ['node_memory_numa_interleave_hit_total', '', 'pages spread over the nodes as was wanted'],
      ['node_memory_numa_local_node_total', '', 'pages had by a process on this node'],
      ['node_memory_numa_other_node_total', '', 'pages had by a process on another node'],
    ],
    gauges: [
      ['node_memory_numa_MemTotal', 'bytes', 'memory of a NUMA node'],
      ['node_memory_numa_MemFree', 'bytes', 'of it, what nothing uses'],
      ['node_memory_numa_MemUsed', 'bytes', 'of it, what is used'],
      ['node_memory_numa_FilePages', 'bytes', 'of it, cached files'],
      ['node_memory_numa_AnonPages', 'bytes', 'of it, what no file backs'],
      ['node_memory_numa_Shmem', 'bytes', 'of it, shared memory'],
      ['node_memory_numa_HugePages_Total', '', 'huge pages set aside on a NUMA node'],
      ['node_memory_numa_HugePages_Free', '', 'of them, those that nothing uses'],
      ['node_memory_numa_HugePages_Surp', '', 'huge pages beyond those set aside'],
    ],
  }),
  ...described({
    source: '/sys/devices/system/edac',
    round: '10 s',
    labels: ['controller'],
    counters: [
      ['node_edac_correctable_errors_total', '', 'errors of memory that were mended'],
      ['node_edac_uncorrectable_errors_total', '', 'errors of memory that were not'],
    ],
  }),
  ...described({
    source: '/sys/devices/system/edac',
    round: '1 min',
    labels: ['controller', 'dimm', 'label'],
    counters: [
      ['billet_edac_dimm_correctable_errors_total', '', 'errors of one module that were mended'],
      ['billet_edac_dimm_uncorrectable_errors_total', '', 'errors of one module that were not'],
    ],
  }),
]

const disks = [
  ...described({
    source: '/proc/diskstats',
    round: 'beat',
    labels: ['device'],
    counters: [
      ['node_disk_reads_completed_total', '', 'reads'],
      ['node_disk_reads_merged_total', '', 'reads that were joined to others'],
      ['node_disk_read_bytes_total', 'bytes', 'bytes read'],
      ['node_disk_read_time_seconds_total', 'seconds', 'sum of the time that each read took'],
      ['node_disk_writes_completed_total', '', 'writes'],
      ['node_disk_writes_merged_total', '', 'writes that were joined to others'],
      ['node_disk_written_bytes_total', 'bytes', 'bytes written'],
      ['node_disk_write_time_seconds_total', 'seconds', 'sum of the time that each write took'],
      ['node_disk_io_time_seconds_total', 'seconds', 'time in which the disk had something to do'],
      ['node_disk_io_time_weighted_seconds_total', 'seconds', 'the same, times the length of the queue'],
      ['node_disk_discards_completed_total', '', 'discards'],
      ['node_disk_discarded_sectors_total', '', 'sectors of 512 bytes discarded'],
      ['node_disk_discard_time_seconds_total', 'seconds', 'sum of the time that each discard took'],
      ['node_disk_flush_requests_total', '', 'flushes'],
      ['node_disk_flush_requests_time_seconds_total', 'seconds', 'sum of the time that each flush took'],
    ],
    gauges: [['node_disk_io_now', '', 'length of the queue']],
  }),
  ...described({
    source: '/sys/block',
    round: '1 min',
    labels: ['device'],
    counters: [
      ['billet_scsi_errors_total', '', 'commands that a SATA, SAS or SCSI disk answered with an error'],
      ['billet_scsi_timeouts_total', '', 'commands that it did not answer'],
    ],
  }),
  ...described({
    source: '/sys/class/nvme',
    round: '1 min',
    labels: ['device', 'model', 'serial', 'firmware_revision'],
    gauges: [['billet_nvme_live', '', '1 while the controller works']],
  }),
]

const filesystems = described({
  source: 'statfs',
  round: '30 s',
  labels: ['mountpoint', 'device', 'fstype'],
  gauges: [
    ['node_filesystem_size_bytes', 'bytes', 'size'],
    ['node_filesystem_avail_bytes', 'bytes', 'room for users other than root'],
    ['node_filesystem_files', '', 'inodes'],
    ['node_filesystem_files_free', '', 'inodes that are free'],
    ['node_filesystem_readonly', '', '1 where nothing can be written'],
    ['node_filesystem_device_error', '', '1 where it could not be asked'],
  ],
})

const nics = [
  ...described({
    source: '/proc/net/dev',
    round: 'beat',
    labels: ['device'],
    counters: [
      ['node_network_receive_bytes_total', 'bytes', 'bytes received'],
      ['node_network_receive_packets_total', '', 'packets received'],
      ['node_network_receive_errs_total', '', 'packets received with an error'],
      ['node_network_receive_drop_total', '', 'packets received and dropped'],
      ['node_network_receive_fifo_total', '', 'packets lost because a buffer was full'],
      ['node_network_receive_frame_total', '', 'packets received with a wrong frame'],
      ['node_network_receive_multicast_total', '', 'packets received for several'],
      ['node_network_transmit_bytes_total', 'bytes', 'bytes sent'],
      ['node_network_transmit_packets_total', '', 'packets sent'],
      ['node_network_transmit_errs_total', '', 'packets that could not be sent'],
      ['node_network_transmit_drop_total', '', 'packets dropped before they were sent'],
      ['node_network_transmit_fifo_total', '', 'packets that a buffer could not take'],
      ['node_network_transmit_colls_total', '', 'collisions'],
      ['node_network_transmit_carrier_total', '', 'packets lost because there was no carrier'],
    ],
  }),
  ...described({
    source: '/sys/class/net',
    round: '10 s',
    labels: ['device'],
    counters: [
      ['node_network_carrier_changes_total', '', 'times that the link came or went'],
      ['node_network_carrier_up_changes_total', '', 'times that it came'],
      ['node_network_carrier_down_changes_total', '', 'times that it went'],
    ],
    gauges: [['node_network_up', '', '1 while the interface works']],
  }),
  ...described({
    source: '/sys/class/net',
    round: '1 min',
    labels: ['device'],
    gauges: [
      ['node_network_carrier', '', '1 while there is a link'],
      ['node_network_speed_bytes', 'bytes', 'speed of the link, in a second'],
    ],
  }),
]

const sensors = [
  ...described({
    source: '/sys/class/hwmon',
    round: '10 s',
    labels: ['chip', 'sensor', 'chip_name', 'label'],
    gauges: [
      ['node_hwmon_temp_celsius', 'celsius', 'temperature'],
      ['node_hwmon_temp_max_celsius', 'celsius', 'highest temperature that is good'],
      ['node_hwmon_temp_crit_celsius', 'celsius', 'temperature that does harm'],
      ['node_hwmon_fan_rpm', 'rpm', 'speed of a fan'],
      ['node_hwmon_power_watt', 'watts', 'power drawn'],
      ['node_hwmon_power_average_watt', 'watts', 'power drawn on average'],
    ],
  }),
  ...described({
    source: '/sys/class/thermal',
    round: '10 s',
    labels: ['zone', 'type'],
    gauges: [['node_thermal_zone_temp', 'celsius', 'temperature, where there is no hwmon']],
  }),
  ...described({
    source: '/sys/class/powercap',
    round: '10 s',
    labels: ['index', 'path'],
    counters: [
      ['node_rapl_package_joules_total', 'joules', 'energy that a processor took'],
      ['node_rapl_core_joules_total', 'joules', 'of it, its cores'],
      ['node_rapl_uncore_joules_total', 'joules', 'of it, its graphics'],
      ['node_rapl_dram_joules_total', 'joules', 'energy that its memory took'],
      ['node_rapl_psys_joules_total', 'joules', 'energy that the whole board took'],
    ],
  }),
]

const system = [
  ...described({
    source: 'adjtimex, /run and /var/lib',
    round: '1 min',
    gauges: [
      ['billet_clock_synchronized', '', '1 while the kernel, timesyncd, chrony or ntpd follows the time of others'],
    ],
  }),
  ...described({
    source: '/dev/kmsg',
    round: '5 s',
    labels: ['event'],
    counters: [['billet_kernel_events_total', '', 'times that the kernel told of an event, see below']],
  }),
  ...described({
    source: '/dev/kmsg',
    round: '5 s',
    counters: [['billet_kernel_log_lost_total', '', 'times that the kernel wrote over what was not read']],
  }),
  ...described({
    source: '/proc/uptime',
    round: 'beat',
    counters: [['billet_uptime_seconds_total', 'seconds', 'since the machine was started']],
  }),
  ...described({
    source: '/proc/sys/fs/file-nr',
    round: 'beat',
    gauges: [
      ['node_filefd_allocated', '', 'open files'],
      ['node_filefd_maximum', '', 'how many may be open'],
    ],
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
  ...fabricMetrics,
  ...sensors,
  ...system,
]
