import type { MachineId, RegistrationName, TokenId, UserName } from '../../shared/model/ids.ts'
import type { Instant } from '../../shared/model/time.ts'

/** Identifiers of hardware, as its agent says when it enrols; empty where it has none. */
export type HardwareClaim = {
  readonly uuid: string
  readonly serial: string
  readonly macAddresses: readonly string[]
}

export type TokenRecord = {
  readonly id: TokenId
  readonly description: string
  /** SHA-256 of the secret, in hexadecimal; the secret itself is kept nowhere. */
  readonly hash: string
  readonly usesLeft: number
  readonly usesMade: number
  readonly expiresAt: Instant
  readonly autoApprove: boolean
  readonly binding: TokenBinding
  /** It enrols this hardware alone, once, and approves it; null: whatever the binding allows. */
  readonly registration: RegistrationName | null
  readonly createdAt: Instant
  readonly user: UserName
  readonly revokedAt: Instant | null
  /** When operators were last told that somebody was refused with it. */
  readonly refusedAt: Instant | null
}

/** The one machine that a token is for; empty fields allow all. */
export type TokenBinding = {
  readonly uuid: string
  readonly serial: string
  readonly macAddress: string
}

/** A machine that is known before it comes. The key is its name. */
export type RegistrationRecord = {
  readonly name: RegistrationName
  /** At least one identifier; all of them must be the machine's. */
  readonly hardware: HardwareClaim
  readonly labels: Readonly<Record<string, string>>
  /** Hardware class that it must be of at first; empty: none is asked for. */
  readonly hardwareClass: string
  /** The machine that came; null: none has, or it is retired. */
  readonly machine: MachineId | null
  readonly enrolledAt: Instant | null
  readonly user: UserName
  readonly createdAt: Instant
}

/** What a machine was registered as. */
export type Registered = {
  readonly name: RegistrationName
  /** It is not offered the first time unless it is of this class; empty: none is asked for, or that is settled. */
  readonly expectedClass: string
}
