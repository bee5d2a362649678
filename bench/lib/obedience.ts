import type { DesiredState__Output } from '../../shared/wire/gen/types/billet/v1/DesiredState.ts'
import type { MachineReport } from '../../shared/wire/gen/types/billet/v1/MachineReport.ts'
import { RunGoal } from '../../shared/wire/gen/types/billet/v1/RunGoal.ts'
import { RunState } from '../../shared/wire/gen/types/billet/v1/RunState.ts'
import { TaskOutcomeKind } from '../../shared/wire/gen/types/billet/v1/TaskOutcomeKind.ts'

const now = () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 })

/**
 * What an agent reports whose machine does at once what is wanted, and nothing in truth: a task that begins has ended
 * with code 0 in the next report, and a machine that is let go is clean and validated.
 */
export class Obedience {
  #last = ''
  #placement = ''
  #epoch = 0

  /** Reports to send, in order. */
  answers(desired: DesiredState__Output): readonly MachineReport[] {
    const { epoch, goal, validation, assignment } = desired
    const key = `${epoch} ${goal} ${validation}`
    if (key === this.#last) return []
    this.#last = key
    if (assignment !== null) {
      this.#placement = assignment.placement
      this.#epoch = epoch
      if (goal === RunGoal.RUN_GOAL_PREPARE) return [this.#report(desired, RunState.RUN_STATE_PREPARED)]
      const running = this.#report(desired, RunState.RUN_STATE_RUNNING)
      return assignment.task === null ? [running] : [running, this.#clean(desired)]
    }
    if (this.#epoch === epoch && this.#placement !== '') return [this.#clean(desired)]
    // Nobody was on it under this epoch: it is empty, and checked.
    const state = epoch === 0 ? RunState.RUN_STATE_IDLE : RunState.RUN_STATE_CLEAN
    const proof = epoch === 0 ? {} : { hand_back: handBack(epoch) }
    return [{ ...common(desired), state, ...proof, validation: passed(validation) }]
  }

  #report(desired: DesiredState__Output, state: RunState): MachineReport {
    return { ...common(desired), state, placement: this.#placement, start_time: now() }
  }

  #clean(desired: DesiredState__Output): MachineReport {
    return {
      ...this.#report(desired, RunState.RUN_STATE_CLEAN),
      outcome: { kind: TaskOutcomeKind.TASK_OUTCOME_KIND_EXITED, exit_code: 0, end_time: now() },
      hand_back: handBack(desired.epoch),
      validation: passed(desired.validation),
    }
  }
}

const common = ({ epoch, term }: DesiredState__Output) => ({ epoch, seen_epoch: epoch, term })
const step = { id: 'simulated', passed: true, detail: 'nothing was there', duration_ms: 0.1 }
const handBack = (epoch: number) => ({ epoch, clean: true, steps: [step], create_time: now() })
const passed = (validation: number) => ({ validation, passed: true, checks: [step] })
