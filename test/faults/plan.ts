import type { Random } from '../../shared/model/random.ts'

/** Which way nothing passes, seen from the box. */
export type Direction = 'both' | 'in' | 'out'

/** What is done to a box; undone again after a while where it can be. */
export type Deed =
  | { readonly kind: 'kill' | 'ambush' | 'stop' | 'reboot' | 'stall' | 'cut' | 'fill' | 'storm' }
  | { readonly kind: 'partition'; readonly direction: Direction }
  | { readonly kind: 'drop'; readonly percent: number }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'clock'; readonly seconds: number }

export type Fault = {
  /** Since the faults began. */
  readonly atMs: number
  readonly forMs: number
  /** The coordinator is 0, machines are 1 and up; a storm is of all machines. */
  readonly box: number
  readonly deed: Deed
}

export type FaultKind = Deed['kind']

/** What of a box a fault takes hold of: two at once on the same would undo one another. */
type Part = 'process' | 'network' | 'relay' | 'disk' | 'clock'

const PARTS: Readonly<Record<FaultKind, readonly Part[]>> = {
  kill: ['process'],
  ambush: ['process'],
  stop: ['process'],
  storm: ['process'],
  reboot: ['process', 'network', 'disk', 'clock'],
  partition: ['network'],
  drop: ['network'],
  delay: ['relay'],
  stall: ['relay'],
  cut: ['relay'],
  fill: ['disk'],
  clock: ['clock'],
}

type Weights = Partial<Readonly<Record<FaultKind, number>>>

/** How often each is drawn for machines, and for the coordinator, in parts of the whole. */
const MACHINES: Weights = {
  kill: 20,
  stop: 10,
  partition: 12,
  drop: 8,
  delay: 6,
  stall: 6,
  cut: 6,
  fill: 5,
  clock: 5,
  reboot: 5,
  storm: 1,
}
const COORDINATOR: Weights = { kill: 3, ambush: 4, stop: 2, partition: 2, drop: 1, fill: 2 }

type Choice = { readonly weight: number; readonly kind: FaultKind; readonly ofMachines: boolean }

const choicesOf = (weights: Weights, ofMachines: boolean): readonly Choice[] => {
  const kinds: readonly FaultKind[] = [
    ...(['kill', 'ambush', 'stop', 'partition', 'drop', 'delay', 'stall'] as const),
    ...(['cut', 'fill', 'clock', 'reboot', 'storm'] as const),
  ]
  return kinds.flatMap((kind) => {
    const weight = weights[kind] ?? 0
    return weight > 0 ? [{ weight, kind, ofMachines }] : []
  })
}

const CHOICES = [...choicesOf(MACHINES, true), ...choicesOf(COORDINATOR, false)]
const WEIGHTS = CHOICES.reduce((sum, { weight }) => sum + weight, 0)
const CLOCK_JUMPS = [-86_400, -3600, -30, -2, 2, 30, 3600, 86_400] as const
const DIRECTIONS: readonly Direction[] = ['both', 'in', 'out']
/** After these, the machine is not heard of for as long as they last. */
const LASTING: ReadonlySet<FaultKind> = new Set(['kill', 'stop', 'partition', 'stall'])
/** Longer than either side waits for the other, and than a coordinator waits until it replaces a rank. */
export const LONG_MS = 60_000
/** Long silences begin together: a coordinator counts a lease anew at its start, so they need some peace of it. */
const TOGETHER_MS = 5000
/** Between two times of them, for restarts of the coordinator. */
const APART_MS = 15_000

export type PlanOptions = {
  readonly faults: number
  readonly machines: number
  /** Between two faults, on average. */
  readonly gapMs: number
  /** Whether machines have a relay on their way to the coordinator. */
  readonly isRelayed: (box: number) => boolean
  /** One in so many faults that silence a machine begins a time of long silences; 0: none. */
  readonly longOneIn: number
}

/** A time in which machines are silent for longer than their leases, and nobody restarts the coordinator. */
type Silence = { readonly beganMs: number; readonly most: number; readonly silenced: number }

