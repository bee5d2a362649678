import { commandIsOver } from '../../shared/model/command.ts'
import type { CommandId, MachineId } from '../../shared/model/ids.ts'
import type { CommandRecord } from '../core/records.ts'

/** What is done about one command when its machine has a new session. */
export type Resumption =
  | { readonly kind: 'order'; readonly command: CommandRecord }
  | { readonly kind: 'cancel'; readonly command: CommandId }
  | { readonly kind: 'acknowledge'; readonly command: CommandId }
  /** Its end is reported in the machine's place. */
  | { readonly kind: 'end'; readonly command: CommandId; readonly state: 'unknown' | 'cancelled'; readonly why: string }

export type ResumptionFacts = {
  readonly machine: MachineId
  /** Every command that is not over everywhere. */
  readonly active: ReadonlyMap<CommandId, CommandRecord>
  /** Those that the machine says it runs, or has results of. */
  readonly known: ReadonlySet<CommandId>
  readonly isCancelled: (command: CommandId) => boolean
  /** Was ordered in this session already. */
  readonly isOrdered: (command: CommandId) => boolean
}

const FORGOTTEN = 'the agent lost its record of this command; it may or may not have run to its end'
const WITHDRAWN = 'it was cancelled before it reached the machine'

/**
 * Commands that the machine may not know. One that never reached it is sent (again); one that it had and knows no
 * more may or may not have run, and is never run again.
 */
export function resumptions({ machine, active, known, isCancelled, isOrdered }: ResumptionFacts): Resumption[] {
  const found: Resumption[] = []
  for (const command of active.values()) {
    const { id } = command
    const run = command.runs.find((candidate) => candidate.machine === machine)
    if (run === undefined || commandIsOver(run.state)) continue
    if (known.has(id)) {
      if (isCancelled(id)) found.push({ kind: 'cancel', command: id })
    } else if (run.state !== 'pending') {
      found.push({ kind: 'end', command: id, state: 'unknown', why: FORGOTTEN })
    } else if (isOrdered(id)) {
      continue
    } else if (isCancelled(id)) {
      // Said to the machine too: it may be about to write down an order of its last session.
      found.push({ kind: 'cancel', command: id }, { kind: 'end', command: id, state: 'cancelled', why: WITHDRAWN })
    } else {
      found.push({ kind: 'order', command })
    }
  }
  // What is over for the fleet already, the agent need not keep.
  for (const id of known) if (!active.has(id)) found.push({ kind: 'acknowledge', command: id })
  return found
}
