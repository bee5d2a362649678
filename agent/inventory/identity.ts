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

/** The address of an interface in lower case with colons, of Ethernet or InfiniBand; empty where it has none. */
export function linkAddress(text: string): string {
  const address = text.toLowerCase().replaceAll('-', ':')
  return (MAC.test(address) || INFINIBAND.test(address)) && !isOneCharacter(address) ? address : ''
}

/** Whether the address tells machines apart as a MAC address does. */
export const isMac = (address: string): boolean => MAC.test(address)
