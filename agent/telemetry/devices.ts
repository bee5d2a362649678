import { existsSync } from 'node:fs'
import { type Column, DeviceTable } from './device_table.ts'
import type { ReadBuffer } from './kept_file.ts'
import type { Source } from './source.ts'

const SECTOR_BYTES = 512
const MILLISECOND = 1 / 1000

type ColumnOptions = Partial<Pick<Column, 'unit' | 'scale' | 'kind' | 'isOptional'>>

const column = (field: number, name: string, options: ColumnOptions = {}): Column => ({
  field,
  name,
  unit: '',
  scale: 1,
  kind: 'counter',
  ...options,
})
const inSectors = { unit: 'bytes', scale: SECTOR_BYTES }
const inMilliseconds = { unit: 'seconds', scale: MILLISECOND }

// Fields as the kernel's documentation of /proc/diskstats numbers them, from 0. Discards came with Linux 4.18, flushes
// with 5.5.
const DISK: readonly Column[] = [
  column(3, 'node_disk_reads_completed_total'),
  column(4, 'node_disk_reads_merged_total'),
  column(5, 'node_disk_read_bytes_total', inSectors),
  column(6, 'node_disk_read_time_seconds_total', inMilliseconds),
  column(7, 'node_disk_writes_completed_total'),
  column(8, 'node_disk_writes_merged_total'),
  column(9, 'node_disk_written_bytes_total', inSectors),
  column(10, 'node_disk_write_time_seconds_total', inMilliseconds),
  column(11, 'node_disk_io_now', { kind: 'gauge' }),
  column(12, 'node_disk_io_time_seconds_total', inMilliseconds),
  column(13, 'node_disk_io_time_weighted_seconds_total', inMilliseconds),
  column(14, 'node_disk_discards_completed_total', { isOptional: true }),
  column(16, 'node_disk_discarded_sectors_total', { isOptional: true }),
  column(17, 'node_disk_discard_time_seconds_total', { ...inMilliseconds, isOptional: true }),
  column(18, 'node_disk_flush_requests_total', { isOptional: true }),
  column(19, 'node_disk_flush_requests_time_seconds_total', { ...inMilliseconds, isOptional: true }),
]

const NIC: readonly Column[] = [
  column(1, 'node_network_receive_bytes_total', { unit: 'bytes' }),
  column(2, 'node_network_receive_packets_total'),
  column(3, 'node_network_receive_errs_total'),
  column(4, 'node_network_receive_drop_total'),
  column(5, 'node_network_receive_fifo_total'),
  column(6, 'node_network_receive_frame_total'),
  column(8, 'node_network_receive_multicast_total'),
  column(9, 'node_network_transmit_bytes_total', { unit: 'bytes' }),
  column(10, 'node_network_transmit_packets_total'),
  column(11, 'node_network_transmit_errs_total'),
  column(12, 'node_network_transmit_drop_total'),
  column(13, 'node_network_transmit_fifo_total'),
  column(14, 'node_network_transmit_colls_total'),
  column(15, 'node_network_transmit_carrier_total'),
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
export function nicsAmong(devices: readonly string[], sys: string): readonly string[] {
  const physical = devices.filter(
    (device) => existsSync(`${sys}/class/net/${device}/device`) || existsSync(`${sys}/class/net/${device}/bonding`),
  )
  return physical.length > 0 ? physical : devices.filter((device) => device !== 'lo')
}

export function nicSource(proc: string, sys: string, buffer: ReadBuffer): Source {
  const table = {
    source: 'nics',
    path: `${proc}/net/dev`,
    headerLines: 2,
    separator: ':',
    nameField: 0,
    columns: NIC,
    select: (devices: readonly string[]) => new Set(nicsAmong(devices, sys)),
  }
  return new DeviceTable(table, buffer)
}
