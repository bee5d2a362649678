import { type Result, ok, refuse } from './result.ts'

/** What makers, hypervisors and firmware leave where an identifier should be. */
const PLACEHOLDERS = new Set([
  '',
  '-',
  '.',
  '..',
  'none',
  'n/a',
  'na',
  'null',
  'nil',
  'unknown',
  'undefined',
  'default',
  'default string',
  'empty',
  'invalid',
  'not applicable',
  'not available',
  'not provided',
  'not present',
  'not set',
  'not specified',
  'no dimm',
  'oem',
  'o.e.m.',
  'to be filled by o.e.m.',
  'to be filled by oem',
  'chassis serial number',
  'base board serial number',
  'board serial number',
  'serial number',
  'serialnumber',
  'system serial number',
  'system manufacturer',
  'system product name',
  'system version',
  'type2 - board serial number',
  'asset-1234567890',
  '0123456789',
  '1234567890',
  '123456789',
  '12345678',
  '123456789abcdef',
])

/** UUIDs that whole product lines were shipped with. */
const SHARED_UUIDS = new Set([
  '03000200-0400-0500-0006-000700080009',
  '12345678-1234-5678-90ab-cddeefaabbcc',
  '12345678-1234-1234-1234-123456789abc',
  'fefefefe-fefe-fefe-fefe-fefefefefefe',
  '00020003-0004-0005-0006-000700080009',
])

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/
const INFINIBAND = /^[0-9a-f]{2}(?::[0-9a-f]{2}){19}$/

const isOneCharacter = (text: string): boolean => /^(.)\1*$/.test(text.replace(/[\s:.-]/g, ''))

/** The text, or empty where it says nothing about this machine. */
export function meaningful(text: string): string {
  return PLACEHOLDERS.has(text.toLowerCase()) ? '' : text
}

/** A serial number, or undefined: placeholders and rows of one character identify nothing. */
export function serial(text: string): string | undefined {
  const word = meaningful(text)
  return word === '' || isOneCharacter(word) ? undefined : word
}

/** A UUID in lower case, or undefined: one that many machines share is none. */
export function hardwareUuid(text: string): string | undefined {
  const uuid = text.toLowerCase()
  return !UUID.test(uuid) || SHARED_UUIDS.has(uuid) || isOneCharacter(uuid) ? undefined : uuid
}

/**
 * One spelling for a UUID and for the same bytes in the other order: firmware and management controllers print its
 * first three parts in network order, operating systems as SMBIOS has them since 2.6.
 */
export function withoutByteOrder(uuid: string): string {
  const [low = '', mid = '', high = '', ...rest] = uuid.split('-')
  const other = [...[low, mid, high].map(reversed), ...rest].join('-')
  return UUID.test(uuid) && other < uuid ? other : uuid
}

const reversed = (bytes: string): string => (bytes.match(/../g) ?? []).toReversed().join('')

/** The address of an interface in lower case with colons, of Ethernet or InfiniBand; empty where it has none. */
export function linkAddress(text: string): string {
  const address = text.toLowerCase().replaceAll('-', ':')
  return (MAC.test(address) || INFINIBAND.test(address)) && !isOneCharacter(address) ? address : ''
}

/** Whether the address tells machines apart as a MAC address does. */
export const isMac = (address: string): boolean => MAC.test(address)

/** Why a text that is an identifier is refused all the same. */
const SHARED = 'expected what one machine alone has, got what many have'

const told = (text: string): string => JSON.stringify(text.slice(0, 64))

/** A UUID as people write it down, in lower case. */
export function parseHardwareUuid(text: string): Result<string, string> {
  const uuid = text.trim().toLowerCase()
  if (!UUID.test(uuid)) return refuse(`expected a UUID, got ${told(text)}`)
  return hardwareUuid(uuid) === undefined ? refuse(`${SHARED}: ${told(text)}`) : ok(uuid)
}

/** A serial number as people write it down. */
export function parseHardwareSerial(text: string): Result<string, string> {
  const word = text.trim()
  if (!/^[\x20-\x7e]{1,64}$/.test(word)) return refuse(`expected 1 to 64 printable ASCII characters, got ${told(text)}`)
  return serial(word) === undefined ? refuse(`${SHARED}: ${told(text)}`) : ok(word)
}

/** The address of an Ethernet interface in any of its usual spellings, in lower case with colons. */
export function parseMacAddress(text: string): Result<string, string> {
  const digits = text.trim().toLowerCase().replaceAll(/[:.-]/g, '')
  if (!/^[0-9a-f]{12}$/.test(digits)) return refuse(`expected an address such as 02:00:5e:10:00:01, got ${told(text)}`)
  const isGroup = Number.parseInt(digits.slice(0, 2), 16) % 2 === 1
  const address = digits.replaceAll(/(..)(?!$)/g, '$1:')
  return isGroup || linkAddress(address) === '' ? refuse(`${SHARED}: ${told(text)}`) : ok(address)
}
