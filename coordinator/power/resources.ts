import * as v from 'valibot'
import type { BmcSensor } from '../../shared/model/power.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'

/** What is read of Redfish's resources. What only people look at is empty where it is not as it must be. */

const MEMBERS_MAX = 256
const TEXT_MAX = 200

/** A path on the same BMC: an address elsewhere would carry its credentials away. */
export const isPath = (path: string): boolean => /^\/(?!\/)[\x21-\x7e]{0,299}$/.test(path) && !path.includes('\\')

const path = v.pipe(v.string(), v.check(isPath, 'expected a path on this BMC'))
const link = v.object({ '@odata.id': path })
const links = v.optional(v.nullable(v.array(link)), [])
/** For people. */
const said = v.fallback(
  v.pipe(
    v.string(),
    v.transform((text) => text.replaceAll(/\p{C}/gu, '').trim().slice(0, TEXT_MAX)),
  ),
  '',
)
const number = v.fallback(v.pipe(v.number(), v.finite(), v.minValue(0)), 0)
const words = v.optional(v.nullable(v.pipe(v.array(v.string()), v.maxLength(64))), null)
const word = v.optional(v.nullable(v.string()), '')
const status = v.fallback(v.object({ Health: said }), { Health: '' })

export const serviceRoot = v.object({
  Id: said,
  Vendor: said,
  Oem: v.fallback(v.record(v.string(), v.unknown()), {}),
  Systems: link,
  Links: v.optional(v.nullable(v.object({ Sessions: v.optional(v.nullable(link), null) })), null),
})

export const collection = v.object({ Members: v.pipe(v.array(link), v.maxLength(MEMBERS_MAX)) })

const reset = v.object({
  target: path,
  'ResetType@Redfish.AllowableValues': words,
  '@Redfish.ActionInfo': v.optional(v.nullable(path), null),
})

const boot = v.object({
  BootSourceOverrideTarget: word,
  BootSourceOverrideEnabled: word,
  BootSourceOverrideMode: word,
  'BootSourceOverrideTarget@Redfish.AllowableValues': words,
  'BootSourceOverrideEnabled@Redfish.AllowableValues': words,
})
export type Boot = v.InferOutput<typeof boot>

export const computerSystem = v.object({
  '@odata.id': path,
  '@odata.etag': v.optional(v.string(), ''),
  '@Redfish.Settings': v.optional(v.nullable(v.object({ SettingsObject: v.optional(v.nullable(link), null) })), null),
  PowerState: word,
  UUID: said,
  SerialNumber: said,
  Manufacturer: said,
  Model: said,
  BiosVersion: said,
  Status: status,
  ProcessorSummary: v.fallback(v.object({ Count: number }), { Count: 0 }),
  MemorySummary: v.fallback(v.object({ TotalSystemMemoryGiB: number }), { TotalSystemMemoryGiB: 0 }),
  Boot: v.optional(v.nullable(boot), null),
  Actions: v.optional(v.nullable(v.object({ '#ComputerSystem.Reset': v.optional(v.nullable(reset), null) })), null),
  Links: v.optional(v.nullable(v.object({ Chassis: links })), null),
})
export type ComputerSystem = v.InferOutput<typeof computerSystem>

/** The settings object of a system: what it is to be after the next start. */
export const systemSettings = v.object({
  '@odata.etag': v.optional(v.string(), ''),
  Boot: v.optional(v.nullable(boot), null),
})

export const actionInfo = v.object({
  Parameters: v.optional(v.nullable(v.array(v.object({ Name: said, AllowableValues: words }))), []),
})

export const chassis = v.object({
  Thermal: v.optional(v.nullable(link), null),
  Power: v.optional(v.nullable(link), null),
  Sensors: v.optional(v.nullable(link), null),
})

const reading = v.fallback(v.nullable(v.pipe(v.number(), v.finite())), null)
const items = <Item>(item: v.GenericSchema<unknown, Item>) =>
  v.optional(v.nullable(v.pipe(v.array(item), v.maxLength(MEMBERS_MAX))), [])

export const thermal = v.object({
  Temperatures: items(v.object({ Name: said, ReadingCelsius: reading, Status: status })),
  Fans: items(v.object({ Name: said, FanName: said, Reading: reading, ReadingUnits: said, Status: status })),
})

export const power = v.object({
  PowerControl: items(v.object({ Name: said, PowerConsumedWatts: reading, Status: status })),
  Voltages: items(v.object({ Name: said, ReadingVolts: reading, Status: status })),
})

export const sensor = v.object({
  Name: said,
  ReadingType: said,
  Reading: reading,
  ReadingUnits: said,
  Status: status,
})

/** The refusal names the resource, the field in it, and what was expected there. */
export function readResource<Resource>(
  form: v.GenericSchema<unknown, Resource>,
  json: unknown,
  at: string,
): Result<Resource, string> {
  const parsed = v.safeParse(form, json)
  if (parsed.success) return ok(parsed.output)
  const [issue] = parsed.issues
  // Valibot's sentence shows what it got, which is whatever the BMC sent.
  const schema = issue.received === 'undefined' ? 'is missing' : `expected ${issue.expected ?? 'something else'}`
  const expected = issue.kind === 'schema' ? schema : issue.message
  return refuse(`${at}: ${v.getDotPath(issue) ?? 'the whole'}: ${expected}`)
}

type Read = Omit<BmcSensor, 'reading'> & { readonly reading: number | null }
const shows = (one: Read): one is BmcSensor => one.reading !== null

export function thermalSensors({ Temperatures, Fans }: v.InferOutput<typeof thermal>): readonly BmcSensor[] {
  const temperatures = (Temperatures ?? []).map(
    ({ Name, ReadingCelsius, Status }): Read => ({
      name: Name,
      kind: 'temperature',
      reading: ReadingCelsius,
      unit: 'Cel',
      health: Status.Health,
    }),
  )
  const fans = (Fans ?? []).map(
    ({ Name, FanName, Reading, ReadingUnits, Status }): Read => ({
      name: Name || FanName,
      kind: 'fan',
      reading: Reading,
      unit: ReadingUnits === 'Percent' ? '%' : ReadingUnits || 'RPM',
      health: Status.Health,
    }),
  )
  return [...temperatures, ...fans].filter(shows)
}

export function powerSensors({ PowerControl, Voltages }: v.InferOutput<typeof power>): readonly BmcSensor[] {
  const watts = (PowerControl ?? []).map(
    ({ Name, PowerConsumedWatts, Status }): Read => ({
      name: Name,
      kind: 'power',
      reading: PowerConsumedWatts,
      unit: 'W',
      health: Status.Health,
    }),
  )
  const volts = (Voltages ?? []).map(
    ({ Name, ReadingVolts, Status }): Read => ({
      name: Name,
      kind: 'voltage',
      reading: ReadingVolts,
      unit: 'V',
      health: Status.Health,
    }),
  )
  return [...watts, ...volts].filter(shows)
}

const KINDS: Readonly<Record<string, BmcSensor['kind']>> = {
  Temperature: 'temperature',
  Rotational: 'fan',
  Power: 'power',
  Voltage: 'voltage',
  Current: 'current',
}

export function sensorOf({ Name, ReadingType, Reading, ReadingUnits, Status }: v.InferOutput<typeof sensor>) {
  const kind = (Object.hasOwn(KINDS, ReadingType) ? KINDS[ReadingType] : undefined) ?? 'other'
  const read: Read = { name: Name, kind, reading: Reading, unit: ReadingUnits, health: Status.Health }
  return shows(read) ? [read] : []
}
