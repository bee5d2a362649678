import { readFile, readdir, realpath } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Metric } from '../../shared/model/telemetry.ts'
import { metric } from './source.ts'

/** One file of the amdgpu driver, with the numbers in it. */
export type AmdFile = {
  readonly path: string
  readonly metrics: readonly Metric[]
  /** As many numbers as there are metrics; NaN for those that are not there. */
  readonly parse: (text: string) => readonly number[]
  /** A file that makes the driver ask the device for long, or that forgets what it was asked for. */
  readonly isSlow: boolean
  /** Whether each reading tells what is new since the last, so that it has to be added up. */
  readonly isNews: boolean
}

export type AmdDevice = {
  /** Says whether the device sleeps: any other file would wake it. */
  readonly sleeps: string
  readonly files: readonly AmdFile[]
}

const AMD_GPUS_MAX = 64
const VENDOR = '0x1002'
const MEBIBYTE = 1 / 1024 ** 2

type Labels = Readonly<Record<string, string>>
type Found = { readonly directory: string; readonly labels: Labels }

/** AMD's GPUs, by what their driver shows in /sys/class/drm. */
export async function findAmdDevices(sys: string): Promise<readonly AmdDevice[]> {
  const cards = (await names(`${sys}/class/drm`)).filter((name) => /^card\d{1,3}$/.test(name))
  const devices: AmdDevice[] = []
  for (const card of cards) {
    const directory = `${sys}/class/drm/${card}/device`
    if ((await line(`${directory}/vendor`)) !== VENDOR || devices.length === AMD_GPUS_MAX) continue
    const found = { directory, labels: await labelsOf(directory, devices.length) }
    const files = [...ofDriver(found), ...(await ofSensors(found)), ...(await ofErrors(found))]
    const present = new Set(await names(directory))
    const there = files.filter(
      ({ path }) =>
        !path.startsWith(`${directory}/`) || present.has(path.slice(directory.length + 1).split('/')[0] ?? ''),
    )
    devices.push({ sleeps: `${directory}/power/runtime_status`, files: there })
  }
  return devices
}

async function labelsOf(directory: string, index: number): Promise<Labels> {
  const model = (await line(`${directory}/product_name`)) || (await line(`${directory}/device`))
  const serial = (await line(`${directory}/serial_number`)) || (await line(`${directory}/unique_id`))
  const place = await realpath(directory).then(basename, () => '')
  return { gpu_id: String(index), card_model: model, serial_number: serial, pci_bus_id: place }
}

function ofDriver({ directory, labels }: Found): readonly AmdFile[] {
  const gauge = (file: string, name: string, unit: string, scale = 1): AmdFile =>
    number(`${directory}/${file}`, metric('gauge', name, unit, labels), scale)
  return [
    gauge('gpu_busy_percent', 'gpu_gfx_activity', 'percent'),
    gauge('mem_busy_percent', 'gpu_umc_activity', 'percent'),
    gauge('mem_info_vram_total', 'gpu_total_vram', 'mebibytes', MEBIBYTE),
    gauge('mem_info_vram_used', 'gpu_used_vram', 'mebibytes', MEBIBYTE),
    gauge('current_link_speed', 'pcie_speed', 'gigatransfers per second'),
    gauge('max_link_speed', 'pcie_max_speed', 'gigatransfers per second'),
    gauge('current_link_width', 'billet_amdgpu_pcie_width', ''),
    gauge('max_link_width', 'billet_amdgpu_pcie_max_width', ''),
    number(`${directory}/pcie_replay_count`, metric('counter', 'billet_amdgpu_pcie_replays_total', '', labels), 1),
    {
      ...number(`${directory}/xgmi_error`, metric('counter', 'billet_amdgpu_xgmi_errors_total', '', labels), 1),
      parse: (text) => [Number.isNaN(leading(text)) ? Number.NaN : Math.min(1, leading(text))],
      isSlow: true,
      isNews: true,
    },
  ]
}

