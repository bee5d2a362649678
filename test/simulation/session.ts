import type { CommandId, Term } from '../../shared/model/ids.ts'
import type { SimulatedMachine } from './machine.ts'

/** One agent's stream: in order each way while it stands, and cut at any moment with all that is on its way. */
export class Session {
  readonly machine: SimulatedMachine
  isOpen = true
  isWelcomed = false
  toAgentAt = 0
  toCoordinatorAt = 0
  /** Of the newest order. */
  term: Term | null = null
  /** Renewals are being sent. */
  isBeating = false
  /** When the coordinator heard of the agent last. */
  heardAt = 0
  /** Commands that were ordered in it. */
  readonly ordered = new Set<CommandId>()
  /** Orders that wait for the welcome. */
  readonly waiting: (() => void)[] = []

  constructor(machine: SimulatedMachine) {
    this.machine = machine
  }
}
