/** The outcome of something that may be refused: refusals are values, exceptions are bugs. */
export type Result<Value, Failure> = Ok<Value> | Refused<Failure>
export type Ok<Value> = { readonly ok: true; readonly value: Value }
export type Refused<Failure> = { readonly ok: false; readonly error: Failure }

export function ok(): Ok<undefined>
export function ok<Value>(value: Value): Ok<Value>
export function ok(value?: unknown): Ok<unknown> {
  return { ok: true, value }
}

export function refuse<Failure>(error: Failure): Refused<Failure> {
  return { ok: false, error }
}

/** Ends a switch over a union: a member that was forgotten does not compile. */
export function assertNever(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}

/** A broken invariant is a bug, and a process with a bug in it must not go on deciding. */
export function assert(condition: boolean, broken: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${broken}`)
}
