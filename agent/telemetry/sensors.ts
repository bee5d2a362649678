import { type Clock, minutes, seconds } from '../../shared/model/time.ts'
import { basename } from 'node:path'
import { type FoundFile, WaitedFiles } from './found_files.ts'
import { metric } from './source.ts'
import { existing, fileOf, namesIn, placeOf, wordIn } from './sys_tree.ts'

const SENSORS_MAX = 192

type Quantity = {
  readonly pattern: RegExp
  /** As node_exporter names it. */
  readonly name: string
  readonly unit: string
  readonly scale: number
}

const QUANTITIES: readonly Quantity[] = [
  { pattern: /^(temp\d{1,4})_input$/, name: 'node_hwmon_temp_celsius', unit: 'celsius', scale: 1e-3 },
  { pattern: /^(temp\d{1,4})_max$/, name: 'node_hwmon_temp_max_celsius', unit: 'celsius', scale: 1e-3 },
  { pattern: /^(temp\d{1,4})_crit$/, name: 'node_hwmon_temp_crit_celsius', unit: 'celsius', scale: 1e-3 },
  { pattern: /^(fan\d{1,4})_input$/, name: 'node_hwmon_fan_rpm', unit: 'rpm', scale: 1 },
  { pattern: /^(power\d{1,4})_input$/, name: 'node_hwmon_power_watt', unit: 'watts', scale: 1e-6 },
  { pattern: /^(power\d{1,4})_average$/, name: 'node_hwmon_power_average_watt', unit: 'watts', scale: 1e-6 },
]

/**
 * Temperatures with their limits, fans and power of /sys/class/hwmon; temperatures of the thermal zones where there is
 * no hwmon. A sensor's driver may ask a disk or a slow bus. Cores' own sensors are left out, their package's tells
 * enough.
 */
export function sensorSource(sys: string, clock: Clock): WaitedFiles {
  const find = (): readonly FoundFile[] => {
    const chips = `${sys}/class/hwmon`
    const sensors = namesIn(chips).flatMap((chip) => chipSensors(`${chips}/${chip}`))
    return (sensors.length > 0 ? sensors : zoneSensors(`${sys}/class/thermal`)).slice(0, SENSORS_MAX)
  }
  return new WaitedFiles({ name: 'sensors', clock, every: seconds(10), searchEvery: minutes(5), find })
}

/** A whole number in thousandths or millionths; NaN where it is none, or more digits than any sensor has. */
const scaled =
  (scale: number) =>
  (word: string): number =>
    /^-?\d{1,12}$/.test(word) ? Number(word) * scale : Number.NaN

function chipSensors(folder: string): readonly FoundFile[] {
  const chipName = wordIn(`${folder}/name`)
  const chip = chipLabel(folder, chipName)
  return namesIn(folder).flatMap((file) => {
    for (const { pattern, name, unit, scale } of QUANTITIES) {
      const sensor = pattern.exec(file)?.[1]
      if (sensor === undefined) continue
      const label = wordIn(`${folder}/${sensor}_label`)
      if (/^Core \d/.test(label)) return []
      const labels = {
        chip,
        sensor,
        ...(chipName === '' ? {} : { chip_name: chipName }),
        ...(label === '' ? {} : { label }),
      }
      return [fileOf(`${folder}/${file}`, metric('gauge', name, unit, labels), scaled(scale))]
    }
    return []
  })
}

/** As node_exporter names chips: by where the device sits, since their numbers change with the order of loading. */
function chipLabel(folder: string, chipName: string): string {
  const clean = (text: string): string => text.toLowerCase().replace(/[^a-z0-9:]/g, '_')
  const place = placeOf(`${folder}/device`)
  return place === null ? clean(chipName === '' ? basename(folder) : chipName) : place.map(clean).join('_')
}

function zoneSensors(folder: string): readonly FoundFile[] {
  const files = namesIn(folder, /^thermal_zone\d{1,4}$/).map((name) => {
    const labels = { zone: name.slice('thermal_zone'.length), type: wordIn(`${folder}/${name}/type`) }
    return fileOf(`${folder}/${name}/temp`, metric('gauge', 'node_thermal_zone_temp', 'celsius', labels), scaled(1e-3))
  })
  return existing(files)
}
