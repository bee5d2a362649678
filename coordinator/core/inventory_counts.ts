import { type CheckResult, isCheckName } from '../../shared/model/check.ts'
import type { Inventory } from '../../shared/model/inventory.ts'
import { compareTexts } from '../../shared/model/texts.ts'

/** How many parts of each kind a machine has, as results of the checks that count them. */
export function inventoryCounts(inventory: Inventory): readonly CheckResult[] {
  const { memoryModules, disks, nics, gpus } = inventory
  const speeds = nics.flatMap(({ device, speedMbps = 0 }) =>
    speedMbps > 0 && isCheckName(device) ? [counted('link-speed', speedMbps, 'Mbit/s', device)] : [],
  )
  return [
    // Firmware that does not tell of its modules has not lost them.
    ...(memoryModules.length === 0 ? [] : [counted('memory-modules', memoryModules.length)]),
    counted('disks', disks.length),
    counted('network-interfaces', nics.length),
    counted('gpus', gpus.length),
    ...speeds,
  ]
}

const counted = (check: string, value: number, unit = '', device = ''): CheckResult => ({
  check,
  measure: '',
  device,
  outcome: { kind: 'measured', value, unit },
  durationMs: 0,
})

/** Machines of which the same parts are expected; empty where the product is not known. */
export const productOf = ({ manufacturer, product, cpu }: Inventory): string =>
  product === '' ? '' : `${manufacturer}/${product}/${cpu.sockets}`

/**
 * What beside its hardware class makes a machine as fast as another: placement does not look at the model of the
 * processors, and two generations of them would be each other's measure.
 */
export function makeOf({ manufacturer, product, cpu, disks }: Inventory, isOfDisks: boolean): string {
  const models = isOfDisks ? [...new Set(disks.map(({ model }) => model))].toSorted(compareTexts) : []
  return [manufacturer, product, cpu.model, ...models].join('/')
}
