import { readFileSync } from 'node:fs'
import type { Address } from '../../shared/config.ts'
import type { Logger } from '../../shared/log.ts'
import type { Inventory } from '../../shared/model/inventory.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Clock } from '../../shared/model/time.ts'
import { type Trust, enrol } from '../enrol.ts'
import type { Identity, IdentityStore } from '../identity.ts'
import type { AgentOptions } from '../options.ts'
import { parseFingerprint } from '../pin.ts'
import { Backoff } from '../session/backoff.ts'

const ENROL_PORT = 7444

export type IdentifyOptions = {
  readonly options: AgentOptions
  readonly store: IdentityStore
  /** The environment's join token; empty for none. A secret. */
  readonly token: string
  readonly inventory: () => Promise<Result<Inventory, string>>
  readonly clock: Clock
  readonly log: Logger
  readonly random: () => number
}

/** The identity that this machine has, or gets by enrolling. */
export async function identify(given: IdentifyOptions, signal: AbortSignal): Promise<Result<Identity, string>> {
  const { options, store, clock, log, random } = given
  const stored = store.load()
  if (!stored.ok) return stored
  if (stored.value !== null && stored.value.to > clock.now()) return ok(stored.value)
  const need = stored.value === null ? 'this machine has no identity yet' : "this machine's certificate has ended"
  const token = joinToken(options, given.token)
  if (!token.ok) return refuse(`${need}: ${token.error}`)
  const address = enrolAddress(options)
  if (address === undefined) return refuse(`${need}: --enrol-address or --coordinator must say where to enrol`)
  const trust = trustOf(options)
  if (!trust.ok) return refuse(`${need}: ${trust.error}`)
  const inventory = await given.inventory()
  if (!inventory.ok) return inventory
  const backoff = new Backoff({ base: options.reconnectBase, cap: options.reconnectCap, random })
  const how = { store, address, trust: trust.value, token: token.value, inventory: inventory.value, clock, log }
  return enrol({ ...how, wait: () => backoff.next() }, signal)
}

function joinToken({ tokenFile }: AgentOptions, fromEnvironment: string): Result<string, string> {
  if (tokenFile === '') {
    if (fromEnvironment !== '') return ok(fromEnvironment)
    return refuse('it needs a join token, by --token-file or in BILLET_JOIN_TOKEN (billet tokens create makes one)')
  }
  try {
    const token = readFileSync(tokenFile, 'utf8').trim()
    return token === '' ? refuse(`--token-file: ${tokenFile} is empty`) : ok(token)
  } catch (error) {
    return refuse(`--token-file: cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function enrolAddress({ enrolAddress: [stated], coordinator: [first] }: AgentOptions): Address | undefined {
  if (stated !== undefined) return stated
  return first === undefined ? undefined : { host: first.host, port: ENROL_PORT }
}

function trustOf({ caFile, caFingerprint }: AgentOptions): Result<Trust, string> {
  if (caFile !== '') return ok({ kind: 'file', path: caFile })
  if (caFingerprint === '') return refuse('--ca-fingerprint or --ca-file must say which coordinator to believe')
  const fingerprint = parseFingerprint(caFingerprint)
  if (fingerprint !== undefined) return ok({ kind: 'fingerprint', fingerprint })
  return refuse(`--ca-fingerprint: expected "sha256:" and 64 hexadecimal digits, got ${JSON.stringify(caFingerprint)}`)
}
