import { Buffer } from 'node:buffer'

/** What an NVMe controller says of its own health: the log page 02h of the NVMe specification, in base units. */
export type NvmeHealth = {
  /** Bits: 0 spare, 1 temperature, 2 reliability, 3 read-only, 4 backup of memory, 5 persistent memory. */
  readonly criticalWarning: number
  readonly celsius: number
  /** In percent; the threshold is the manufacturer's. */
  readonly spare: number
  readonly spareThreshold: number
  /** Of the endurance that the manufacturer promises, in percent: it goes on above 100, up to 255. */
  readonly percentageUsed: number
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly powerCycles: number
  readonly powerOnSeconds: number
  readonly unsafeShutdowns: number
  readonly mediaErrors: number
  readonly errorLogEntries: number
}

export const HEALTH_LOG_BYTES = 512

const KELVIN = 273
/** The log counts in thousands of 512 bytes, whatever the format of the disk. */
const UNIT_BYTES = 512_000
const HOUR_SECONDS = 3600

/** Null where it is no whole log. */
export function parseHealthLog(log: Uint8Array): NvmeHealth | null {
  if (log.length < HEALTH_LOG_BYTES) return null
  const page = Buffer.from(log.buffer, log.byteOffset, log.length)
  const kelvin = page.readUInt16LE(1)
  return {
    criticalWarning: page.readUInt8(0),
    // A controller without a sensor says nothing at all.
    celsius: kelvin === 0 ? Number.NaN : kelvin - KELVIN,
    spare: page.readUInt8(3),
    spareThreshold: page.readUInt8(4),
    percentageUsed: page.readUInt8(5),
    bytesRead: wide(page, 32) * UNIT_BYTES,
    bytesWritten: wide(page, 48) * UNIT_BYTES,
    powerCycles: wide(page, 112),
    powerOnSeconds: wide(page, 128) * HOUR_SECONDS,
    unsafeShutdowns: wide(page, 144),
    mediaErrors: wide(page, 160),
    errorLogEntries: wide(page, 176),
  }
}

/** A number of 16 bytes; beyond 2^53 its last digits are lost. */
const wide = (page: Buffer, at: number): number =>
  Number(page.readBigUInt64LE(at)) + Number(page.readBigUInt64LE(at + 8)) * 2 ** 64

/** _IOWR('N', 0x41, struct nvme_admin_cmd) */
export const NVME_IOCTL_ADMIN_CMD = 0xc048_4e41
const COMMAND_BYTES = 72
const GET_LOG_PAGE = 0x02
const HEALTH_LOG = 0x02
/** The controller as a whole, and not one of its namespaces. */
const CONTROLLER = 0xffff_ffff

/**
 * `struct nvme_admin_cmd` of <linux/nvme_ioctl.h>. It names no time limit of its own: the kernel resets a controller
 * that exceeds one, under whoever is using it, and its own limit is the one that its administrator has chosen.
 *
 * @param address where `HEALTH_LOG_BYTES` can be written.
 */
export function healthLogCommand(address: bigint): Buffer {
  const command = Buffer.alloc(COMMAND_BYTES)
  command.writeUInt8(GET_LOG_PAGE, 0)
  command.writeUInt32LE(CONTROLLER, 4)
  command.writeBigUInt64LE(address, 24)
  command.writeUInt32LE(HEALTH_LOG_BYTES, 36)
  // The number of 4-byte words, less one, beside the page.
  command.writeUInt32LE(((HEALTH_LOG_BYTES / 4 - 1) << 16) | HEALTH_LOG, 40)
  return command
}
