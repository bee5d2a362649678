import type { Metric } from '../../../shared/model/telemetry.ts'
import { metric } from '../source.ts'
import { ATTRIBUTE, type SmartAttribute } from './ata.ts'
import type { NvmeHealth } from './nvme.ts'
import type { ClockDiscipline } from './timex.ts'

/** A number with its name. */
export type Told = { readonly metric: Metric; readonly value: number }

const gauge = (value: number, name: string, unit: string, labels: Readonly<Record<string, string>> = {}): Told => ({
  metric: metric('gauge', name, unit, labels),
  value,
})
const counter = (value: number, name: string, unit: string, labels: Readonly<Record<string, string>>): Told => ({
  metric: metric('counter', name, unit, labels),
  value,
})

/** Under the names of smartctl_exporter, where it has them. */
export function nvmeQuantities(device: string, health: NvmeHealth): readonly Told[] {
  const labels = { device }
  return [
    gauge(health.criticalWarning, 'smartctl_device_critical_warning', '', labels),
    temperature(device, health.celsius),
    gauge(health.spare, 'smartctl_device_available_spare', 'percent', labels),
    gauge(health.spareThreshold, 'smartctl_device_available_spare_threshold', 'percent', labels),
    gauge(health.percentageUsed, 'smartctl_device_percentage_used', 'percent', labels),
    counter(health.bytesRead, 'smartctl_device_bytes_read', 'bytes', labels),
    counter(health.bytesWritten, 'smartctl_device_bytes_written', 'bytes', labels),
    counter(health.powerCycles, 'smartctl_device_power_cycle_count', '', labels),
    counter(health.powerOnSeconds, 'smartctl_device_power_on_seconds', 'seconds', labels),
    counter(health.mediaErrors, 'smartctl_device_media_errors', '', labels),
    counter(health.errorLogEntries, 'smartctl_device_num_err_log_entries', '', labels),
    counter(health.unsafeShutdowns, 'billet_nvme_unsafe_shutdowns_total', '', labels),
  ]
}

const temperature = (device: string, celsius: number): Told =>
  gauge(celsius, 'smartctl_device_temperature', 'celsius', { device, temperature_type: 'current' })

/** What a SATA drive told in one round; what it does not know is left out. */
export type AtaHealth = {
  readonly passes: boolean | null
  readonly attributes: readonly SmartAttribute[]
  /** NaN where its statistics lack it. */
  readonly percentageUsed: number
  readonly bytesRead: number
  readonly bytesWritten: number
  readonly rotational: boolean
}

/** The attributes that operators look at, under the names that smartctl gives them. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [ATTRIBUTE.reallocated, 'Reallocated_Sector_Ct'],
  [187, 'Reported_Uncorrect'],
  [197, 'Current_Pending_Sector'],
  [198, 'Offline_Uncorrectable'],
  [199, 'UDMA_CRC_Error_Count'],
])
/** The wear of a disk without platters: each manufacturer has one of them. */
const WEAR_NAMES: ReadonlyMap<number, string> = new Map([
  [177, 'Wear_Leveling_Count'],
  [231, 'SSD_Life_Left'],
  [233, 'Media_Wearout_Indicator'],
])

const HOUR_SECONDS = 3600

export function ataQuantities(device: string, health: AtaHealth): readonly Told[] {
  const labels = { device }
  const { passes, attributes, rotational, percentageUsed, bytesRead, bytesWritten } = health
  const known = (value: number, told: Told): readonly Told[] => (Number.isNaN(value) ? [] : [told])
  return [
    ...(passes === null ? [] : [gauge(Number(passes), 'smartctl_device_smart_status', '', labels)]),
    ...attributes.flatMap((attribute) => attributeQuantities(device, attribute, rotational)),
    ...known(percentageUsed, gauge(percentageUsed, 'smartctl_device_percentage_used', 'percent', labels)),
    ...known(bytesRead, counter(bytesRead, 'smartctl_device_bytes_read', 'bytes', labels)),
    ...known(bytesWritten, counter(bytesWritten, 'smartctl_device_bytes_written', 'bytes', labels)),
  ]
}

function attributeQuantities(device: string, attribute: SmartAttribute, rotational: boolean): readonly Told[] {
  const { id, value, raw } = attribute
  const labels = { device }
  if (id === ATTRIBUTE.temperature) return [temperature(device, raw)]
  if (id === ATTRIBUTE.powerCycles) return [counter(raw, 'smartctl_device_power_cycle_count', '', labels)]
  if (id === ATTRIBUTE.powerOnHours) {
    return [counter(raw * HOUR_SECONDS, 'smartctl_device_power_on_seconds', 'seconds', labels)]
  }
  const name = NAMES.get(id) ?? (rotational ? undefined : WEAR_NAMES.get(id))
  if (name === undefined) return []
  const told = (type: string, number: number): Told =>
    gauge(number, 'smartctl_device_attribute', '', {
      device,
      attribute_id: String(id),
      attribute_name: name,
      attribute_value_type: type,
    })
  return [told('raw', raw), told('value', value)]
}

/** Under node_exporter's names. */
export function clockQuantities(clock: ClockDiscipline): readonly Told[] {
  return [
    gauge(Number(clock.isSynchronised), 'node_timex_sync_status', ''),
    gauge(clock.offset, 'node_timex_offset_seconds', 'seconds'),
    gauge(clock.estimatedError, 'node_timex_estimated_error_seconds', 'seconds'),
    gauge(clock.maximumError, 'node_timex_maxerror_seconds', 'seconds'),
    gauge(clock.frequencyRatio, 'node_timex_frequency_adjustment_ratio', ''),
  ]
}
