import type { Gpu, Inventory } from '../../shared/model/inventory.ts'
import { inventory } from '../fixtures.ts'

const GIB = 1024 ** 3

/** What a machine is made of, and what that comes to where people ask for it. */
export type Shape = {
  readonly name: string
  readonly hardwareClass: string
  readonly gpus: number
  /** In whole GiB. */
  readonly memory: number
  readonly threads: number
  readonly inventory: Inventory
}

const gpu = (index: number): Gpu => ({
  index,
  vendor: 'NVIDIA',
  model: 'NVIDIA H100',
  uuid: `g-${index}`,
  memoryBytes: 80 * GIB,
  serial: '',
  driver: '550.54',
})

const [cpu] = [inventory().cpu]

const SMALL: Shape = {
  name: 'small',
  hardwareClass: 'x64-16t-64g',
  gpus: 0,
  memory: 62,
  threads: 16,
  inventory: inventory({ cpu: { ...cpu, threads: 16, coresPhysical: 8 }, memoryBytes: 62 * GIB + 1 }),
}
export const LARGE: Shape = {
  name: 'large',
  hardwareClass: 'x64-128t-1024g',
  gpus: 0,
  memory: 1024,
  threads: 128,
  inventory: inventory(),
}
const GPUS: Shape = {
  name: 'gpus',
  hardwareClass: 'x64-128t-1024g-2x-h100-80g',
  gpus: 2,
  memory: 1024,
  threads: 128,
  inventory: inventory({ gpus: [gpu(0), gpu(1)] }),
}
/** One of its cards has fallen out. */
const WORN: Shape = {
  ...GPUS,
  name: 'worn',
  hardwareClass: 'x64-128t-1024g-1x-h100-80g',
  gpus: 1,
  inventory: inventory({ gpus: [gpu(0)] }),
}

const ALL = [SMALL, LARGE, GPUS, WORN] as const
const byName = new Map(ALL.map((shape) => [shape.name, shape]))

/** Those that machines come in. */
export const SHAPES = [SMALL, LARGE, GPUS] as const
export const CLASSES = ALL.map(({ hardwareClass }) => hardwareClass)

/** An agent tells an inventory under this digest. */
export const shapeOf = (digest: string): Shape | undefined => byName.get(digest)

/** After a loss of power a card may be gone, and with the next one back. */
export function reworked(shape: Shape): Shape {
  if (shape === GPUS) return WORN
  return shape === WORN ? GPUS : shape
}
