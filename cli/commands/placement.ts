import { type Command, Option } from 'commander'
import { describeFault, parseExpression } from '../../shared/model/expression/parse.ts'
import type { Arrangement } from '../../shared/wire/gen/types/billet/v1/Arrangement.ts'
import type { Dependency } from '../../shared/wire/gen/types/billet/v1/Dependency.ts'
import { DependencyCondition } from '../../shared/wire/gen/types/billet/v1/DependencyCondition.ts'
import type { Preference } from '../../shared/wire/gen/types/billet/v1/Preference.ts'
import type { WorkloadSpec } from '../../shared/wire/gen/types/billet/v1/WorkloadSpec.ts'
import { usage } from '../errors.ts'
import { type Stamp, parseTime } from '../times.ts'
import { type Size, collect, numberOf, parseCount, parseSize, parseSizes, resourceName } from './shared.ts'

type Spread = { readonly level: string; readonly most: number }
type GroupOption = Size & { readonly name: string; readonly require: string }

export type PlacementOptions = {
  readonly require?: readonly string[]
  readonly prefer?: readonly Preference[]
  readonly exclude?: readonly string[]
  readonly sameClass?: boolean
  readonly pack?: string
  readonly packRequired?: string
  readonly spread?: Spread
  readonly after?: readonly Dependency[]
  /** From what it is now. */
  readonly startAfter?: (now: number) => Stamp
  readonly reservation?: string
  /** Bytes a second; true: however few. */
  readonly checkNetwork?: number | true
  readonly group?: readonly GroupOption[]
  readonly array?: { readonly size: number; readonly most_at_once: number }
  readonly preempts?: boolean
  readonly preemptible?: boolean
  /** False: it says so. */
  readonly borrow: boolean
}

/** Where a workload may go, how its machines lie to each other, and when it may begin. */
export function withPlacement(command: Command): Command {
  return command
    .option('--require <expression>', 'machines of which this holds: "gpu.count >= 8" (repeatable: all hold)', required)
    .option('--prefer <expression[:weight]>', 'rather machines of which this holds (repeatable)', preferred)
    .option('--exclude <machine>', 'none of these machines, in no group (repeatable)', collect)
    .option('--same-class', 'machines of one hardware class')
    .addOption(
      new Option('--pack <level>', 'within one rack, or what else the level is, if that can be')
        .argParser(level('--pack'))
        .conflicts('packRequired'),
    )
    .option('--pack-required <level>', 'within one place of this level, or not at all', level('--pack-required'))
    .option('--spread <level[:most]>', 'at most so many in one place of this level; 1 without a number', parseSpread)
    .option(
      '--group <name:count[:expression]>',
      'beside them so many machines, or 2..8, of which this holds, for the same task (repeatable)',
      grouped,
    )
    .option(
      '--after <workload[:end]>',
      'once this workload has succeeded, ended or failed; succeeded without a word (repeatable)',
      awaited,
    )
    .option(
      '--start-after <time>',
      'not before this time: 2026-12-24T18:00:00Z, or 2h from now',
      parseTime('--start-after'),
    )
    .option(
      '--check-network [rate]',
      'begin only once each rank reaches the next, at 10GB/s say; otherwise it fails, and says between whom',
      parseRate,
    )
    .option('--reservation <name>', 'within a window of this reservation, on its machines alone')
    .option('--array <count[:most]>', 'so many workloads, of which at most so many hold machines at once', parseArray)
    .option('--preempts', 'running workloads of lower priority that allow it may be stopped for it')
    .option('--no-preempts', 'none may be, though its class of priority says so')
    .option('--preemptible', 'it may be stopped for one of higher priority; it waits again then')
    .option('--no-borrow', 'only machines that are guaranteed to its tenant; it is not stopped for what others are')
}

/** Bytes a second; none is asked for where the option stands alone. */
function parseRate(text: string): number {
  return parseSize('--check-network')(text.replace(/\/s$/, ''))
}

function parseArray(text: string): { readonly size: number; readonly most_at_once: number } {
  const [size = '', most, ...rest] = text.split(':')
  if (rest.length > 0) throw usage(`--array: expected a count, or count:most, got ${JSON.stringify(text)}.`)
  const most_at_once = most === undefined ? 0 : parseCount('--array', 0, 1000)(most)
  return { size: parseCount('--array', 1, 1000)(size), most_at_once }
}

