import {
  CHECK_BOUNDS,
  type Check,
  type CheckOrder,
  type CheckOutcome,
  type CheckResult,
  type MachineChecks,
  checkFinding,
  isCheckFinding,
} from '../../shared/model/check.ts'
import { billetError } from '../../shared/model/errors.ts'
import { type Condition, finding } from '../../shared/model/health.ts'
import type { MachineId } from '../../shared/model/ids.ts'
import { ok, refuse } from '../../shared/model/result.ts'
import { later } from '../../shared/model/time.ts'
import { OWN_LEAST, PEERS_LEAST, type Verdict, judge, rangeOf } from './check_judge.ts'
import { type CheckPoint, type CheckRecord, checkKey, newestValue, unitOf } from './check_record.ts'
import { conditionsOf } from './conditions.ts'
import type { Draft } from './draft.ts'
import type { Handler } from './handler.ts'
import { inventoryCounts, makeOf, productOf } from './inventory_counts.ts'
import { label, move } from './machine_state.ts'
import type { ClusterRecord, MachineRecord } from './records.ts'
import type { FleetView } from './state.ts'

const FIRST_KEPT = 8
const POINTS_KEPT = 16
/** So many other series are looked at: more say nothing more. */
const PEERS_MOST = 256
const EVIDENCE_MOST = 16

const enabledOf = ({ checks }: ClusterRecord): readonly Check[] => checks.plan.filter(({ enabled }) => enabled)

/**
 * What is to be measured at a machine's next validation: what belongs to it, where that is due or somebody asks for
 * the validation, and what was found before.
 */
export function checksDue(draft: Draft, machine: MachineRecord, isAsked: boolean): MachineChecks {
  const cluster = draft.cluster()
  const { interval } = cluster.checks
  const { at } = machine.checks
  const isUsual = interval > 0 && (isAsked || at === null || later(at, interval) <= draft.now)
  const due = enabledOf(cluster).filter(
    ({ id, validating }) => (validating && isUsual) || (isAsked && standing(machine, id) !== undefined),
  )
  return { asked: due.map(({ id }) => id), isAgain: false, at }
}

/** What a machine's agent is to run when it validates; what its inventory says is counted here. */
export function checkOrders(cluster: ClusterRecord, { checks: { asked } }: MachineRecord): readonly CheckOrder[] {
  if (asked.length === 0) return []
  return enabledOf(cluster)
    .filter(({ id, isCount }) => !isCount && asked.includes(id))
    .slice(0, CHECK_BOUNDS.checks)
    .map(({ id, argv, output, timeout, memoryBytes }) => ({ id, argv, output, timeout, memoryBytes }))
}

/**
 * Writes down what the checks of a validation found. What is newly worse than it should be counts only once it was
 * measured twice: whoever was there before may have disturbed it.
 *
 * @returns what changes of the machine's record with it; `checks.asked` is to be measured again before it is offered.
 */
export function recordChecks(
  draft: Draft,
  machine: MachineRecord,
  reported: readonly CheckResult[],
): Pick<MachineRecord, 'conditions' | 'checks'> {
  const { conditions, checks, inventory } = machine
  if (checks.asked.length === 0) return { conditions, checks }
  const asked = enabledOf(draft.cluster()).filter(({ id }) => checks.asked.includes(id))
  const counted = inventory === null ? [] : inventoryCounts(inventory)
  const records = [...counted, ...reported]
    .filter(({ check }) => asked.some(({ id }) => id === check))
    .map((result) => remember(draft, machine, result))
  forgetOldest(draft, machine.id, records)
  const again = checks.isAgain ? [] : asked.filter((check) => isNewlyBad(draft, machine, check, records))
  const certain = records.filter(({ check }) => !again.some(({ id }) => id === check))
  return {
    conditions: conditionsAfter(draft, machine, certain),
    checks: { asked: again.map(({ id }) => id), isAgain: again.length > 0, at: draft.now },
  }
}

function isNewlyBad(draft: Draft, machine: MachineRecord, check: Check, records: readonly CheckRecord[]): boolean {
  if (check.isCount || standing(machine, check.id) !== undefined) return false
  const measured = records.filter((record) => record.check === check.id)
  return findingOf(draft, check, measured, undefined) !== null
}

