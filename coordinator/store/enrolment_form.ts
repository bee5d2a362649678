import * as v from 'valibot'
import { parseRegistrationName, parseTokenId } from '../../shared/model/ids.ts'
import { at, count, machineId, parsed, texts, userName } from './record_parts.ts'

/** What machines enrol by, and what they are known as before they come, as it is stored. */

const registrationName = parsed(parseRegistrationName)

export const hardware = v.object({ uuid: v.string(), serial: v.string(), macAddresses: v.array(v.string()) })

/** Part of a machine. */
export const registered = v.object({ name: registrationName, expectedClass: v.string() })

export const token = v.object({
  id: parsed(parseTokenId),
  description: v.string(),
  hash: v.pipe(v.string(), v.hexadecimal()),
  usesLeft: count,
  usesMade: count,
  expiresAt: at,
  autoApprove: v.boolean(),
  binding: v.object({ uuid: v.string(), serial: v.string(), macAddress: v.string() }),
  registration: v.optional(v.nullable(registrationName), null),
  createdAt: at,
  user: userName,
  revokedAt: v.nullable(at),
  refusedAt: v.optional(v.nullable(at), null),
})

export const registration = v.object({
  name: registrationName,
  hardware: v.pipe(
    hardware,
    v.check(
      ({ uuid, serial, macAddresses }) => uuid !== '' || serial !== '' || macAddresses.length > 0,
      'expected an identifier',
    ),
  ),
  labels: texts,
  hardwareClass: v.string(),
  machine: v.nullable(machineId),
  enrolledAt: v.nullable(at),
  user: userName,
  createdAt: at,
})
