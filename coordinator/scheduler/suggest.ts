import { conditionsOf, write } from '../../shared/model/expression/write.ts'
import { ANY_ARRANGEMENT, type Arrangement, type Constraints } from '../../shared/model/workload.ts'
import { choose } from './choose.ts'
import type { Kept } from './claims.ts'
import { Demand } from './demand.ts'
import type { FleetIndex } from './fleet_index.ts'
import type { Want } from './waiting.ts'

/** Another way to ask, and what is different in it: "without a requirement of one rack". */
type Variant = { readonly words: string; readonly constraints: Constraints; readonly arrangement: Arrangement }

/** The smallest changes each of which alone would let a group have its machines at once. */
export function suggestions(index: FleetIndex, { demand, ranks, group }: Want, kept: Kept): readonly string[] {
  const asked = ranks.length
  const about = group.name === '' ? '' : `For group ${group.name}: `
  const found = variantsOf(demand)
    .filter(({ constraints, arrangement }) =>
      isPossible(index, new Demand(index, constraints, arrangement), asked, kept),
    )
    .map(({ words }) => `${about}${words} it could start at once.`)
  const fewer = mostPossible(index, demand, asked, kept)
  if (fewer === 0) return found
  const machines = fewer === 1 ? '1 machine' : `${fewer} machines`
  return [`${about}With ${machines} in place of ${asked} it could start at once.`, ...found]
}

const isPossible = (index: FleetIndex, demand: Demand, count: number, kept: Kept): boolean =>
  choose(index, demand, count, kept) !== undefined

/** The most machines that it could have now: what can be had of many can be had of fewer. */
function mostPossible(index: FleetIndex, demand: Demand, asked: number, kept: Kept): number {
  let [low, high] = [0, asked - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (isPossible(index, demand, middle, kept)) low = middle
    else high = middle - 1
  }
  return low
}

function variantsOf({ constraints, arrangement }: Demand): readonly Variant[] {
  return [
    ...arrangementsOf(arrangement).map((variant) => ({ constraints, ...variant })),
    ...constraintsOf(constraints).map((variant) => ({ arrangement, ...variant })),
  ]
}

type Rearranged = Pick<Variant, 'words' | 'arrangement'>

function arrangementsOf(arrangement: Arrangement): readonly Rearranged[] {
  const { pack, spread, sameClass } = arrangement
  return [
    ...(pack?.required === true
      ? [{ words: `In more than one ${pack.level}`, arrangement: { ...arrangement, pack: null } }]
      : []),
    ...(spread === null
      ? []
      : [
          {
            words: `With more than ${spread.most} in one ${spread.level}`,
            arrangement: { ...arrangement, spread: ANY_ARRANGEMENT.spread },
          },
        ]),
    ...(sameClass
      ? [{ words: 'With several hardware classes', arrangement: { ...arrangement, sameClass: false } }]
      : []),
  ]
}

type Loosened = Pick<Variant, 'words' | 'constraints'>

function constraintsOf(constraints: Constraints): readonly Loosened[] {
  const { hardwareClass, labels, gpusMin, memoryBytesMin, machines, excluded, require: required } = constraints
  const loosened: Loosened[] = []
  const add = (words: string, change: Partial<Constraints>): void => {
    loosened.push({ words, constraints: { ...constraints, ...change } })
  }
  if (hardwareClass !== undefined) {
    const { hardwareClass: _class, ...others } = constraints
    loosened.push({ words: `Without class ${hardwareClass}`, constraints: others })
  }
  for (const [key, value] of Object.entries(labels)) {
    const others = Object.entries(labels).filter(([other]) => other !== key)
    add(`Without label ${key}=${value}`, { labels: Object.fromEntries(others) })
  }
  if (gpusMin > 0) add(`With fewer than ${gpusMin} GPUs`, { gpusMin: 0 })
  if (memoryBytesMin > 0) add('With less memory', { memoryBytesMin: 0 })
  if (machines.length > 0) add('On other machines than those named', { machines: [] })
  if (excluded.length > 0) add('On the machines that it excludes', { excluded: [] })
  if (required !== null) {
    const parts = conditionsOf(required.test)
    for (const part of parts) {
      const of = parts.filter((other) => other !== part)
      const left = of.length === 0 ? null : { text: of.map(write).join(' and '), test: { kind: 'all', of } as const }
      add(`Without ${write(part)}`, { require: left })
    }
  }
  return loosened
}