const SENSORS: ReadonlyMap<string, string> = new Map([
  ['edge', 'gpu_edge_temperature'],
  ['junction', 'gpu_junction_temperature'],
  ['mem', 'gpu_memory_temperature'],
])
const CLOCKS: ReadonlyMap<string, string> = new Map([
  ['sclk', 'system'],
  ['mclk', 'memory'],
])

async function ofSensors({ directory, labels }: Found): Promise<readonly AmdFile[]> {
  const files: AmdFile[] = []
  for (const chip of await names(`${directory}/hwmon`)) {
    const hwmon = `${directory}/hwmon/${chip}`
    const present = await names(hwmon)
    // Newer devices tell the power of this moment, older ones an average.
    const power = ['power1_input', 'power1_average'].find((name) => present.includes(name))
    const gauge = (file: string, name: string, unit: string, scale: number, more: Labels = {}): void => {
      if (present.includes(file))
        files.push(number(`${hwmon}/${file}`, metric('gauge', name, unit, { ...labels, ...more }), scale))
    }
    if (power !== undefined) gauge(power, 'gpu_package_power', 'watts', 1e-6)
    gauge('power1_cap', 'billet_amdgpu_power_cap_watts', 'watts', 1e-6)
    for (const name of present) {
      const sensor = /^((?:temp|freq)\d{1,2})_label$/.exec(name)?.[1]
      if (sensor === undefined) continue
      const label = await line(`${hwmon}/${name}`)
      const temperature = SENSORS.get(label)
      const clock = CLOCKS.get(label)
      if (temperature !== undefined) {
        gauge(`${sensor}_input`, temperature, 'celsius', 1e-3)
        gauge(`${sensor}_crit`, 'billet_amdgpu_temperature_critical_celsius', 'celsius', 1e-3, { sensor: label })
      }
      if (clock !== undefined) gauge(`${sensor}_input`, 'gpu_clock', 'megahertz', 1e-6, { clock_type: clock })
    }
  }
  return files
}

/** What the device's parts report of themselves: "ue: 0" and "ce: 0", uncorrected and corrected. */
async function ofErrors({ directory, labels }: Found): Promise<readonly AmdFile[]> {
  return (await names(`${directory}/ras`)).flatMap((name) => {
    const block = /^([a-z0-9_]{1,32})_err_count$/.exec(name)?.[1]
    if (block === undefined) return []
    const counter = (error: string): Metric =>
      metric('counter', 'billet_amdgpu_ras_errors_total', '', { ...labels, block, error })
    const parse = (text: string): readonly number[] => ['ue', 'ce'].map((word) => named(text, word))
    const metrics = [counter('uncorrected'), counter('corrected')]
    return [{ path: `${directory}/ras/${name}`, metrics, parse, isSlow: true, isNews: false }]
  })
}

function number(path: string, told: Metric, scale: number): AmdFile {
  return { path, metrics: [told], parse: (text) => [leading(text) * scale], isSlow: false, isNews: false }
}

/** The number that a text begins with, as in "16.0 GT/s PCIe"; NaN where it begins with none. */
function leading(text: string): number {
  const found = /^\s*(0x[0-9a-f]{1,13}|-?\d{1,16}(?:\.\d{1,6})?)(?![\w.])/i.exec(text)?.[1]
  return found === undefined ? Number.NaN : Number(found)
}

function named(text: string, word: string): number {
  const at = text.split('\n').find((one) => one.trimStart().startsWith(`${word}:`))
  return at === undefined ? Number.NaN : leading(at.slice(at.indexOf(':') + 1))
}

async function names(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  } catch {
    return []
  }
}

/** The first line of a small file, printable and bounded; empty where it cannot be read. */
export async function line(path: string): Promise<string> {
  try {
    const [first = ''] = (await readFile(path, 'latin1')).split('\n', 1)
    return first
      .replace(/[^\x20-\x7e]/g, ' ')
      .trim()
      .slice(0, 64)
  } catch {
    return ''
  }
}
