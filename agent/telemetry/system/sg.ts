import { Buffer } from 'node:buffer'
import { type AtaCommand, SECTOR_BYTES } from './ata.ts'

export const SG_IO = 0x2285
export const SENSE_BYTES = 64
const HEADER_BYTES = 88
const CDB_BYTES = 16

/** ATA PASS-THROUGH (16) of the SCSI / ATA Translation. */
const PASS_THROUGH = 0x85
const PROTOCOL = { none: 3, pioIn: 4 } as const
const BLOCKS_BY_COUNT = 0x06
const FROM_DEVICE = 0x08
const TELL_REGISTERS = 0x20
const DEVICE_REGISTER = 0x40

/** The command block that hands an ATA command through. */
export function passThrough({
  command,
  feature = 0,
  lbaLow = 0,
  lbaMiddle = 0,
  lbaHigh = 0,
  reads,
  wide = false,
}: AtaCommand): Buffer {
  const block = Buffer.alloc(CDB_BYTES)
  block[0] = PASS_THROUGH
  block[1] = ((reads ? PROTOCOL.pioIn : PROTOCOL.none) << 1) | Number(wide)
  block[2] = reads ? FROM_DEVICE | BLOCKS_BY_COUNT : TELL_REGISTERS
  block[4] = feature
  block[6] = reads ? 1 : 0
  block[8] = lbaLow
  block[10] = lbaMiddle
  block[12] = lbaHigh
  block[13] = DEVICE_REGISTER
  block[14] = command
  return block
}

/** As long as smartctl waits: an early end makes the kernel reset the link, under whoever is using the disk. */
const TIME_LIMIT_MS = 60_000
const NO_DATA = -1
const DATA_FROM_DEVICE = -3

export type Addresses = { readonly block: bigint; readonly data: bigint; readonly sense: bigint }

/** `struct sg_io_hdr` of <scsi/sg.h>, on machines of 64 bits. */
export function sgHeader(reads: boolean, { block, data, sense }: Addresses): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeInt32LE('S'.charCodeAt(0), 0)
  header.writeInt32LE(reads ? DATA_FROM_DEVICE : NO_DATA, 4)
  header.writeUInt8(CDB_BYTES, 8)
  header.writeUInt8(SENSE_BYTES, 9)
  header.writeUInt32LE(reads ? SECTOR_BYTES : 0, 12)
  header.writeBigUInt64LE(reads ? data : 0n, 16)
  header.writeBigUInt64LE(block, 24)
  header.writeBigUInt64LE(sense, 32)
  header.writeUInt32LE(TIME_LIMIT_MS, 40)
  return header
}

export type SgOutcome =
  | { readonly kind: 'done' }
  /** The device answered with an error, or with its registers: the sense data says which. */
  | { readonly kind: 'check' }
  /** The link or the controller failed. */
  | { readonly kind: 'failed'; readonly host: number }

const CHECK_CONDITION = 2

export function sgOutcome(header: Buffer): SgOutcome {
  const host = header.readUInt16LE(68)
  if (host !== 0) return { kind: 'failed', host }
  const status = header.readUInt8(64)
  return status === 0
    ? { kind: 'done' }
    : status === CHECK_CONDITION
      ? { kind: 'check' }
      : { kind: 'failed', host: status }
}