/** What must hold of each machine, as it was written, or a refusal that points at the fault. */
function parsed(option: string, text: string): string {
  const expression = parseExpression(text)
  if (expression.ok) return text
  throw usage(`${option}: ${describeFault(text, expression.error)}`)
}

function required(text: string, collected: readonly string[] = []): readonly string[] {
  return [...collected, parsed('--require', text)]
}

function preferred(text: string, collected: readonly Preference[] = []): readonly Preference[] {
  const [, expression = text, weight] = /^([^]*):([+-]?\d+)$/.exec(text) ?? []
  const parsedWeight = weight === undefined ? 1 : parseCount('--prefer', -1000, 1000)(weight.replace('+', ''))
  // Zero is what the contract takes for no weight at all.
  if (parsedWeight === 0) throw usage('--prefer: expected a weight other than 0.')
  return [...collected, { expression: parsed('--prefer', expression), weight: parsedWeight }]
}

function level(option: string): (text: string) => string {
  return (text) => {
    if (text !== '' && text.length <= 63) return text
    throw usage(`${option}: expected a level such as rack, got ${JSON.stringify(text.slice(0, 80))}.`)
  }
}

function parseSpread(text: string): Spread {
  const [name = '', most = '1', ...rest] = text.split(':')
  if (rest.length > 0) throw usage(`--spread: expected a level, or level:most, got ${JSON.stringify(text)}.`)
  return { level: level('--spread')(name), most: parseCount('--spread', 1, 4096)(most) }
}

function grouped(text: string, collected: readonly GroupOption[] = []): readonly GroupOption[] {
  const [, name = '', count, expression] = /^([^:]{1,63}):([^:]*)(?::([^]*))?$/.exec(text) ?? []
  if (count === undefined) {
    throw usage(`--group: expected name:count or name:count:expression, got ${JSON.stringify(text)}.`)
  }
  const require = expression === undefined ? '' : parsed(`--group ${name}`, expression)
  return [...collected, { name, ...parseSizes('--group', count), require }]
}

function awaited(text: string, collected: readonly Dependency[] = []): readonly Dependency[] {
  const [name = '', end = 'succeeded', ...rest] = text.split(':')
  if (name === '' || rest.length > 0) {
    throw usage(`--after: expected a workload, or workload:end, got ${JSON.stringify(text)}.`)
  }
  const condition = numberOf(DependencyCondition, 'DEPENDENCY_CONDITION_', end, '--after')
  return [...collected, { workload: resourceName('workloads', name), condition }]
}

/** Where nothing is said, the class of priority says it. */
function preemptionOf({ preempts, preemptible }: PlacementOptions): Pick<WorkloadSpec, 'preemption'> {
  if (preempts === undefined && preemptible === undefined) return {}
  return { preemption: { preempts: preempts === true, preemptible: preemptible === true } }
}

export type Placed = Pick<
  WorkloadSpec,
  'groups' | 'dependencies' | 'start_after_time' | 'no_borrow' | 'reservation' | 'network_check'
> & {
  readonly arrangement: Arrangement
  readonly require: string
  readonly prefer: Preference[]
}

/** True where it stands alone. */
const networkCheckOf = (rate: PlacementOptions['checkNetwork']): Pick<Placed, 'network_check'> =>
  rate === undefined ? {} : { network_check: { bandwidth_least: rate === true ? 0 : rate } }

/** What the options ask for; `excluded` are the names of machines that no group may have. */
export function placementOf(options: PlacementOptions, excluded: readonly string[], now: number): Placed {
  const { require = [], prefer = [], pack, packRequired, spread, after = [], startAfter, group = [] } = options
  return {
    arrangement: {
      pack_level: packRequired ?? pack ?? '',
      pack_required: packRequired !== undefined,
      spread_level: spread?.level ?? '',
      spread_most: spread?.most ?? 0,
      same_class: options.sameClass === true,
    },
    require: require.length === 1 ? (require[0] ?? '') : require.map((one) => `(${one})`).join(' and '),
    prefer: [...prefer],
    groups: group.map(({ require: expression, ...sized }) => ({
      ...sized,
      constraints: { require: expression, excluded_machines: [...excluded] },
    })),
    dependencies: [...after],
    reservation: options.reservation ?? '',
    ...networkCheckOf(options.checkNetwork),
    start_after_time: startAfter === undefined ? null : startAfter(now),
    ...(options.array === undefined ? {} : { array: options.array }),
    ...preemptionOf(options),
    no_borrow: !options.borrow,
  }
}
