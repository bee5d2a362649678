import type { Metric } from '../../../shared/model/telemetry.ts'
import type { QueriedMachine } from '../../../shared/model/telemetry_query.ts'
import { labelName } from './text.ts'

/** What a machine is, and where, as labels of each of its series. */
export function machineLabels(
  { id, hostname, hardwareClass, tenant, labels }: QueriedMachine,
  levels: readonly string[],
): Readonly<Record<string, string>> {
  const places = levels.flatMap((level) => {
    const place = labels[level]
    return place === undefined ? [] : [[labelName(level), place] as const]
  })
  return { machine: id, hostname, hardware_class: hardwareClass, tenant: tenant ?? '', ...Object.fromEntries(places) }
}

/** A metric's labels; one that a machine has too is told under another name, as Prometheus does with targets'. */
export function ownLabels(
  labels: Metric['labels'],
  levels: readonly string[],
): readonly (readonly [name: string, value: string])[] {
  const taken = new Set(['machine', 'hostname', 'hardware_class', 'tenant', ...levels.map(labelName)])
  return Object.entries(labels).map(([name, value]) => {
    return [taken.has(labelName(name)) ? `exported_${labelName(name)}` : labelName(name), value] as const
  })
}
