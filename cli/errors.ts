import type { BilletError } from '../shared/model/errors.ts'

/** What every command ends with, as `billet --help` says. */
export const exitCodes = {
  done: 0,
  /** The coordinator refused, or what was asked for did not work out. */
  refused: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** The coordinator cannot be reached, or does not accept the credentials. */
  unreachable: 3,
  /** `billet run`: Billet failed, not the task. */
  runFailed: 125,
  /** Ended by an interrupt. */
  interrupted: 130,
  /** Nobody reads the output any more: what a shell says of a program that SIGPIPE ended. */
  unread: 141,
} as const

/** Ends a command: a sentence for people, and an exit code. */
export class CommandFailure extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number) {
    super(message)
    this.exitCode = exitCode
  }
}

export function failureOf(error: BilletError): CommandFailure {
  const unreachable = error.kind === 'unavailable' || error.kind === 'unauthenticated'
  return new CommandFailure(error.message, unreachable ? exitCodes.unreachable : exitCodes.refused)
}

export function usage(message: string): CommandFailure {
  return new CommandFailure(message, exitCodes.usage)
}