/** Findings of a machine once these series were measured; those of checks that there are no more go. */
function conditionsAfter(draft: Draft, machine: MachineRecord, records: readonly CheckRecord[]): readonly Condition[] {
  const cluster = draft.cluster()
  const findings = enabledOf(cluster).flatMap((check) => {
    const measured = records.filter((record) => record.check === check.id)
    const before = standing(machine, check.id)
    return measured.length === 0 ? (before ?? []) : (findingOf(draft, check, measured, before) ?? [])
  })
  for (const { id, reason } of findings) {
    if (machine.conditions.some((one) => one.id === id)) continue
    draft.event('CHECK_FOUND', `${label(machine)}: ${reason}.`, { machine: machine.id })
  }
  const others = machine.conditions.filter(({ id }) => !isCheckFinding(id))
  return [...others, ...conditionsOf(cluster, machine.conditions, findings)]
}

const standing = ({ conditions }: MachineRecord, check: string): Condition | undefined =>
  conditions.find(({ id }) => id === checkFinding(check))

function findingOf(
  draft: Draft,
  check: Check,
  records: readonly CheckRecord[],
  before: Condition | undefined,
): Condition | null {
  const verdicts = records.map((record) => verdictOf(draft.before, check, record, before !== undefined))
  const bad = verdicts.filter(({ kind }) => kind === 'failed' || kind === 'worse')
  const [worst] = bad
  if (worst === undefined) return verdicts.some(({ kind }) => kind === 'well') ? null : (before ?? null)
  const more = bad.length === 1 ? '' : `, and ${bad.length - 1} more`
  return finding({
    id: checkFinding(check.id),
    severity: check.severity,
    reason: `${worst.sentence}${more}`,
    since: before?.since ?? draft.now,
    action: check.action,
    evidence: bad.slice(0, EVIDENCE_MOST).map(({ sentence }) => sentence),
  })
}

/** What the newest of a series comes to, among the other machines of its group. */
export function verdictOf(
  view: Pick<FleetView, 'checkPeers'>,
  check: Check,
  record: CheckRecord,
  stands: boolean,
): Verdict & { readonly unit: string } {
  const peers: number[] = []
  const unit = unitOf(record) ?? ''
  const machines = new Set<MachineId>()
  const moved: number[] = []
  const movedMachines = new Set<MachineId>()
  for (const peer of view.checkPeers(record)) {
    const value = newestValue(peer)
    if (peer.machine === record.machine || value === null || unitOf(peer) !== unit) continue
    peers.push(value)
    const began = peer.first.length < OWN_LEAST ? null : rangeOf(peer.first)
    if (began !== null && began.median > 0) {
      moved.push(value / began.median)
      movedMachines.add(peer.machine)
    }
    machines.add(peer.machine)
    if (peers.length === PEERS_MOST) break
  }
  const { first, points, accepted, measure, device } = record
  const name = [check.id, measure, device].filter((part) => part !== '').join(' ')
  // Many series of few machines say no more than few machines do.
  const known = {
    peers: machines.size < PEERS_LEAST ? [] : peers,
    moved: movedMachines.size < PEERS_LEAST ? [] : moved,
  }
  return { unit, ...judge({ check, name, first, points, accepted, ...known, stands }) }
}

function remember(draft: Draft, machine: MachineRecord, { check, measure, device, outcome }: CheckResult): CheckRecord {
  const group = groupOf(draft.cluster(), machine, { check, device })
  const blank: CheckRecord = {
    machine: machine.id,
    check,
    measure,
    device,
    group,
    first: [],
    points: [],
    accepted: null,
  }
  const known = draft.find('checks', checkKey(blank))
  // On other hardware than before, or in another unit: what was usual then says nothing now.
  const isSame = known !== undefined && known.group === group && isOfUnit(known, outcome)
  const before = isSame ? known : blank
  const isFirst = outcome.kind === 'measured' && before.first.length < FIRST_KEPT
  const record: CheckRecord = {
    ...before,
    first: isFirst ? [...before.first, outcome.value] : before.first,
    points: [...unlessRepeated(before.points, outcome), { at: draft.now, outcome }].slice(-POINTS_KEPT),
  }
  draft.put({ table: 'checks', key: checkKey(record), record })
  return record
}

