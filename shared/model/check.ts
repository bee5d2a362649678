import type { HealthAction, Severity } from './health.ts'
import { type Instant, type Milliseconds, milliseconds, minutes, seconds } from './time.ts'

/** How a program of checks says what it found: lines of JSON, or the report of `dcgmi diag -j`. */
export const checkOutputs = ['lines', 'dcgm'] as const
export type CheckOutput = (typeof checkOutputs)[number]

/** Something that is measured on a machine that nobody holds, and what is made of it. Data alone. */
export type Check = {
  /** Stable word, and with "check-" in front the name of its finding: "memory-bandwidth". */
  readonly id: string
  /** Program and arguments; empty: the agent's own check of that name, or the coordinator's where `isCount`. */
  readonly argv: readonly string[]
  readonly output: CheckOutput
  readonly timeout: Milliseconds
  /** Memory that its program may use, where the machine can hold it to that. */
  readonly memoryBytes: number
  /** Which numbers are bad: low ones, as of a bandwidth, or high ones, as of a latency. */
  readonly bad: 'high' | 'low'
  /** By which part of what is expected a number may be worse: 0 to 1. */
  readonly tolerance: number
  /** A number of parts in the inventory: judged by what nearly all machines of the same product agree on. */
  readonly isCount: boolean
  /** Whether it is part of a validation, where one is due. */
  readonly validating: boolean
  readonly severity: Severity
  /** What is done about its finding. */
  readonly action: HealthAction
  /** For people: what it measures. */
  readonly about: string
  /** A site may switch one off. */
  readonly enabled: boolean
}

/** What an agent is asked to run. */
export type CheckOrder = Pick<Check, 'id' | 'argv' | 'output' | 'timeout' | 'memoryBytes'>

/** What came of one measurement. */
export type CheckOutcome =
  | { readonly kind: 'measured'; readonly value: number; readonly unit: string }
  /** It is well, and there is no number to it. */
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** It cannot be measured there, which says nothing of the machine. */
  | { readonly kind: 'skipped'; readonly reason: string }

export type CheckResult = {
  readonly check: string
  /** What of it, where a check measures several things; else empty. */
  readonly measure: string
  /** On which device; else empty. */
  readonly device: string
  readonly outcome: CheckOutcome
  readonly durationMs: number
}

/** What one machine may say at once. */
export const CHECK_BOUNDS = {
  checks: 32,
  results: 64,
  name: 64,
  unit: 16,
  reason: 300,
  argv: 64,
  argument: 1000,
} as const

/** All checks of one validation together end within this; a machine that validates longer is overdue. */
export const CHECKS_WITHIN: Milliseconds = minutes(12)

const FINDING = 'check-'

/** The name of a check's finding. */
export const checkFinding = (check: string): string => `${FINDING}${check}`
/** Findings that no agent makes, nor a rule: what checks found. */
export const isCheckFinding = (finding: string): boolean => finding.startsWith(FINDING)

const ID = /^[a-z][a-z0-9-]{0,39}$/
/** Names of what was measured, and of devices: they are part of the keys of records. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/

export const isCheckName = (text: string): boolean => text === '' || NAME.test(text)

const MIB = 1024 ** 2
const PLAIN = {
  argv: [],
  output: 'lines',
  timeout: seconds(30),
  memoryBytes: 8192 * MIB,
  bad: 'low',
  tolerance: 0.15,
  isCount: false,
  validating: false,
  severity: 'warning',
  action: 'cordon',
  enabled: true,
} as const satisfies Partial<Check>

/** A check, of which only what is out of the ordinary need be said. */
export const check = (said: Pick<Check, 'id' | 'about'> & Partial<Check>): Check => ({ ...PLAIN, ...said })

const own = (id: string, about: string, more: Partial<Check> = {}): Check =>
  check({ id, about, validating: true, memoryBytes: 2048 * MIB, ...more })

