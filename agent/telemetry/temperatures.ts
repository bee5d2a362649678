import { readFile, readdir, realpath } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Metric } from '../../shared/model/telemetry.ts'
import { type Clock, seconds } from '../../shared/model/time.ts'
import { Rounds } from './rounds.ts'
import { type Source, metric, missing } from './source.ts'

type Sensor = { readonly path: string; readonly metric: Metric }

/** Sensors are looked for again after so many rounds: they come and go with drivers and disks alone. */
const ROUNDS_BETWEEN_SEARCHES = 30
const SENSORS_MAX = 64

/**
 * Temperatures of /sys/class/hwmon, or of the thermal zones where there is none. Read aside, every 10 seconds at
 * most: a sensor's driver may ask a disk or a slow bus. Cores' own sensors are left out, their package's tells enough.
 */
export class TemperatureSource implements Source {
  readonly name = 'temperatures'
  metrics: readonly Metric[] = []
  values: Float64Array = missing(0)
  readonly #sys: string
  readonly #rounds: Rounds
  #sensors: readonly Sensor[] = []
  #shown: readonly Sensor[] = []
  #found: Float64Array = missing(0)
  #roundsUntilSearch = 0

  constructor(sys: string, clock: Clock) {
    this.#sys = sys
    this.#rounds = new Rounds(clock, seconds(10), async () => this.#round())
  }

  refresh(): string | null {
    this.#rounds.tick()
    if (this.#shown !== this.#sensors) {
      this.#shown = this.#sensors
      this.metrics = this.#sensors.map((sensor) => sensor.metric)
      this.values = missing(this.#sensors.length)
    }
    if (this.#rounds.fresh) this.values.set(this.#found)
    else this.values.fill(Number.NaN)
    return this.#rounds.hung ? 'a temperature sensor does not answer' : null
  }

  async settled(): Promise<void> {
    await this.#rounds.settled()
  }

  close(): void {
    // Nothing is kept open between rounds: a kept sensor would keep its driver from being unloaded.
  }

  async #round(): Promise<void> {
    if (this.#roundsUntilSearch === 0) {
      const sensors = await findSensors(this.#sys)
      if (!isSame(sensors, this.#sensors)) {
        // Replaced together, or `refresh` would show a reading of one set against the other.
        this.#found = missing(sensors.length)
        this.#sensors = sensors
      }
      this.#roundsUntilSearch = ROUNDS_BETWEEN_SEARCHES
    }
    this.#roundsUntilSearch -= 1
    for (const [index, sensor] of this.#sensors.entries()) this.#found[index] = await celsius(sensor.path)
  }
}

const isSame = (one: readonly Sensor[], other: readonly Sensor[]): boolean =>
  one.length === other.length &&
  one.every(
    (sensor, index) =>
      sensor.path === other[index]?.path && sensor.metric.labels.chip === other[index]?.metric.labels.chip,
  )

async function celsius(path: string): Promise<number> {
  const word = await line(path)
  return /^-?\d{1,7}$/.test(word) ? Number(word) / 1000 : Number.NaN
}

/** The first line, trimmed and bounded; empty where it cannot be read. */
async function line(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).split('\n', 1)[0]?.trim().slice(0, 64) ?? ''
  } catch {
    return ''
  }
}

async function names(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  } catch {
    return []
  }
}

async function findSensors(sys: string): Promise<readonly Sensor[]> {
  const sensors: Sensor[] = []
  for (const chip of await names(`${sys}/class/hwmon`))
    sensors.push(...(await chipSensors(`${sys}/class/hwmon/${chip}`)))
  if (sensors.length === 0) sensors.push(...(await zoneSensors(`${sys}/class/thermal`)))
  return sensors.slice(0, SENSORS_MAX)
}

async function chipSensors(directory: string): Promise<readonly Sensor[]> {
  const sensors: Sensor[] = []
  const chipName = await line(`${directory}/name`)
  const chip = await chipLabel(directory, chipName)
  for (const name of await names(directory)) {
    const sensor = /^(temp\d{1,4})_input$/.exec(name)?.[1]
    if (sensor === undefined) continue
    const label = await line(`${directory}/${sensor}_label`)
    if (/^Core \d/.test(label)) continue
    const labels = {
      chip,
      sensor,
      ...(chipName === '' ? {} : { chip_name: chipName }),
      ...(label === '' ? {} : { label }),
    }
    sensors.push({
      path: `${directory}/${name}`,
      metric: metric('gauge', 'node_hwmon_temp_celsius', 'celsius', labels),
    })
  }
  return sensors
}

/** As node_exporter names chips: by where the device sits, since their numbers change with the order of loading. */
async function chipLabel(directory: string, chipName: string): Promise<string> {
  const clean = (text: string): string => text.toLowerCase().replace(/[^a-z0-9:]/g, '_')
  try {
    const device = await realpath(`${directory}/device`)
    return `${clean(basename(dirname(device)))}_${clean(basename(device))}`
  } catch {
    return clean(chipName === '' ? basename(directory) : chipName)
  }
}

async function zoneSensors(directory: string): Promise<readonly Sensor[]> {
  const sensors: Sensor[] = []
  for (const name of await names(directory)) {
    const zone = /^thermal_zone(\d{1,4})$/.exec(name)?.[1]
    if (zone === undefined) continue
    const labels = { zone, type: await line(`${directory}/${name}/type`) }
    sensors.push({
      path: `${directory}/${name}/temp`,
      metric: metric('gauge', 'node_thermal_zone_temp', 'celsius', labels),
    })
  }
  return sensors
}
