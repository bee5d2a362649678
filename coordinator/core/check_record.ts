import type { CheckOutcome } from '../../shared/model/check.ts'
import type { MachineId } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'

/** What a machine's checks found over time, of one thing that is measured. */
export type CheckRecord = {
  readonly machine: MachineId
  readonly check: string
  /** What of it, where a check measures several things; else empty. */
  readonly measure: string
  /** On which device; else empty. */
  readonly device: string
  /** Machines of the same group are compared with it; empty: none are. */
  readonly group: string
  /** The first numbers there were: a slow decline drags the newest ones along, and these not. */
  readonly first: readonly number[]
  /** Oldest first. */
  readonly points: readonly CheckPoint[]
  /** A number that somebody has said is right as it is. */
  readonly accepted: number | null
}

export type CheckPoint = { readonly at: Instant; readonly outcome: CheckOutcome }

type Named = Pick<CheckRecord, 'machine' | 'check' | 'measure' | 'device'>

export const checkKey = ({ machine, check, measure, device }: Named): string =>
  `${machine}/${check}/${measure}/${device}`

/** The newest number, where the newest measurement gave one. */
export function newestValue({ points }: CheckRecord): number | null {
  const outcome = points.at(-1)?.outcome
  return outcome?.kind === 'measured' ? outcome.value : null
}

/** The unit of its numbers; null where there is none yet. */
export function unitOf({ points }: CheckRecord): string | null {
  const outcome = points.findLast((point) => point.outcome.kind === 'measured')?.outcome
  return outcome?.kind === 'measured' ? outcome.unit : null
}

/** Series of the same thing on machines of one group. */
export class CheckIndex {
  readonly #byMachine = new Map<MachineId, Map<string, CheckRecord>>()
  readonly #byGroup = new Map<string, Map<string, CheckRecord>>()

  readonly changed = (before: CheckRecord | null, after: CheckRecord | null): void => {
    if (before !== null) {
      drop(this.#byMachine, before.machine, before)
      drop(this.#byGroup, groupKey(before), before)
    }
    if (after !== null) {
      add(this.#byMachine, after.machine, after)
      if (after.group !== '') add(this.#byGroup, groupKey(after), after)
    }
  }

  of(machine: MachineId): readonly CheckRecord[] {
    return [...(this.#byMachine.get(machine)?.values() ?? [])]
  }

  peersOf(record: CheckRecord): Iterable<CheckRecord> {
    return this.#byGroup.get(groupKey(record))?.values() ?? []
  }
}

const groupKey = ({ group, check, measure }: CheckRecord): string => `${check}/${measure}/${group}`

function add<Key>(index: Map<Key, Map<string, CheckRecord>>, key: Key, record: CheckRecord): void {
  const records = index.get(key)
  if (records === undefined) index.set(key, new Map([[checkKey(record), record]]))
  else records.set(checkKey(record), record)
}

function drop<Key>(index: Map<Key, Map<string, CheckRecord>>, key: Key, record: CheckRecord): void {
  const records = index.get(key)
  records?.delete(checkKey(record))
  if (records?.size === 0) index.delete(key)
}
