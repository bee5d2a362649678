import { ATA_PASSWORD, type AtaAbilities } from './ata.ts'

/** A block device that tenants may write to, as far as its erasing is concerned. */
export type EraseFacts = {
  readonly path: string
  readonly serial: string
  readonly sizeBytes: number
  readonly rotational: boolean
  /** Bytes that one discard may span; 0 where the device has none. */
  readonly discardBytesMax: number
  /** What the controller says it can do; null where it is no NVMe device, or no tool can ask it. */
  readonly nvme: {
    readonly sanitizeCrypto: boolean
    readonly sanitizeBlock: boolean
    readonly formatCrypto: boolean
  } | null
  /** Null where it is no ATA device, or no tool can ask it. */
  readonly ata: AtaAbilities | null
  /** Where it, or a part of it, is mounted, or what else holds it. */
  readonly heldBy: readonly string[]
  readonly readOnly: boolean
}

export type EraseMethod =
  | 'nvme_sanitize_crypto'
  | 'nvme_sanitize_block'
  | 'nvme_format_crypto'
  | 'ata_sanitize_crypto'
  | 'ata_sanitize_block'
  | 'ata_sanitize_overwrite'
  | 'ata_security_enhanced'
  | 'ata_security'
  | 'discard'
  | 'write_zeroes'

/** NIST SP 800-88: *purge* withstands a laboratory, *clear* what the device's own commands can read. */
export type EraseCategory = 'purge' | 'clear'

export type DevicePlan = {
  readonly device: EraseFacts
  /** In order: the next is tried where one fails or its result does not read back clean. */
  readonly methods: readonly EraseMethod[]
  /** Why nothing may be done to it; null: it may be erased. */
  readonly refusal: string | null
  /** Estimate for the slowest of the methods, in seconds. */
  readonly secondsMost: number
}

const CATEGORY: Readonly<Record<EraseMethod, EraseCategory>> = {
  nvme_sanitize_crypto: 'purge',
  nvme_sanitize_block: 'purge',
  nvme_format_crypto: 'purge',
  ata_sanitize_crypto: 'purge',
  ata_sanitize_block: 'purge',
  ata_sanitize_overwrite: 'purge',
  ata_security_enhanced: 'purge',
  ata_security: 'clear',
  discard: 'clear',
  write_zeroes: 'clear',
}

export const categoryOf = (method: EraseMethod): EraseCategory => CATEGORY[method]

/** After these, all of the device reads as zeros; after the others it only reads as nothing that was there. */
const ZEROES: ReadonlySet<EraseMethod> = new Set<EraseMethod>(['write_zeroes'])

export const readsAsZeroes = (method: EraseMethod): boolean => ZEROES.has(method)

const DISK_BYTES_PER_SECOND = 150e6
const FLASH_BYTES_PER_SECOND = 800e6
const QUICK_SECONDS = 60

/** By what a device can be erased, strongest first, and how long that may take. */
export function planErase(device: EraseFacts): DevicePlan {
  const { nvme, ata, rotational, sizeBytes } = device
  const methods: EraseMethod[] = []
  if (nvme?.sanitizeCrypto === true) methods.push('nvme_sanitize_crypto')
  if (nvme?.sanitizeBlock === true) methods.push('nvme_sanitize_block')
  if (nvme?.formatCrypto === true) methods.push('nvme_format_crypto')
  if (ata?.sanitizeCrypto === true) methods.push('ata_sanitize_crypto')
  if (ata?.sanitizeBlock === true) methods.push('ata_sanitize_block')
  if (ata?.sanitizeOverwrite === true) methods.push('ata_sanitize_overwrite')
  if (ata?.securityEnhanced === true) methods.push('ata_security_enhanced')
  if (ata?.security === true) methods.push('ata_security')
  if (device.discardBytesMax > 0) methods.push('discard')
  methods.push('write_zeroes')
  const pace = rotational ? DISK_BYTES_PER_SECOND : FLASH_BYTES_PER_SECOND
  return {
    device,
    methods,
    refusal: refusalOf(device),
    secondsMost: QUICK_SECONDS + Math.max(Math.ceil(sizeBytes / pace), (ata?.minutes ?? 0) * 60),
  }
}

function refusalOf({ path, heldBy, readOnly, sizeBytes, ata }: EraseFacts): string | null {
  if (heldBy.length > 0) return `${path} is in use: ${heldBy.join(', ')}`
  if (readOnly) return `${path} is read-only`
  if (ata?.locked === true) {
    const way = `hdparm --user-master u --security-unlock ${ATA_PASSWORD} ${path}`
    return `${path} is locked by an ATA password; where an erase of it was cut short: ${way}`
  }
  if (sizeBytes <= 0) return `${path} has no size`
  return null
}

export const SAMPLE_BYTES = 4096

/**
 * Where a device is marked before it is erased and read back after: its two ends, where tables and superblocks
 * are, and places spread at random over the rest.
 *
 * @param random gives numbers from 0 to below 1.
 */
export function samplePlaces(sizeBytes: number, count: number, random: () => number): readonly number[] {
  const blocks = Math.floor(sizeBytes / SAMPLE_BYTES)
  const places = new Set<number>()
  const ends = Math.min(blocks, 16)
  for (let block = 0; block < ends; block += 1) {
    places.add(block * SAMPLE_BYTES)
    places.add((blocks - 1 - block) * SAMPLE_BYTES)
  }
  for (let drawn = 0; drawn < count && places.size < blocks; drawn += 1) {
    places.add(Math.min(blocks - 1, Math.floor(random() * blocks)) * SAMPLE_BYTES)
  }
  return [...places].toSorted((left, right) => left - right)
}

/** One line for people. */
export function describePlan({ device, methods, refusal, secondsMost }: DevicePlan): string {
  const { path, serial, sizeBytes } = device
  const name = serial === '' ? path : `${path} (serial ${serial})`
  if (refusal !== null) return `${name}: not erased: ${refusal}`
  const ways = methods.map((method) => `${method} (${categoryOf(method)})`).join(', else ')
  return `${name}, ${(sizeBytes / 1e9).toFixed(1)} GB: ${ways}; at most ${secondsMost} s for each`
}
