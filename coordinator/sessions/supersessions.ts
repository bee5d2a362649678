import type { MachineId } from '../../shared/model/ids.ts'
import { type Milliseconds, hours, milliseconds } from '../../shared/model/time.ts'

/** An agent that was superseded waits for minutes before it comes back. */
const WINDOW = hours(1)
/** A restarted agent supersedes once; two machines with one identity do it again and again. */
const MANY = 5

type Count = { readonly since: Milliseconds; count: number; told: boolean }

/** Notices machines whose sessions end each other. */
export class Supersessions {
  readonly #counts = new Map<MachineId, Count>()
  #sweptAt: Milliseconds = milliseconds(0)

  /** Counts one; says how many there were within an hour where that is worth telling, once an hour. */
  note(machine: MachineId, now: Milliseconds): number | undefined {
    const before = this.#counts.get(machine)
    const isFirst = before === undefined || now - before.since > WINDOW
    const counted = isFirst ? { since: now, count: 0, told: false } : before
    counted.count += 1
    this.#counts.set(machine, counted)
    if (now - this.#sweptAt > WINDOW) this.#forgetOld(now)
    if (counted.told || counted.count < MANY) return undefined
    counted.told = true
    return counted.count
  }

  #forgetOld(now: Milliseconds): void {
    this.#sweptAt = now
    for (const [machine, { since }] of this.#counts) if (now - since > WINDOW) this.#counts.delete(machine)
  }
}
