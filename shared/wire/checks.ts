import {
  CHECK_BOUNDS,
  type Check,
  type CheckOrder,
  type CheckOutcome,
  type CheckResult,
  isCheckName,
} from '../model/check.ts'
import { minutes, seconds } from '../model/time.ts'
import { count, duration, durationOf, enumWord, invalid, list, text } from './check.ts'
import { checkOutcomes, checkOutputNumbers, healthActionNumbers, severities } from './enums.ts'
import type { Check as WireCheck } from './gen/types/billet/v1/Check.ts'
import type { CheckOrder as WireOrder, CheckOrder__Output } from './gen/types/billet/v1/CheckOrder.ts'
import type { CheckResult as WireResult, CheckResult__Output } from './gen/types/billet/v1/CheckResult.ts'

export function encodeCheck(check: Check): WireCheck {
  return {
    id: check.id,
    about: check.about,
    argv: [...check.argv],
    output: checkOutputNumbers[check.output],
    timeout: duration(check.timeout),
    memory_bytes: check.memoryBytes,
    high_is_bad: check.bad === 'high',
    tolerance: check.tolerance,
    count: check.isCount,
    validating: check.validating,
    severity: severities[check.severity],
    action: healthActionNumbers[check.action],
    disabled: !check.enabled,
  }
}

export function encodeCheckOrder({ id, argv, output, timeout, memoryBytes }: CheckOrder): WireOrder {
  return {
    check: id,
    argv: [...argv],
    output: checkOutputNumbers[output],
    timeout: duration(timeout),
    memory_bytes: memoryBytes,
  }
}

/** Nothing where there are none, as the model has it. */
export function decodeCheckOrders(
  field: string,
  wires: readonly CheckOrder__Output[],
): { readonly checks?: readonly CheckOrder[] } {
  const checks = list(field, wires, CHECK_BOUNDS.checks).map((one, index) => decodeOrder(`${field}[${index}]`, one))
  return checks.length === 0 ? {} : { checks }
}

function decodeOrder(field: string, wire: CheckOrder__Output): CheckOrder {
  const { argv, argument } = CHECK_BOUNDS
  return {
    id: text(`${field}.check`, wire.check, CHECK_BOUNDS.name),
    argv: list(`${field}.argv`, wire.argv, argv).map((one) => text(`${field}.argv`, one, argument)),
    output: wire.output === 0 ? 'lines' : enumWord(`${field}.output`, checkOutputNumbers, wire.output),
    timeout: durationOf(`${field}.timeout`, wire.timeout, seconds(30), minutes(10)),
    memoryBytes: count(`${field}.memory_bytes`, wire.memory_bytes),
  }
}

export function encodeCheckResult({ check, measure, device, outcome, durationMs }: CheckResult): WireResult {
  return {
    check,
    measure,
    device,
    outcome: checkOutcomes[outcome.kind],
    value: outcome.kind === 'measured' ? outcome.value : 0,
    unit: outcome.kind === 'measured' ? outcome.unit : '',
    reason: 'reason' in outcome ? outcome.reason : '',
    duration_ms: durationMs,
  }
}

/** Nothing where there are none, as the model has it. */
export function decodeCheckResults(
  field: string,
  wires: readonly CheckResult__Output[],
): { readonly results?: readonly CheckResult[] } {
  const results = list(field, wires, CHECK_BOUNDS.results).map((one, index) => decodeResult(`${field}[${index}]`, one))
  return results.length === 0 ? {} : { results }
}

function decodeResult(field: string, wire: CheckResult__Output): CheckResult {
  return {
    check: wire.check === '' ? invalid(`${field}.check`, 'expected one, got none') : name(`${field}.check`, wire.check),
    measure: name(`${field}.measure`, wire.measure),
    device: name(`${field}.device`, wire.device),
    outcome: decodeOutcome(field, wire),
    durationMs: Number.isFinite(wire.duration_ms) && wire.duration_ms >= 0 ? wire.duration_ms : 0,
  }
}

function decodeOutcome(field: string, { outcome, value, unit, reason }: CheckResult__Output): CheckOutcome {
  const kind = enumWord(`${field}.outcome`, checkOutcomes, outcome)
  switch (kind) {
    case 'measured':
      if (!Number.isFinite(value)) invalid(`${field}.value`, 'expected a number')
      return { kind, value, unit: text(`${field}.unit`, unit, CHECK_BOUNDS.unit) }
    case 'passed':
      return { kind }
    case 'failed':
    case 'skipped':
      return { kind, reason: text(`${field}.reason`, reason, CHECK_BOUNDS.reason) }
  }
}

function name(field: string, value: string): string {
  return isCheckName(value) ? value : invalid(field, 'expected letters, digits, ".", "_", ":" and "-", at most 64')
}
