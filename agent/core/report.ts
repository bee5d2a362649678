import type { MachineReport } from '../../shared/model/run.ts'
import type { AgentState } from './state.ts'

/** All that the coordinator must know of this machine. */
export function reportOf(state: AgentState): MachineReport {
  const { record, unwritable, conditions } = state
  return {
    epoch: record.epoch,
    seen: state.desired !== null && state.desired.epoch > record.epoch ? state.desired.epoch : record.epoch,
    term: record.term,
    state: record.state,
    placement: record.placement?.placement ?? null,
    startedAt: record.placement?.startedAt ?? null,
    outcome: record.outcome,
    handBack: record.handBack,
    validation: record.validation,
    conditions: unwritable === null ? conditions : [...conditions, unwritable],
    commands: state.commands,
  }
}

/** Parts are replaced and never changed in place, so that the same one is the same. */
export function sameReport(one: MachineReport, other: MachineReport): boolean {
  return (
    one.epoch === other.epoch &&
    one.seen === other.seen &&
    one.term === other.term &&
    one.state === other.state &&
    one.placement === other.placement &&
    one.startedAt === other.startedAt &&
    one.outcome === other.outcome &&
    one.handBack === other.handBack &&
    one.validation === other.validation &&
    sameItems(one.conditions, other.conditions) &&
    sameItems(one.commands, other.commands)
  )
}

function sameItems<Item>(one: readonly Item[], other: readonly Item[]): boolean {
  return one === other || (one.length === other.length && one.every((item, index) => item === other[index]))
}
