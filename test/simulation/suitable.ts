import type { MachineRecord } from '../../coordinator/core/records.ts'
import type { Arrangement, Constraints } from '../../shared/model/workload.ts'
import { LEVELS } from '../fixtures.ts'
import { isOfClass, shapeOfMachine } from './ledger.ts'
import { isRequired } from './wishes.ts'

const GIB = 1024 ** 3

/** What a machine lacks of what is asked for, in an observer's own words; empty: nothing. */
export function lacks(machine: MachineRecord, constraints: Constraints): string {
  const shape = shapeOfMachine(machine)
  if (shape === undefined) return 'nothing is known of it'
  if (constraints.machines.length > 0 && !constraints.machines.includes(machine.id)) return 'it is not named'
  if (constraints.excluded.includes(machine.id)) return 'it is excluded'
  if (constraints.hardwareClass !== undefined && !isOfClass(machine, constraints.hardwareClass)) return 'another class'
  for (const [key, value] of Object.entries(constraints.labels)) {
    if (machine.labels[key] !== value) return `${key} is ${machine.labels[key]} and not ${value}`
  }
  if (shape.gpus < constraints.gpusMin) return `${shape.gpus} GPUs`
  if (shape.memory * GIB < constraints.memoryBytesMin) return `${shape.memory} GiB`
  const { require: required } = constraints
  return required === null || isRequired(required.text, machine.labels, shape) ? '' : `not ${required.text}`
}

/** Where a machine is, down to this level; undefined: it does not say. */
function placeOf({ labels }: MachineRecord, level: string): string | undefined {
  if (labels[level] === undefined || labels[level] === '') return undefined
  const place = []
  for (const outer of LEVELS) {
    place.push(`${outer} ${labels[outer] ?? '?'}`)
    if (outer === level) return place.join(', ')
  }
  return undefined
}

/** How machines of one group lie otherwise than was asked for; empty: they do not. */
export function strays(machines: readonly MachineRecord[], { pack, spread, sameClass }: Arrangement): string {
  if (sameClass && new Set(machines.map((machine) => shapeOfMachine(machine)?.hardwareClass)).size > 1) {
    return 'of several classes'
  }
  if (pack?.required === true) {
    const places = machines.map((machine) => placeOf(machine, pack.level))
    if (places.some((place) => place !== places[0] || place === undefined)) return `not in one ${pack.level}`
  }
  if (spread === null) return ''
  const places = machines.map((machine) => placeOf(machine, spread.level))
  if (places.includes(undefined)) return `in no known ${spread.level}`
  for (const place of places) {
    const count = places.filter((other) => other === place).length
    if (count > spread.most) return `${count} in ${place}`
  }
  return ''
}