/** The faults of one seed in the order in which they begin; the same for the same seed. */
export function planFaults(random: Random, options: PlanOptions): readonly Fault[] {
  const free = new Map<string, number>()
  const faults: Fault[] = []
  let silence: Silence = { beganMs: -LONG_MS - TOGETHER_MS, most: 0, silenced: 0 }
  for (let now = 0; faults.length < options.faults; now += 1 + random.below(options.gapMs * 2 - 1)) {
    const drawn = draw(random, options, now)
    if (drawn === null) continue
    const held = partsOf(drawn, options.machines)
    if (held.some((part) => (free.get(part) ?? 0) > now)) continue
    const restedMs = now - silence.beganMs - LONG_MS - TOGETHER_MS
    const isQuiet = restedMs < 0
    if (isQuiet && RESTARTS.has(drawn.deed.kind) && drawn.box === 0) continue
    const begun = restedMs < APART_MS ? silence : begin(random, options, now)
    const isLong = begun !== null && now - begun.beganMs < TOGETHER_MS && begun.silenced < begun.most && canLast(drawn)
    if (isLong) silence = { ...begun, silenced: begun.silenced + 1 }
    const fault = isLong ? { ...drawn, forMs: LONG_MS } : drawn
    for (const part of held) free.set(part, now + fault.forMs + SETTLE_MS)
    faults.push(fault)
  }
  return faults
}

/** A box is left alone for a moment after a fault of the same part is over. */
const SETTLE_MS = 500

const RESTARTS: ReadonlySet<FaultKind> = new Set(['kill', 'ambush'])
const canLast = ({ deed, box }: Fault): boolean => box > 0 && LASTING.has(deed.kind)

/** A third of the machines at once, as many as are replaced without being asked about; now and then more. */
function begin(random: Random, { machines, longOneIn }: PlanOptions, beganMs: number): Silence | null {
  if (longOneIn === 0 || random.below(longOneIn) > 0) return null
  const third = Math.max(1, Math.floor(machines / 3))
  return { beganMs, most: random.below(5) === 0 ? third + 1 : third, silenced: 0 }
}

function partsOf({ box, deed }: Fault, machines: number): readonly string[] {
  const boxes = deed.kind === 'storm' ? Array.from({ length: machines }, (_, index) => index + 1) : [box]
  return boxes.flatMap((one) => PARTS[deed.kind].map((part) => `${part} ${one}`))
}

function draw(random: Random, { machines, isRelayed }: PlanOptions, atMs: number): Fault | null {
  let drawn = random.below(WEIGHTS)
  const choice = CHOICES.find(({ weight }) => (drawn -= weight) < 0)
  if (choice === undefined) return null
  const box = choice.ofMachines ? 1 + random.below(machines) : 0
  const deed = deedOf(random, choice.kind)
  if (PARTS[deed.kind].includes('relay') && !isRelayed(box)) return null
  return { atMs, forMs: 100 + random.below(3000), box, deed }
}

function deedOf(random: Random, kind: FaultKind): Deed {
  switch (kind) {
    case 'partition':
      return { kind, direction: DIRECTIONS[random.below(DIRECTIONS.length)] ?? 'both' }
    case 'drop':
      return { kind, percent: 5 + random.below(60) }
    case 'delay':
      return { kind, milliseconds: 20 + random.below(800) }
    case 'clock':
      return { kind, seconds: CLOCK_JUMPS[random.below(CLOCK_JUMPS.length)] ?? 30 }
    case 'kill':
    case 'ambush':
    case 'stop':
    case 'reboot':
    case 'stall':
    case 'cut':
    case 'fill':
    case 'storm':
      return { kind }
  }
}

/** One line for people. */
export function inWords({ atMs, forMs, box, deed }: Fault): string {
  const where = deed.kind === 'storm' ? 'all machines' : boxName(box)
  const how = Object.values(deed).slice(1).join(' ')
  return `${(atMs / 1000).toFixed(3)} ${deed.kind}${how === '' ? '' : ` ${how}`} ${where} for ${forMs} ms`
}

export const boxName = (box: number): string => (box === 0 ? 'coordinator' : `m${box}`)
