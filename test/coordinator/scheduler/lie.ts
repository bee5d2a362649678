import type { MachineRecord } from '../../../coordinator/core/records.ts'
import type { Arrangement } from '../../../shared/model/workload.ts'
import { LEVELS } from '../../fixtures.ts'

/** Where a machine is, down to this level; null where it does not say so much. */
export function placeOf(machine: MachineRecord, level: string): string | null {
  const names = LEVELS.slice(0, LEVELS.findIndex((name) => name === level) + 1).map((name) => machine.labels[name])
  return names.at(-1) === undefined ? null : names.map((name) => name ?? '?').join(' / ')
}

/** Whether machines lie to each other as was asked for, said again in words of its own. */
export function lieWell(machines: readonly MachineRecord[], { pack, spread, sameClass }: Arrangement): boolean {
  const [first] = machines
  if (first === undefined) return true
  if (sameClass && machines.some(({ hardwareClass }) => hardwareClass !== first.hardwareClass)) return false
  if (pack?.required === true) {
    const home = placeOf(first, pack.level)
    if (home === null || machines.some((machine) => placeOf(machine, pack.level) !== home)) return false
  }
  if (spread === null) return true
  return machines.every((machine) => {
    const here = placeOf(machine, spread.level)
    return here !== null && machines.filter((other) => placeOf(other, spread.level) === here).length <= spread.most
  })
}
