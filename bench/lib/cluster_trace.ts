import { type Random, random } from '../../shared/model/random.ts'

/**
 * A fleet and what is asked of it, drawn from one seed in the shape of published traces of GPU clusters: sizes are
 * powers of two and mostly 1, lengths have a long tail from a minute to five days, tenants are very unequal and submit
 * alone or many alike at once, by day more than by night and at weekends less. All times are in seconds.
 */
export type Trace = {
  readonly fleet: readonly Slot[]
  /** By arrival. */
  readonly jobs: readonly Job[]
  readonly tenants: number
  /** When the last may arrive. */
  readonly span: number
  /** Machine-time asked for beside what the fleet has. */
  readonly load: number
}

/** A machine: of which class, and where. */
export type Slot = { readonly model: number; readonly rack: number; readonly row: number; readonly site: number }

export type Job = {
  readonly number: number
  readonly tenant: number
  readonly arrival: number
  readonly size: number
  readonly length: number
  /** Within which it says that it ends; null: it does not say. */
  readonly limit: number | null
  readonly wish: Wish
}

/** One class, or any with so many GPUs. */
export type Wish = {
  readonly model: number | null
  readonly gpus: number
  /** Classes whose machines will do. */
  readonly models: readonly number[]
}

/** Classes of machines; the smallest first. */
export const MODELS = [
  { name: 'cpu', gpu: '', gpus: 0, share: 0.1 },
  { name: 'a100x4', gpu: 'A100', gpus: 4, share: 0.2 },
  { name: 'a100x8', gpu: 'A100', gpus: 8, share: 0.35 },
  { name: 'h100x8', gpu: 'H100', gpus: 8, share: 0.35 },
] as const

export const RACK = 16
const [ROW, SITE] = [8, 3]
const TENANTS = 24
const [MINUTE, HOUR, DAY] = [60, 3600, 86_400]
/** Median and spread of lengths: trials, ordinary runs, and training. */
const LENGTHS = [
  { share: 0.5, median: 8 * MINUTE, spread: 1.2 },
  { share: 0.35, median: 1.5 * HOUR, spread: 1.1 },
  { share: 0.15, median: 14 * HOUR, spread: 0.9 },
] as const
const SIZES = [
  { share: 0.7, size: 1 },
  { share: 0.1, size: 2 },
  { share: 0.08, size: 4 },
  { share: 0.06, size: 8 },
  { share: 0.035, size: 16 },
  { share: 0.017, size: 32 },
  { share: 0.008, size: 64 },
] as const
const WISHES = [
  { share: 0.55, gpus: null },
  { share: 0.3, gpus: 8 },
  { share: 0.1, gpus: 4 },
  { share: 0.05, gpus: 0 },
] as const

export type TraceOptions = {
  readonly machines: number
  readonly days: number
  readonly seed: number
  readonly load: number
  /** Of a hundred, how many do not say how long they take. */
  readonly unlimited: number
}

export function drawTrace({ machines, days, seed, load, unlimited }: TraceOptions): Trace {
  const fleet = Array.from({ length: machines }, (_, index) => slotOf(index))
  const generator = random(seed)
  const span = days * DAY
  const wanted = load * machines * span
  const jobs: Omit<Job, 'number'>[] = []
  let work = 0
  while (work < wanted) {
    for (const job of campaign(generator, fleet, span, unlimited)) {
      if (job.arrival >= span || work >= wanted) break
      jobs.push(job)
      work += job.size * job.length
    }
  }
  const inOrder = jobs.toSorted((left, right) => left.arrival - right.arrival)
  return {
    fleet,
    jobs: inOrder.map((job, number) => ({ ...job, number })),
    tenants: TENANTS,
    span,
    load: work / (machines * span),
  }
}

/** Racks are of one class each, the classes dealt evenly over them. */
function slotOf(index: number): Slot {
  const rack = Math.floor(index / RACK)
  let place = (rack * 0.618_033_988_75) % 1
  let model = 0
  for (const { share } of MODELS) {
    place -= share
    if (place < 0) break
    model = Math.min(model + 1, MODELS.length - 1)
  }
  return { model, rack, row: Math.floor(rack / ROW), site: Math.floor(rack / (ROW * SITE)) }
}

/** One job, or many alike that a tenant submits at once. */
function campaign(
  generator: Random,
  fleet: readonly Slot[],
  span: number,
  unlimited: number,
): readonly Omit<Job, 'number'>[] {
  const tenant = drawTenant(generator)
  const wish = drawWish(generator)
  const most = fleet.filter(({ model }) => wish.models.includes(model)).length / 4
  const wished = pick(generator, SIZES).size
  const size = wished <= most ? wished : 1
  const { median, spread } = pick(generator, LENGTHS)
  const length = median * Math.exp(normal(generator) * spread)
  const begun = drawArrival(generator, span)
  const isLimited = generator.next() * 100 >= unlimited
  const isAlone = generator.next() < 0.8
  const count = isAlone ? 1 : 2 + generator.below(size > 4 ? 3 : 40)
  return Array.from({ length: count }, (_, index) => {
    const own = isAlone ? length : length * Math.exp(normal(generator) * 0.4)
    const taken = Math.round(Math.min(5 * DAY, Math.max(MINUTE, own)))
    const asked = Math.ceil((taken * (1 + 4 * generator.next())) / (5 * MINUTE)) * 5 * MINUTE
    return { tenant, arrival: begun + 5 * index, size, length: taken, limit: isLimited ? asked : null, wish }
  })
}

/** The first submits a quarter of all, the last a hundredth. */
function drawTenant(generator: Random): number {
  const weights = Array.from({ length: TENANTS }, (_, index) => (index + 1) ** -1.1)
  let place = generator.next() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [index, weight] of weights.entries()) {
    place -= weight
    if (place < 0) return index
  }
  return TENANTS - 1
}

function drawWish(generator: Random): Wish {
  const { gpus } = pick(generator, WISHES)
  if (gpus !== null) {
    const models = MODELS.flatMap((one, index) => (one.gpus >= gpus ? index : []))
    return { model: null, gpus, models }
  }
  const model = MODELS.indexOf(pick(generator, MODELS))
  return { model, gpus: 0, models: [model] }
}

/** At three in the afternoon of a working day four times as many come as at three at night. */
function drawArrival(generator: Random, span: number): number {
  for (;;) {
    const at = Math.floor(generator.next() * span)
    const hour = (at % DAY) / HOUR
    const isWeekend = Math.floor(at / DAY) % 7 >= 5
    const density = (1 + 0.6 * Math.cos(((hour - 15) / 12) * Math.PI)) * (isWeekend ? 0.5 : 1)
    if (generator.next() * 1.6 < density) return at
  }
}

function pick<One extends { readonly share: number }>(generator: Random, from: readonly One[]): One {
  let place = generator.next()
  for (const one of from) {
    place -= one.share
    if (place < 0) return one
  }
  const [first] = from
  if (first === undefined) throw new Error('there is nothing to pick from')
  return first
}

function normal(generator: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - generator.next()))
  return radius * Math.cos(2 * Math.PI * generator.next())
}
