import { epoch, parseCommandId, parsePlacementId, term } from '../model/ids.ts'
import type {
  Erasure,
  Fenced,
  HandBackReport,
  MachineReport,
  Step,
  TaskOutcome,
  ValidationReport,
} from '../model/run.ts'
import {
  count,
  enumWord,
  instantOf,
  invalid,
  list,
  optionalInstant,
  optionalTimestamp,
  present,
  resource,
  text,
  timestamp,
} from './check.ts'
import { decodeCheckResults, encodeCheckResult } from './checks.ts'
import { outcomeKinds, runStates, taskFaults } from './enums.ts'
import type { Erasure as WireErasure, Erasure__Output } from './gen/types/billet/v1/Erasure.ts'
import type { FencedDevice__Output } from './gen/types/billet/v1/FencedDevice.ts'
import type { HandBackReport as WireHandBack, HandBackReport__Output } from './gen/types/billet/v1/HandBackReport.ts'
import type { HandBackStep__Output } from './gen/types/billet/v1/HandBackStep.ts'
import type { MachineReport as WireReport, MachineReport__Output } from './gen/types/billet/v1/MachineReport.ts'
import type { TaskOutcome__Output } from './gen/types/billet/v1/TaskOutcome.ts'
import type {
  ValidationReport as WireValidation,
  ValidationReport__Output,
} from './gen/types/billet/v1/ValidationReport.ts'
import { decodeCondition, encodeCondition } from './health.ts'

const SENTENCE = 2000

function encodeStep(step: Step) {
  const { erased, fenced } = step
  return {
    id: step.id,
    passed: step.passed,
    detail: step.detail,
    duration_ms: step.durationMs,
    erased: erased === undefined ? null : encodeErasure(erased),
    fenced: fenced === undefined ? null : { ...fenced },
  }
}

function encodeErasure({ device, serial, bytes, method, category, samples }: Erasure): WireErasure {
  return { device, serial, size_bytes: bytes, method, category, sample_count: samples }
}

function decodeErasure(field: string, wire: Erasure__Output): Erasure {
  const { category } = wire
  if (category !== 'purge' && category !== 'clear') return invalid(`${field}.category`, 'expected purge or clear')
  return {
    device: text(`${field}.device`, wire.device, 200),
    serial: text(`${field}.serial`, wire.serial, 200),
    bytes: count(`${field}.size_bytes`, wire.size_bytes),
    method: text(`${field}.method`, wire.method, 100),
    category,
    samples: count(`${field}.sample_count`, wire.sample_count),
  }
}

function decodeFenced(field: string, wire: FencedDevice__Output): Fenced {
  return {
    device: text(`${field}.device`, wire.device, 200),
    serial: text(`${field}.serial`, wire.serial, 200),
    reason: text(`${field}.reason`, wire.reason, SENTENCE),
  }
}

function decodeStep(field: string, wire: HandBackStep__Output): Step {
  return {
    id: text(`${field}.id`, wire.id, 100),
    passed: wire.passed,
    detail: text(`${field}.detail`, wire.detail, SENTENCE),
    durationMs: Number.isFinite(wire.duration_ms) && wire.duration_ms >= 0 ? wire.duration_ms : 0,
    ...(wire.erased === null ? {} : { erased: decodeErasure(`${field}.erased`, wire.erased) }),
    ...(wire.fenced === null ? {} : { fenced: decodeFenced(`${field}.fenced`, wire.fenced) }),
  }
}

export function encodeHandBack(report: HandBackReport): WireHandBack {
  return {
    epoch: report.epoch,
    clean: report.clean,
    steps: report.steps.map(encodeStep),
    create_time: timestamp(report.at),
    tried: report.tried ?? 0,
  }
}

function decodeHandBack(field: string, wire: HandBackReport__Output): HandBackReport {
  return {
    epoch: epoch(count(`${field}.epoch`, wire.epoch)),
    clean: wire.clean,
    steps: list(`${field}.steps`, wire.steps, 100).map((step, index) => decodeStep(`${field}.steps[${index}]`, step)),
    at: instantOf(`${field}.create_time`, wire.create_time),
    tried: count(`${field}.tried`, wire.tried),
  }
}