/** Of numbers that hardly ever change, two that are the same say as much as many: when they began, and the newest. */
function unlessRepeated(points: readonly CheckPoint[], outcome: CheckOutcome): readonly CheckPoint[] {
  const isSame = (point: CheckPoint | undefined): boolean =>
    point?.outcome.kind === 'measured' && outcome.kind === 'measured' && point.outcome.value === outcome.value
  return isSame(points.at(-1)) && isSame(points.at(-2)) ? points.slice(0, -1) : points
}

function isOfUnit(record: CheckRecord, outcome: CheckOutcome): boolean {
  const unit = unitOf(record)
  return outcome.kind !== 'measured' || unit === null || unit === outcome.unit
}

/** Parts of the inventory make the hardware class, so that those are compared within a product. */
function groupOf(
  cluster: ClusterRecord,
  { hardwareClass, inventory }: MachineRecord,
  { check, device }: Pick<CheckResult, 'check' | 'device'>,
): string {
  if (inventory === null) return ''
  const isCount = cluster.checks.plan.find(({ id }) => id === check)?.isCount === true
  if (!isCount) return `${hardwareClass}/${makeOf(inventory, check.startsWith('disk-'))}`
  const product = productOf(inventory)
  return product === '' ? '' : `${product}/${device}`
}

/** Beyond what is kept of one machine, those series go that were measured the longest ago. */
function forgetOldest(draft: Draft, machine: MachineId, written: readonly CheckRecord[]): void {
  const series = new Map(draft.before.checksOf(machine).map((record) => [checkKey(record), record]))
  for (const record of written) series.set(checkKey(record), record)
  const measuredAt = ({ points }: CheckRecord): number => points.at(-1)?.at ?? 0
  const oldest = [...series].toSorted(([, one], [, other]) => measuredAt(one) - measuredAt(other))
  for (const [key] of oldest.slice(0, Math.max(0, series.size - CHECK_BOUNDS.results))) {
    draft.put({ table: 'checks', key, record: null })
  }
}

export function forgetChecks(draft: Draft, machine: MachineId): void {
  for (const record of draft.before.checksOf(machine)) {
    draft.put({ table: 'checks', key: checkKey(record), record: null })
  }
}

/** What was measured last is right as it is; the findings that are left. */
export function acceptChecks(draft: Draft, machine: MachineRecord): readonly Condition[] {
  const accepted = draft.before.checksOf(machine.id).flatMap((record): readonly CheckRecord[] => {
    const value = newestValue(record)
    return value === null ? [] : [{ ...record, accepted: value }]
  })
  for (const record of accepted) draft.put({ table: 'checks', key: checkKey(record), record })
  return conditionsAfter(draft, machine, accepted)
}

/** Measures a machine that nobody holds. */
export const checkMachine: Handler<'check_machine'> = (draft, { machine: id, caller, checks }) => {
  const found = draft.machine(id)
  if (!found.ok) return found
  const machine = found.value
  const enabled = enabledOf(draft.cluster()).map((check) => check.id)
  const unknown = checks.find((check) => !enabled.includes(check))
  if (unknown !== undefined) {
    const sentence = `checks: there is no check ${JSON.stringify(unknown)} here; there are ${enabled.join(', ')}.`
    return refuse(billetError('invalid_argument', sentence, { field: 'checks' }))
  }
  if (machine.connection !== 'connected') {
    const sentence = `Machine ${label(machine)} is not connected: its agent cannot be asked.`
    return refuse(billetError('machine_unreachable', sentence, { machine: id }))
  }
  if (machine.state === 'quarantined') {
    const sentence =
      `Machine ${label(machine)} is quarantined: revalidate it, which makes its checks too. ` +
      'Cordon it first, if it is not to be used even if it passes.'
    return refuse(billetError('state_conflict', sentence, { machine: id, state: machine.state }))
  }
  const asked = checks.length === 0 ? enabled : checks
  const also = { validation: machine.validation + 1, checks: { ...machine.checks, asked, isAgain: false } }
  const moved = move(draft, machine, 'revalidate', `being checked for ${caller.user}`, also)
  return moved.ok ? ok(() => draft.written('machines', id)) : moved
}
