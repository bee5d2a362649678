import { CommandObserver } from './command_observer.ts'
import { LawBroken } from './law.ts'

/** A task as it truly runs on a machine, whatever anyone believes. */
export type Sighting = {
  readonly placement: string
  readonly workload: string
  readonly tenant: string
  readonly rank: number
  /** How many ranks must be ready before it begins. */
  readonly ranks: number
  readonly epoch: number
}

type Seen = {
  /** Tasks that run now. */
  readonly running: Map<string, Sighting>
  /** Whose files, or processes, were on it last and were not yet proved gone. */
  residue: string | null
  /** It passed a validation since its last tenant. */
  isValidated: boolean
  promisedEpoch: number
  promisedTerm: number
  /** Newest epoch that was ever on its disk. */
  writtenEpoch: number
}

/**
 * Watches the machines themselves, and shares no code with what it watches: it knows what runs, what was written to
 * disks and what callers were told, never what coordinator or agent think.
 */
export class Observer {
  readonly commands = new CommandObserver()
  readonly #machines = new Map<string, Seen>()
  readonly #begun = new Set<string>()
  readonly #ranks = new Map<string, string>()
  /** Ranks of each workload that were ever made ready. */
  readonly #ready = new Map<string, Set<number>>()
  readonly #acknowledged = new Map<string, string>()
  #term = 0
  starts = 0

  #machine(machine: string): Seen {
    const known = this.#machines.get(machine)
    if (known !== undefined) return known
    const seen: Seen = {
      running: new Map(),
      residue: null,
      isValidated: false,
      promisedEpoch: 0,
      promisedTerm: 0,
      writtenEpoch: 0,
    }
    this.#machines.set(machine, seen)
    return seen
  }

  /** A tenant's files are put on a machine. */
  prepared(machine: string, { placement, workload, rank, epoch }: Sighting): void {
    const seen = this.#machine(machine)
    if (seen.residue !== null && seen.residue !== placement) {
      throw new LawBroken('no tenant meets what another left', `${placement} on ${machine} after ${seen.residue}`)
    }
    if (epoch < seen.promisedEpoch) {
      throw new LawBroken('no older epoch after a newer was promised', `${epoch} < ${seen.promisedEpoch} on ${machine}`)
    }
    seen.residue = placement
    seen.isValidated = false
    const ready = this.#ready.get(workload) ?? new Set()
    this.#ready.set(workload, ready.add(rank))
  }

  started(machine: string, task: Sighting): void {
    this.prepared(machine, task)
    const seen = this.#machine(machine)
    const [other] = seen.running.values()
    if (other !== undefined) {
      const law = other.tenant === task.tenant ? 'one task, one machine' : 'one tenant, one machine'
      throw new LawBroken(law, `${task.placement} beside ${other.placement} on ${machine}`)
    }
    if (this.#begun.has(task.placement)) throw new LawBroken('a placement runs once', task.placement)
    const rank = `${task.workload}/${task.rank}`
    const elsewhere = this.#ranks.get(rank)
    if (elsewhere !== undefined) {
      throw new LawBroken('no rank runs twice at once', `${rank}: ${task.placement} and ${elsewhere}`)
    }
    if (seen.writtenEpoch < task.epoch) {
      throw new LawBroken('an epoch is durable before its task', `${task.epoch}, durable is ${seen.writtenEpoch}`)
    }
    const ready = this.#ready.get(task.workload)?.size ?? 0
    if (ready < task.ranks) throw new LawBroken('a gang starts when all is ready', `${ready} of ${task.ranks}: ${rank}`)
    this.#begun.add(task.placement)
    this.#ranks.set(rank, task.placement)
    seen.running.set(task.placement, task)
    this.starts += 1
  }

  ended(machine: string, task: Sighting): void {
    this.#machine(machine).running.delete(task.placement)
    this.#ranks.delete(`${task.workload}/${task.rank}`)
  }

  /** A hand-back was proved; what it was for is gone. */
  cleaned(machine: string, placement: string | null): void {
    const seen = this.#machine(machine)
    if (seen.running.size > 0) throw new LawBroken('what is called clean runs nothing', machine)
    if (placement === null || seen.residue === placement) seen.residue = null
  }

  validated(machine: string): void {
    this.#machine(machine).isValidated = true
  }

  /** A fence was written to the machine's disk. */
  promised(machine: string, epoch: number, term: number): void {
    const seen = this.#machine(machine)
    if (epoch < seen.promisedEpoch) {
      throw new LawBroken('epochs only grow', `${seen.promisedEpoch} then ${epoch} on ${machine}`)
    }
    if (term < seen.promisedTerm) throw new LawBroken('terms only grow', `${seen.promisedTerm} then ${term}`)
    seen.promisedEpoch = epoch
    seen.promisedTerm = term
    seen.writtenEpoch = Math.max(seen.writtenEpoch, epoch)
  }

  /** The machine's memory was lost with its disk: what it promised, it knows no more. */
  forgot(machine: string): void {
    const seen = this.#machine(machine)
    seen.promisedEpoch = 0
    seen.promisedTerm = 0
  }

  /** A coordinator began to decide. */
  termBegan(term: number): void {
    if (term <= this.#term) throw new LawBroken('every start has a term of its own', `${term} after ${this.#term}`)
    this.#term = term
  }

  /** The coordinator calls a machine free. */
  offered(machine: string): void {
    const { residue, running, isValidated } = this.#machine(machine)
    if (!isValidated) throw new LawBroken('no machine is free before it is validated', machine)
    if (residue !== null || running.size > 0) {
      throw new LawBroken('no machine is free before it is proved clean', `${machine} holds ${residue}`)
    }
  }

  /** A caller was told that its request was carried out. */
  acknowledged(request: string, resource: string): void {
    const before = this.#acknowledged.get(request)
    if (before !== undefined && before !== resource) {
      throw new LawBroken('a request is carried out once', `${request}: ${before} and ${resource}`)
    }
    this.#acknowledged.set(request, resource)
  }

  /** The store was put back as it was: what is not in it was never asked for, and its terms begin again. */
  restored(has: (resource: string) => boolean): void {
    this.#term = 0
    this.commands.restored()
    for (const [request, resource] of this.#acknowledged) if (!has(resource)) this.#acknowledged.delete(request)
  }

  /** What must be there for as long as the fleet lives. */
  mustHold(has: (resource: string) => boolean): void {
    for (const [request, resource] of this.#acknowledged) {
      if (!has(resource)) throw new LawBroken('nothing acknowledged is lost', `${resource} of ${request}`)
    }
  }
}
