import { type BilletError, billetError } from './errors.ts'
import type { MachineId } from './ids.ts'

/** Whether a machine is switched on, as its BMC says; `unknown`: it does not say, or says something else. */
export type PowerState = 'on' | 'off' | 'powering_on' | 'powering_off' | 'paused' | 'unknown'

/** `graceful`: its system is asked to shut down, and nothing else is done; `cycle`: off at once, then on. */
export type PowerAction = 'on' | 'off' | 'graceful' | 'cycle'

/** From what a machine starts next; `none`: in the order of its firmware. */
export type NextBoot = 'network' | 'network_always' | 'none'

/** What a BMC's certificate is held against. */
export type BmcTrust =
  /** SHA-256 of the certificate itself, in hexadecimal. */
  | { readonly kind: 'fingerprint'; readonly sha256: string }
  /** Authorities in PEM; the name in the certificate must be the address's. */
  | { readonly kind: 'authority'; readonly pem: string }
  /** The authorities of the coordinator's system. */
  | { readonly kind: 'system' }

/** Where a BMC is, and who the coordinator is there. */
export type BmcAddress = {
  /** Scheme, host and port, such as "https://bmc.example". */
  readonly url: string
  readonly userName: string
  readonly trust: BmcTrust
  /** Path of the ComputerSystem; empty: the one with the machine's UUID or serial number. */
  readonly system: string
}

/** A password that only who has the coordinator's key can read; in base64. */
export type SealedPassword = {
  /** Names the key, so that another one is told from damage. */
  readonly key: string
  readonly nonce: string
  readonly text: string
}

export type BmcAccess = BmcAddress & { readonly password: SealedPassword }

/** What a BMC says of its machine. Texts are empty and numbers zero where it says nothing. */
export type PowerStatus = {
  readonly state: PowerState
  /** Null: something else than the words there are. */
  readonly nextBoot: NextBoot | null
  readonly vendor: string
  readonly manufacturer: string
  readonly model: string
  readonly serial: string
  readonly uuid: string
  readonly biosVersion: string
  readonly health: string
  readonly processors: number
  readonly memoryBytes: number
  readonly resetTypes: readonly string[]
  readonly system: string
}

export type BmcSensor = {
  readonly name: string
  readonly kind: 'temperature' | 'fan' | 'power' | 'voltage' | 'current' | 'other'
  readonly reading: number
  readonly unit: string
  readonly health: string
}

/** A change that is asked for; at least one of the two. */
export type PowerChange = { readonly action: PowerAction | null; readonly nextBoot: NextBoot | null }

export type PowerChanged = { readonly status: PowerStatus; readonly already: boolean }

export const POWER_BOUNDS = {
  url: 300,
  userName: 128,
  password: 256,
  /** Of certificates, in characters. */
  pem: 64 * 1024,
  path: 300,
} as const

/** @param called the machine, as people call it. */
export function bmcNotFound(machine: MachineId, called: string): BilletError {
  const sentence = `Nobody has said how the BMC of ${called} is reached: billet machines bmc set.`
  return billetError('bmc_not_found', sentence, { machine })
}