const count = (id: string, about: string): Check =>
  check({ id, about, validating: true, isCount: true, tolerance: 0, action: 'note' })

/** The checks that there are where a site says nothing else. */
export const shippedChecks: readonly Check[] = [
  own('cpu-throughput', 'SHA-512 on all processors at once'),
  own('memory-bandwidth', 'copying memory on up to 16 processors at once', { tolerance: 0.2 }),
  own('disk-write', 'writing up to 256 MiB into the scratch directory, past the cache where that can be', {
    tolerance: 0.4,
  }),
  own('disk-read', 'reading them again, past the cache where that can be', { tolerance: 0.4 }),
  own('raw-disk-read', 'reading each disk itself for half a second, past every cache', { tolerance: 0.4 }),
  own('loopback', 'one TCP connection of the machine with itself', { tolerance: 0.3 }),
  check({
    id: 'dcgm-diag',
    about: 'dcgmi diag -r 1, where the machine has it',
    argv: ['/usr/bin/dcgmi', 'diag', '-r', '1', '-j'],
    output: 'dcgm',
    timeout: minutes(5),
    severity: 'critical',
  }),
  count('memory-modules', 'memory modules in the inventory'),
  count('disks', 'disks in the inventory'),
  count('network-interfaces', 'network interfaces in the inventory'),
  count('link-speed', 'the speed of each network link that is up, in Mbit/s'),
  count('gpus', 'GPUs in the inventory'),
]

/** What is measured on machines, and how long until it is measured again in a validation; 0: never by itself. */
export type CheckPlan = { readonly plan: readonly Check[]; readonly interval: Milliseconds }

/** Nothing is measured. */
export const NO_CHECKS: CheckPlan = { plan: [], interval: milliseconds(0) }

/** What is measured in a machine's next validation. */
export type MachineChecks = {
  readonly asked: readonly string[]
  /** They were worse than they should be, and are measured once more before that counts. */
  readonly isAgain: boolean
  /** When what belongs to validations was last measured; null: never. */
  readonly at: Instant | null
}

export const NEVER_CHECKED: MachineChecks = { asked: [], isAgain: false, at: null }

/** The shipped checks with a site's own in place of those of the same name, and beside them. */
export function checksWith(site: readonly Check[]): readonly Check[] {
  const changed = new Map(site.map((one) => [one.id, one]))
  const known = new Set(shippedChecks.map(({ id }) => id))
  return [...shippedChecks.map((one) => changed.get(one.id) ?? one), ...site.filter(({ id }) => !known.has(id))]
}

type Fault = { readonly field: keyof Check; readonly expected: string }

/** What is wrong with a check of somebody else's, or null. */
export function faultOfCheck(one: Check): Fault | null {
  const { argument, argv } = CHECK_BOUNDS
  if (!ID.test(one.id)) return { field: 'id', expected: 'up to 40 small letters, digits and "-", a letter first' }
  const isShipped = shippedChecks.some(({ id }) => id === one.id)
  const isAbsolute = one.argv[0]?.startsWith('/') ?? isShipped
  const isLong = one.argv.some((text) => text.length > argument || text.includes('\0'))
  if (!isAbsolute || isLong || one.argv.length > argv) {
    return { field: 'argv', expected: `an absolute path and at most ${argv - 1} arguments of ${argument} signs` }
  }
  if (!(one.timeout >= 100 && one.timeout <= minutes(10)))
    return { field: 'timeout', expected: 'from 100 ms to 10 min' }
  if (!(Number.isSafeInteger(one.memoryBytes) && one.memoryBytes >= 16 * MIB)) {
    return { field: 'memoryBytes', expected: 'at least 16 MiB' }
  }
  if (!(one.tolerance >= 0 && one.tolerance < 1)) return { field: 'tolerance', expected: 'from 0 to below 1' }
  return one.about.length > 200 ? { field: 'about', expected: 'at most 200 signs' } : null
}
