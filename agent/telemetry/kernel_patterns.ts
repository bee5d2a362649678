/** What a line of the kernel's log says happened, and to what. */
export type KernelWord = {
  /** Stable word: "oom_kill". */
  readonly event: string
  /** Device, process or code that it is about; empty where the line names none. */
  readonly subject: string
}

type Pattern = {
  readonly event: string
  /** Begins at the line's start: a tenant chooses the names of its processes, and some lines hold one. */
  readonly pattern: RegExp
  readonly subject?: (groups: Readonly<Record<string, string | undefined>>) => string
}

const device = ({ device: name = '' }: Readonly<Record<string, string | undefined>>): string => name

const PATTERNS: readonly Pattern[] = [
  {
    event: 'xid',
    pattern: /^NVRM: Xid \((?:PCI:)?(?<device>[\da-f:.]{4,20})[^)]*\): (?<code>\d{1,4})/i,
    subject: ({ device: name = '', code = '' }) => `${code} ${name}`,
  },
  {
    event: 'sxid',
    pattern: /^nvidia-nvswitch\d{1,3}: SXid \((?:PCI:)?(?<device>[\da-f:.]{4,20})[^)]*\): (?<code>\d{1,6})/i,
    subject: ({ device: name = '', code = '' }) => `${code} ${name}`,
  },
  {
    event: 'gpu_lost',
    pattern: /^NVRM: .{0,80}(?<device>[\da-f]{4}:[\da-f]{2}:[\da-f]{2}).{0,40}has fallen off the bus/i,
    subject: device,
  },
  {
    event: 'gpu_reset',
    pattern: /^amdgpu (?<device>[\da-f:.]{7,20}): .{0,40}(?:ring \S{1,40} timeout|GPU reset begin|uncorrectable)/,
    subject: device,
  },
  {
    event: 'oom_kill',
    pattern: /^(?:Memory cgroup out of memory|Out of memory)[^:]{0,40}: Killed process (?<pid>\d{1,10}) /,
    subject: ({ pid = '' }) => `pid ${pid}`,
  },
  {
    event: 'hung_task',
    pattern: /^INFO: task .{1,40}:(?<pid>\d{1,10}) blocked for more than \d+ seconds/,
    subject: ({ pid = '' }) => `pid ${pid}`,
  },
  {
    event: 'lockup',
    pattern: /^(?:watchdog: )?(?:BUG: soft lockup|Watchdog detected hard LOCKUP|NMI watchdog: .{0,40}LOCKUP)/,
  },
  { event: 'rcu_stall', pattern: /^rcu: INFO: .{0,40}(?:detected|self-detected) .{0,20}stall/ },
  {
    event: 'kernel_bug',
    pattern: /^(?:kernel BUG at|BUG: (?!soft lockup)|Oops|general protection fault.{0,20}:|Unable to handle kernel)/,
  },
  { event: 'memory_failure', pattern: /^Memory failure: (?<device>0x[\da-f]{1,16})/, subject: device },
  { event: 'memory_uncorrected', pattern: /^EDAC (?<device>\w{1,20}): \d+ UE /, subject: device },
  { event: 'memory_corrected', pattern: /^EDAC (?<device>\w{1,20}): \d+ CE /, subject: device },
  { event: 'machine_check', pattern: /^(?:mce: )?(?:\{\d+\})?\[Hardware Error\]: (?:CPU|Machine [Cc]heck)/ },
  { event: 'hardware_error', pattern: /^(?:mce: )?(?:\{\d+\})?\[Hardware Error\]: (?:event severity|.{0,60}fatal)/ },
  {
    event: 'pcie_uncorrected',
    pattern: /^(?:\w{1,20} )?(?<device>[\da-f:.]{7,20}): (?:AER: )?PCIe Bus Error: severity=Uncorrect/,
    subject: device,
  },
  {
    event: 'pcie_corrected',
    pattern: /^(?:\w{1,20} )?(?<device>[\da-f:.]{7,20}): (?:AER: )?PCIe Bus Error: severity=Corrected/,
    subject: device,
  },
  {
    event: 'medium_error',
    pattern: /^(?:blk_update_request: )?critical medium error, dev (?<device>[\w-]{1,32})/,
    subject: device,
  },
  {
    event: 'io_error',
    pattern:
      /^(?:blk_update_request: |Buffer )?(?:critical \w{1,20} error|I\/O error),? (?:on )?dev (?<device>[\w-]{1,32})/,
    subject: device,
  },
  {
    event: 'disk_timeout',
    pattern: /^nvme (?<device>nvme\d{1,4}): (?:I\/O .{0,60}timeout|Abort status|Device not ready|controller is down)/,
    subject: device,
  },
  {
    event: 'disk_timeout',
    pattern: /^(?<device>ata\d{1,4})(?:\.\d+)?: (?:exception Emask|failed command|hard resetting link|SATA link down)/,
    subject: device,
  },
  {
    event: 'filesystem_error',
    pattern:
      /^(?:EXT4-fs error \(device (?<device>[\w-]{1,32})\)|EXT4-fs \([\w-]{1,32}\): Remounting filesystem read-only)/,
    subject: device,
  },
  {
    event: 'filesystem_error',
    pattern: /^XFS \((?<device>[\w-]{1,32})\): .{0,40}(?:[Cc]orruption|shut(?:ting)? ?down|I\/O error)/,
    subject: device,
  },
  { event: 'filesystem_error', pattern: /^BTRFS (?:error|critical) \(device (?<device>[\w-]{1,32})/, subject: device },
  { event: 'raid_degraded', pattern: /^md\/\w{1,10}:(?<device>md\w{1,20}): Disk failure/, subject: device },
  {
    event: 'link_down',
    pattern:
      /^(?:\w{1,20} [\da-f:.]{7,20}:? )?(?<device>[\w.-]{1,16})(?: \([^)]{1,40}\))?:? (?:NIC )?[Ll]ink (?:is )?[Dd]own/,
    subject: device,
  },
  { event: 'thermal_throttle', pattern: /^(?:mce: )?CPU\d{1,5}: (?:Package|Core) temperature.{0,10} above threshold/ },
  { event: 'clock_unstable', pattern: /^clocksource: .{0,60}(?:marked|Marking|is) .{0,60}unstable/ },
]

/** Every event that is looked for, each once. */
export const KERNEL_EVENTS: readonly string[] = [...new Set(PATTERNS.map(({ event }) => event))]

const SUBJECT_MAX = 64

/** What a line of the kernel's log tells; null where it is of no concern. */
export function kernelWord(message: string): KernelWord | null {
  for (const { event, pattern, subject } of PATTERNS) {
    const groups = pattern.exec(message)
    if (groups === null) continue
    return { event, subject: (subject?.(groups.groups ?? {}) ?? '').slice(0, SUBJECT_MAX) }
  }
  return null
}
