import { parseExpression } from '../../shared/model/expression/parse.ts'
import type { Expression } from '../../shared/model/expression/expression.ts'
import type { MachineId, WorkloadId } from '../../shared/model/ids.ts'
import { instant } from '../../shared/model/time.ts'
import {
  ANY_ARRANGEMENT,
  ANY_MACHINE,
  type Arrangement,
  type Constraints,
  type Dependency,
  type Group,
  type WorkloadSpec,
} from '../../shared/model/workload.ts'
import { LEVELS, must } from '../fixtures.ts'
import { CLASSES, type Shape } from './shapes.ts'
import type { World } from './world.ts'

type Labels = Readonly<Record<string, string>>

/** An expression, and the same again in this program's own words. */
type Requirement = { readonly text: string; readonly holds: (labels: Labels, shape: Shape) => boolean }

const REQUIREMENTS: readonly Requirement[] = [
  { text: 'gpu.count >= 1', holds: (_, { gpus }) => gpus >= 1 },
  { text: 'gpu.count < 2 and memory > 128GiB', holds: (_, { gpus, memory }) => gpus < 2 && memory > 128 },
  { text: 'label.tier = gold', holds: ({ tier }) => tier === 'gold' },
  { text: 'label.tier != gold', holds: ({ tier }) => tier !== 'gold' },
  { text: 'label.rack in (1, 2)', holds: ({ rack }) => rack === '1' || rack === '2' },
  {
    text: 'not (label.site = north) or cpu.threads < 100',
    holds: ({ site }, { threads }) => site !== 'north' || threads < 100,
  },
  { text: 'label.row exists', holds: ({ row }) => row !== undefined },
  {
    text: 'class = x64-16t-64g or label.tier = gold',
    holds: ({ tier }, { name }) => name === 'small' || tier === 'gold',
  },
]
const requirements = new Map(REQUIREMENTS.map((one) => [one.text, one]))
const expressions: readonly Expression[] = REQUIREMENTS.map(({ text }) => must(parseExpression(text)))

/** What people meant by an expression that they wrote. */
export function isRequired(text: string, labels: Labels, shape: Shape): boolean {
  const meant = requirements.get(text)
  if (meant === undefined) throw new Error(`nobody wrote ${text}`)
  return meant.holds(labels, shape)
}

const PLACES: Readonly<Record<string, readonly string[]>> = {
  site: ['north', 'south'],
  row: ['1', '2'],
  rack: ['1', '2', '3'],
  tier: ['gold', 'silver'],
}
const KEYS = Object.keys(PLACES)

/** What may be asked for beside a number of machines. */
export class Wishes {
  readonly #world: World
  readonly #machines: readonly MachineId[]
  /** Nobody asks for more than a number of machines: order and backfill show best there. */
  readonly #isPlain: boolean

  constructor(world: World, machines: readonly MachineId[]) {
    this.#world = world
    this.#machines = machines
    this.#isPlain = world.chance(0.3)
  }

  #one<Choice>(choices: readonly Choice[]): readonly Choice[] {
    const chosen = choices[this.#world.random.below(choices.length)]
    return chosen === undefined ? [] : [chosen]
  }

  /** Of a machine that says where it is; some leave out a part. */
  labels(): Labels {
    const said = KEYS.flatMap((key) => (this.#world.chance(0.15) ? [] : this.label(key)))
    return Object.fromEntries(said)
  }

  label(key: string): readonly (readonly [string, string])[] {
    return this.#one(PLACES[key] ?? []).map((value) => [key, value] as const)
  }

  /** Puts one label on, takes one off, or says it all anew. */
  relabelling(): { readonly set: Labels; readonly remove: readonly string[] } {
    const drawn = this.#world.random.below(4)
    const keys = this.#one(KEYS)
    if (drawn === 0) return { set: {}, remove: keys }
    if (drawn === 1) return { set: this.labels(), remove: KEYS }
    return { set: Object.fromEntries(keys.flatMap((key) => this.label(key))), remove: [] }
  }

  constraints(): Constraints {
    if (this.#isPlain || this.#world.chance(0.75)) return ANY_MACHINE
    const drawn = this.#world.random.below(12)
    if (drawn < 3)
      return { ...ANY_MACHINE, labels: Object.fromEntries(this.#one(KEYS).flatMap((key) => this.label(key))) }
    if (drawn < 6) return { ...ANY_MACHINE, require: this.#one(expressions)[0] ?? null }
    if (drawn === 6) return { ...ANY_MACHINE, machines: this.#some() }
    if (drawn < 9) return { ...ANY_MACHINE, excluded: this.#some() }
    if (drawn === 9) return { ...ANY_MACHINE, gpusMin: 1 + this.#world.random.below(2) }
    if (drawn === 10) return { ...ANY_MACHINE, memoryBytesMin: (60 + this.#world.random.below(4)) * 1024 ** 3 }
    const [hardwareClass] = this.#one(CLASSES)
    const prefer = this.#one(expressions).map((expression) => ({ expression, weight: 1 }))
    return hardwareClass === undefined || this.#world.chance(0.5)
      ? { ...ANY_MACHINE, prefer }
      : { ...ANY_MACHINE, hardwareClass }
  }

  #some(): readonly MachineId[] {
    const chosen = this.#machines.filter(() => this.#world.chance(0.4))
    return chosen.length > 0 ? chosen : this.#one(this.#machines)
  }

  arrangement(): Arrangement {
    if (this.#isPlain || this.#world.chance(0.8)) return ANY_ARRANGEMENT
    const drawn = this.#world.random.below(5)
    const [level = 'site'] = this.#one(LEVELS)
    const sameClass = this.#world.chance(0.2)
    if (drawn < 2) return { pack: { level, required: true }, spread: null, sameClass }
    if (drawn === 2) return { pack: { level, required: false }, spread: null, sameClass }
    const spread = { level, most: 1 + this.#world.random.below(2) }
    if (drawn === 3) return { pack: null, spread, sameClass }
    return { pack: this.#world.chance(0.3) ? { level: 'site', required: true } : null, spread, sameClass }
  }

  groups(): readonly Group[] {
    if (this.#isPlain || !this.#world.chance(0.07)) return []
    const machineCount = 1 + this.#world.random.below(2)
    const arrangement = this.arrangement()
    return [{ name: 'beside', machineCount, constraints: this.constraints(), arrangement, task: null }]
  }

  /** On a few that were submitted not long ago, which have mostly not ended yet. */
  dependencies(workloads: readonly WorkloadId[]): readonly Dependency[] {
    if (!this.#world.chance(0.15)) return []
    const count = this.#world.chance(0.8) ? 1 : 2
    return Array.from({ length: count }, () => this.#one(workloads.slice(-6))).flatMap((ids) =>
      ids.flatMap((workload) =>
        this.#one(['succeeded', 'ended', 'failed'] as const).map((condition) => ({ workload, condition })),
      ),
    )
  }

  /** Some of it has passed already. */
  startAfter(): WorkloadSpec['startAfter'] {
    if (!this.#world.chance(0.12)) return null
    return instant(this.#world.wallClock() + this.#world.between(-5000, 40_000))
  }
}
