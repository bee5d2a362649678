import { type BilletError, billetError } from '../../shared/model/errors.ts'

/** Why a BMC did not do or say what was asked of it. A sentence never holds a secret. */
export type BmcFailure = {
  readonly kind: /** No connection, no answer, or one that says to come later. */
    | 'unreachable'
    /** Its certificate is not the one that was named, or is signed by nobody who is believed. */
    | 'untrusted'
    | 'login_refused'
    /** What it manages is not the machine. */
    | 'other_machine'
    /** It does not offer it, or does not answer as Redfish says. */
    | 'unsupported'
    /** So much is asked of BMCs at once that no more is taken, or somebody else changes this one. */
    | 'busy'
    /** Its password was sealed with a key that is not there. */
    | 'key_missing'
    /** It took the order, and its machine did not follow. */
    | 'not_reached'
    /** A tenant got the machine meanwhile. */
    | 'held'
    /** Who asked has gone. */
    | 'cancelled'
  readonly message: string
}

export const bmcFailure = (kind: BmcFailure['kind'], message: string): BmcFailure => ({ kind, message })

const KINDS = {
  unreachable: 'bmc_unreachable',
  untrusted: 'bmc_untrusted',
  login_refused: 'bmc_login_refused',
  other_machine: 'bmc_other_machine',
  unsupported: 'bmc_unsupported',
  busy: 'bmc_busy',
  key_missing: 'bmc_key_missing',
  not_reached: 'power_not_reached',
  held: 'machine_held',
  cancelled: 'cancelled',
} as const satisfies Readonly<Record<BmcFailure['kind'], BilletError['kind']>>

export function errorOf({ kind, message }: BmcFailure, machine: string): BilletError {
  return billetError(KINDS[kind], message, { machine })
}
