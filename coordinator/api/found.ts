import { type BilletError, type ErrorKind, billetError } from '../../shared/model/errors.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'

/** What was looked up, or the refusal that says by name what is not there. */
export function found<Value>(value: Value | undefined, kind: ErrorKind, name: string): Result<Value, BilletError> {
  return value === undefined ? refuse(billetError(kind, `There is no ${name}.`, { name })) : ok(value)
}
