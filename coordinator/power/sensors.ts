import type { BmcSensor } from '../../shared/model/power.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import type { RedfishClient } from './client.ts'
import type { BmcFailure } from './failures.ts'
import { chassis, power, powerSensors, sensor, sensorOf, thermal, thermalSensors } from './resources.ts'

export const SENSORS_MAX = 256
const CHASSIS_MAX = 16

/** What a machine's sensors show: of each chassis by Thermal and Power, or one by one where it has neither. */
export async function readSensors(
  client: RedfishClient,
  paths: readonly string[],
): Promise<Result<readonly BmcSensor[], BmcFailure>> {
  const sensors: BmcSensor[] = []
  for (const path of paths.slice(0, CHASSIS_MAX)) {
    const read = await ofChassis(client, path)
    if (!read.ok) return read
    sensors.push(...read.value)
  }
  return ok(sensors.slice(0, SENSORS_MAX))
}

async function ofChassis(client: RedfishClient, path: string): Promise<Result<readonly BmcSensor[], BmcFailure>> {
  const got = await client.get(path, chassis)
  if (!got.ok) return got
  const { Thermal, Power, Sensors } = got.value.resource
  const sensors: BmcSensor[] = []
  if (Thermal !== null) {
    const heat = await client.get(Thermal['@odata.id'], thermal)
    if (!heat.ok) return heat
    sensors.push(...thermalSensors(heat.value.resource))
  }
  if (Power !== null) {
    const watts = await client.get(Power['@odata.id'], power)
    if (!watts.ok) return watts
    sensors.push(...powerSensors(watts.value.resource))
  }
  return sensors.length > 0 || Sensors === null ? ok(sensors) : oneByOne(client, Sensors['@odata.id'])
}

async function oneByOne(client: RedfishClient, path: string): Promise<Result<readonly BmcSensor[], BmcFailure>> {
  const members = await client.members(path)
  if (!members.ok) return members
  const sensors: BmcSensor[] = []
  for (const member of members.value) {
    const got = await client.get(member, sensor)
    if (!got.ok) return got
    sensors.push(...sensorOf(got.value.resource))
  }
  return ok(sensors)
}
