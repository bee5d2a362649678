import { Buffer } from 'node:buffer'

export const SECTOR_BYTES = 512

/** One attribute of a drive's SMART data. What it means is each manufacturer's own; the ids told here are agreed on. */
export type SmartAttribute = {
  readonly id: number
  /** Normalised by the drive: from 100 or 200 downwards, 1 at the end. */
  readonly value: number
  readonly raw: number
}

const ENTRIES_AT = 2
const ENTRY_BYTES = 12
const ENTRIES = 30

/** The attributes of SMART READ DATA; none where the checksum is wrong. */
export function parseSmartData(sector: Uint8Array): readonly SmartAttribute[] {
  if (!isSound(sector)) return []
  const page = Buffer.from(sector.buffer, sector.byteOffset, sector.length)
  return Array.from({ length: ENTRIES }, (_, index) => ENTRIES_AT + index * ENTRY_BYTES).flatMap((at) => {
    const id = page.readUInt8(at)
    const value = page.readUInt8(at + 3)
    // An unused entry, or a value that cannot be one.
    if (id === 0 || value === 0 || value > 253) return []
    return [{ id, value, raw: rawOf(id, page.readUIntLE(at + 5, 6)) }]
  })
}

/** All bytes add up to nothing; a page of zeroes alone says nothing. */
function isSound(sector: Uint8Array): boolean {
  if (sector.length !== SECTOR_BYTES) return false
  const sum = sector.reduce((total, byte) => (total + byte) & 0xff, 0)
  return sum === 0 && sector.some((byte) => byte !== 0)
}

export const ATTRIBUTE = { reallocated: 5, powerOnHours: 9, powerCycles: 12, temperature: 194 } as const

/** Of some attributes only the lowest bytes are the number, as smartctl has it; manufacturers keep others above. */
function rawOf(id: number, raw: number): number {
  switch (id) {
    case ATTRIBUTE.reallocated:
      return raw % 2 ** 16
    case ATTRIBUTE.powerOnHours:
      return raw % 2 ** 24
    case ATTRIBUTE.temperature:
      // A signed byte; the lowest and the highest of its life follow.
      return ((raw & 0xff) << 24) >> 24
    default:
      return raw
  }
}

/** Which sectors of health a drive has, by what IDENTIFY DEVICE tells of it. */
export type AtaAbilities = {
  /** SMART is there, and switched on. */
  readonly smart: boolean
  /** Logs can be read, the device statistics among them. */
  readonly logs: boolean
}

/** Words of IDENTIFY DEVICE; null where it is none. */
export function parseIdentify(sector: Uint8Array): AtaAbilities | null {
  if (sector.length !== SECTOR_BYTES) return null
  const page = Buffer.from(sector.buffer, sector.byteOffset, sector.length)
  const word = (index: number): number => page.readUInt16LE(index * 2)
  // Bits 14 and 15 of words 83 and 87 say whether the words of abilities are meant at all: 01.
  const isMeant = (index: number): boolean => word(index) >>> 14 === 1
  if (!isMeant(83)) return null
  const smart = (word(82) & 1) === 1 && (word(85) & 1) === 1
  return { smart, logs: isMeant(87) && (word(87) & 0x20) !== 0 }
}

/** How many sectors a log has, by the directory of logs. */
export function logSectors(directory: Uint8Array, log: number): number {
  if (directory.length !== SECTOR_BYTES) return 0
  return Buffer.from(directory.buffer, directory.byteOffset, directory.length).readUInt16LE(log * 2)
}

/** The pages of the device statistics that a drive has, by the first of them. */
export function statisticPages(sector: Uint8Array): readonly number[] {
  if (sector.length !== SECTOR_BYTES || sector[2] !== 0) return []
  const count = Math.min(sector[8] ?? 0, SECTOR_BYTES - 9)
  return [...sector.subarray(9, 9 + count)]
}

/** Of a page of the device statistics log: a number that is supported and valid, or NaN. */
export function statisticAt(sector: Uint8Array, { page, at, bytes }: Statistic): number {
  if (sector.length !== SECTOR_BYTES || sector[2] !== page) return Number.NaN
  const flags = sector[at + 7] ?? 0
  if ((flags & SUPPORTED_AND_VALID) !== SUPPORTED_AND_VALID) return Number.NaN
  return Buffer.from(sector.buffer, sector.byteOffset, sector.length).readUIntLE(at, bytes)
}

const SUPPORTED_AND_VALID = 0xc0

export type Statistic = { readonly page: number; readonly at: number; readonly bytes: number }

export const LOG = { directory: 0x00, statistics: 0x04 } as const
/** Pages of the device statistics, and where in them the numbers lie (ATA Command Set, table of statistics). */
export const STATISTICS = {
  written: { page: 1, at: 24, bytes: 6 },
  read: { page: 1, at: 40, bytes: 6 },
  percentageUsed: { page: 7, at: 8, bytes: 1 },
} as const satisfies Readonly<Record<string, Statistic>>

/** What a drive left in its registers after a command. */
export type AtaRegisters = {
  readonly error: number
  readonly count: number
  readonly lbaMiddle: number
  readonly lbaHigh: number
  readonly status: number
}

const DESCRIPTOR_SENSE = 0x72
const ATA_RETURN = 0x09

/** The ATA status return descriptor among sense data; null where there is none. */
export function parseSense(sense: Uint8Array): AtaRegisters | null {
  if (((sense[0] ?? 0) & 0x7f) !== DESCRIPTOR_SENSE) return null
  const end = Math.min(sense.length, 8 + (sense[7] ?? 0))
  for (let at = 8; at + 2 <= end; at += 2 + (sense[at + 1] ?? 0)) {
    if (sense[at] !== ATA_RETURN || at + 14 > end) continue
    const [error = 0, count = 0, lbaMiddle = 0, lbaHigh = 0, status = 0] = [3, 5, 9, 11, 13].map(
      (offset) => sense[at + offset],
    )
    return { error, count, lbaMiddle, lbaHigh, status }
  }
  return null
}

/** What SMART RETURN STATUS means: true where the drive foresees no failure; null where it does not say. */
export function passes({ lbaMiddle, lbaHigh }: AtaRegisters): boolean | null {
  if (lbaMiddle === 0x4f && lbaHigh === 0xc2) return true
  return lbaMiddle === 0xf4 && lbaHigh === 0x2c ? false : null
}

/** Whether CHECK POWER MODE says that the platters stand: a question would set them spinning. */
export const isAsleep = ({ count }: AtaRegisters): boolean => count === 0x00 || count === 0x01

export type AtaCommand = {
  readonly command: number
  readonly feature?: number
  readonly lbaLow?: number
  readonly lbaMiddle?: number
  readonly lbaHigh?: number
  /** A sector is read, or only the registers are. */
  readonly reads: boolean
  /** Its registers are of 48 bits. */
  readonly wide?: boolean
}

const SMART = { command: 0xb0, lbaMiddle: 0x4f, lbaHigh: 0xc2 } as const

export const identify: AtaCommand = { command: 0xec, reads: true }
export const checkPowerMode: AtaCommand = { command: 0xe5, reads: false }
export const smartReadData: AtaCommand = { ...SMART, feature: 0xd0, reads: true }
export const smartReturnStatus: AtaCommand = { ...SMART, feature: 0xda, reads: false }
/** READ LOG EXT of one sector. */
export const readLog = (log: number, page: number): AtaCommand => ({
  command: 0x2f,
  lbaLow: log,
  lbaMiddle: page,
  reads: true,
  wide: true,
})
