import type { IdSource } from '../../shared/model/ids.ts'
import { ok } from '../../shared/model/result.ts'
import type { Instant } from '../../shared/model/time.ts'
import { resumeAutomation } from './absence.ts'
import { agentConnected, agentDisconnected, agentInventory, agentReported } from './agents.ts'
import { bindWorkload } from './bind.ts'
import { checkMachine } from './checks.ts'
import { certificateSigned } from './certificates.ts'
import { cancelCommand, commandReported, runCommand } from './commands.ts'
import { Draft } from './draft.ts'
import { enrolMachine } from './enrolment.ts'
import { acceptHardware } from './health.ts'
import { type Handler, once } from './handler.ts'
import type { Answer, Effect, InputKind, InputOf } from './inputs.ts'
import {
  approveMachine,
  cordonMachine,
  labelMachine,
  quarantineMachine,
  retireMachine,
  revalidateMachine,
  uncordonMachine,
} from './machines.ts'
import { deleteBmc, orderPower, powerEnded, setBmc } from './power.ts'
import { deleteRegistration, registerMachines } from './registrations.ts'
import { createReservation, deleteReservation, endWindow, updateReservation } from './reservations.ts'
import { cancelRollout, createRollout, pauseRollout, resumeRollout } from './rollouts.ts'
import type { FleetState } from './state.ts'
import { updateTenant } from './tenants.ts'
import { createToken, revokeToken } from './tokens.ts'
import { termBegan, tick } from './upkeep.ts'
import { resizeWorkload } from './resize.ts'
import { energyMeasured } from './usage.ts'
import { cancelWorkload, submitWorkload } from './workloads.ts'

const handlers: { readonly [Kind in InputKind]: Handler<Kind> } = {
  approve_machine: once(approveMachine),
  cordon_machine: once(cordonMachine),
  uncordon_machine: once(uncordonMachine),
  label_machine: once(labelMachine),
  quarantine_machine: once(quarantineMachine),
  revalidate_machine: once(revalidateMachine),
  check_machine: once(checkMachine),
  accept_hardware: once(acceptHardware),
  retire_machine: once(retireMachine),
  submit_workload: submitWorkload,
  bind_workload: bindWorkload,
  cancel_workload: cancelWorkload,
  resize_workload: resizeWorkload,
  run_command: runCommand,
  cancel_command: cancelCommand,
  create_token: createToken,
  update_tenant: updateTenant,
  revoke_token: revokeToken,
  register_machines: registerMachines,
  delete_registration: deleteRegistration,
  resume_automation: resumeAutomation,
  create_rollout: createRollout,
  pause_rollout: pauseRollout,
  resume_rollout: resumeRollout,
  cancel_rollout: cancelRollout,
  create_reservation: createReservation,
  update_reservation: updateReservation,
  end_window: endWindow,
  delete_reservation: deleteReservation,
  set_bmc: setBmc,
  delete_bmc: deleteBmc,
  order_power: orderPower,
  power_ended: powerEnded,
  enrol_machine: enrolMachine,
  agent_connected: agentConnected,
  agent_reported: agentReported,
  agent_inventory: agentInventory,
  agent_disconnected: agentDisconnected,
  command_reported: commandReported,
  certificate_signed: certificateSigned,
  energy_measured: energyMeasured,
  term_began: termBegan,
  tick,
}

/** Decides one input on the state; the effects hold once the state's writes are durable. */
export function apply<Kind extends InputKind>(
  state: FleetState,
  input: InputOf<Kind>,
  now: Instant,
  ids: IdSource,
): { readonly answer: Answer<Kind>; readonly effects: readonly Effect[] } {
  const draft = new Draft(state, now, ids)
  const decided = handlers[input.kind](draft, input)
  if (!decided.ok) {
    draft.drop()
    return { answer: decided, effects: [] }
  }
  const effects = draft.flush()
  return { answer: ok(decided.value()), effects }
}
