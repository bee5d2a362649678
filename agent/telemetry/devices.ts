import { existsSync } from 'node:fs'
import { type Column, DeviceTable } from './device_table.ts'
import type { ReadBuffer } from './kept_file.ts'
import type { Source } from './source.ts'

const SECTOR_BYTES = 512
const MILLISECOND = 1 / 1000

// Fields as the kernel's documentation of /proc/diskstats numbers them, from 0.
const DISK: readonly Column[] = [
  { field: 3, name: 'node_disk_reads_completed_total', unit: '', scale: 1 },
  { field: 5, name: 'node_disk_read_bytes_total', unit: 'bytes', scale: SECTOR_BYTES },
  { field: 6, name: 'node_disk_read_time_seconds_total', unit: 'seconds', scale: MILLISECOND },
  { field: 7, name: 'node_disk_writes_completed_total', unit: '', scale: 1 },
  { field: 9, name: 'node_disk_written_bytes_total', unit: 'bytes', scale: SECTOR_BYTES },
  { field: 10, name: 'node_disk_write_time_seconds_total', unit: 'seconds', scale: MILLISECOND },
  { field: 12, name: 'node_disk_io_time_seconds_total', unit: 'seconds', scale: MILLISECOND },
]

const NIC: readonly Column[] = [
  { field: 1, name: 'node_network_receive_bytes_total', unit: 'bytes', scale: 1 },
  { field: 2, name: 'node_network_receive_packets_total', unit: '', scale: 1 },
  { field: 3, name: 'node_network_receive_errs_total', unit: '', scale: 1 },
  { field: 4, name: 'node_network_receive_drop_total', unit: '', scale: 1 },
  { field: 9, name: 'node_network_transmit_bytes_total', unit: 'bytes', scale: 1 },
  { field: 10, name: 'node_network_transmit_packets_total', unit: '', scale: 1 },
  { field: 11, name: 'node_network_transmit_errs_total', unit: '', scale: 1 },
  { field: 12, name: 'node_network_transmit_drop_total', unit: '', scale: 1 },
]

/** Memory-backed devices and partitions: their traffic is that of their disk, or of none. */
const NOT_A_DISK = /^(?:(?:z?ram|loop|fd|sr)\d+|(?:h|s|v|xv)d[a-z]+\d+|(?:nvme\d+(?:c\d+)?n\d+|mmcblk\d+)p\d+)$/

export function isDisk(device: string): boolean {
  return !NOT_A_DISK.test(device)
}

export function diskSource(proc: string, buffer: ReadBuffer): Source {
  const table = {
    source: 'disks',
    path: `${proc}/diskstats`,
    headerLines: 0,
    separator: ' ',
    nameField: 2,
    columns: DISK,
    select: (devices: readonly string[]) => new Set(devices.filter(isDisk)),
  }
  return new DeviceTable(table, buffer)
}

/** Interfaces with hardware behind them, and bonds of such; in a container, which has none, all but the loopback. */
export function nicSource(proc: string, sys: string, buffer: ReadBuffer): Source {
  const isPhysical = (device: string): boolean =>
    existsSync(`${sys}/class/net/${device}/device`) || existsSync(`${sys}/class/net/${device}/bonding`)
  const table = {
    source: 'nics',
    path: `${proc}/net/dev`,
    headerLines: 2,
    separator: ':',
    nameField: 0,
    columns: NIC,
    select: (devices: readonly string[]) => {
      const physical = devices.filter(isPhysical)
      return new Set(physical.length > 0 ? physical : devices.filter((device) => device !== 'lo'))
    },
  }
  return new DeviceTable(table, buffer)
}