function decodeValidation(field: string, wire: ValidationReport__Output): ValidationReport {
  const checks = list(`${field}.checks`, wire.checks, 100)
  return {
    validation: count(`${field}.validation`, wire.validation),
    passed: wire.passed,
    checks: checks.map((check, index) => decodeStep(`${field}.checks[${index}]`, check)),
    ...decodeCheckResults(`${field}.results`, wire.results),
  }
}

function encodeValidation({ validation, passed, checks, results = [] }: ValidationReport): WireValidation {
  return { validation, passed, checks: checks.map(encodeStep), results: results.map(encodeCheckResult) }
}

function encodeOutcome(outcome: TaskOutcome) {
  return {
    kind: outcomeKinds[outcome.kind],
    exit_code: outcome.kind === 'exited' ? outcome.code : -1,
    reason: outcome.reason,
    end_time: timestamp(outcome.at),
    fault: outcome.kind === 'failed_to_start' && outcome.fault !== undefined ? taskFaults[outcome.fault] : (0 as const),
  }
}

function decodeOutcome(field: string, wire: TaskOutcome__Output): TaskOutcome {
  const kind = enumWord(`${field}.kind`, outcomeKinds, wire.kind)
  const ended = {
    reason: text(`${field}.reason`, wire.reason, SENTENCE),
    at: instantOf(`${field}.end_time`, wire.end_time),
  }
  if (kind === 'failed_to_start') {
    const fault = wire.fault === 0 ? undefined : enumWord(`${field}.fault`, taskFaults, wire.fault)
    return { kind, ...(fault === undefined ? {} : { fault }), ...ended }
  }
  if (kind !== 'exited') return { kind, ...ended }
  return { kind, code: count(`${field}.exit_code`, wire.exit_code, 0, 255), ...ended }
}

export function encodeReport(report: MachineReport): WireReport {
  const { outcome, handBack, validation, startedAt } = report
  return {
    epoch: report.epoch,
    seen_epoch: report.seen ?? 0,
    term: report.term,
    state: runStates[report.state],
    placement: report.placement === null ? '' : `placements/${report.placement}`,
    outcome: outcome === null ? null : encodeOutcome(outcome),
    hand_back: handBack === null ? null : encodeHandBack(handBack),
    validation: validation === null ? null : encodeValidation(validation),
    conditions: report.conditions.map(encodeCondition),
    commands: report.commands.map((id) => `commands/${id}`),
    start_time: optionalTimestamp(startedAt),
  }
}

export function decodeReport(field: string, wire: MachineReport__Output | null): MachineReport {
  const report = present(field, wire)
  return {
    epoch: epoch(count(`${field}.epoch`, report.epoch)),
    seen: epoch(count(`${field}.seen_epoch`, report.seen_epoch)),
    term: term(count(`${field}.term`, report.term)),
    state: enumWord(`${field}.state`, runStates, report.state),
    placement:
      report.placement === '' ? null : resource(`${field}.placement`, 'placements', report.placement, parsePlacementId),
    startedAt: optionalInstant(`${field}.start_time`, report.start_time),
    outcome: report.outcome === null ? null : decodeOutcome(`${field}.outcome`, report.outcome),
    handBack: report.hand_back === null ? null : decodeHandBack(`${field}.hand_back`, report.hand_back),
    validation: report.validation === null ? null : decodeValidation(`${field}.validation`, report.validation),
    conditions: list(`${field}.conditions`, report.conditions, 200).map((condition, index) =>
      decodeCondition(`${field}.conditions[${index}]`, condition),
    ),
    commands: list(`${field}.commands`, report.commands, 5000).map((name, index) =>
      resource(`${field}.commands[${index}]`, 'commands', name, parseCommandId),
    ),
  }
}
