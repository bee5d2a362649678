import {
  type MachineId,
  type TenantName,
  type UserName,
  parseMachineId,
  parseTenantName,
  parseUserName,
} from '../model/ids.ts'
import { type Result, ok, refuse } from '../model/result.ts'

/** Who a certificate names. */
export type Identity =
  | { readonly kind: 'machine'; readonly machine: MachineId; readonly generation: number }
  | { readonly kind: 'user'; readonly user: UserName }
  /** Sees what is the tenant's, and changes nothing. */
  | { readonly kind: 'tenant'; readonly tenant: TenantName }

/**
 * The name that every coordinator's certificate carries, and that every client asks for, whatever address it
 * calls: the fleet's own authority gives it to coordinators alone, so it proves the role, and no host name or
 * address has to be foreseen.
 */
export const COORDINATOR_NAME = 'coordinator.billet'

export function machineUri(cluster: string, machine: MachineId, generation: number): string {
  return `spiffe://${cluster}/machine/${machine}/generation/${generation}`
}

export function userUri(cluster: string, user: UserName): string {
  return `spiffe://${cluster}/user/${user}`
}

export function tenantUri(cluster: string, tenant: TenantName): string {
  return `spiffe://${cluster}/tenant/${tenant}`
}

/** Names the key that signs what a fleet states: no identity that a connection could have. */
export function certifierUri(cluster: string): string {
  return `spiffe://${cluster}/certifier`
}

const MACHINE = /^spiffe:\/\/([a-z0-9-]+)\/machine\/([^/]+)\/generation\/(\d{1,9})$/
const TENANT = /^spiffe:\/\/([a-z0-9-]+)\/tenant\/([^/]+)$/
const USER = /^spiffe:\/\/([a-z0-9-]+)\/user\/([^/]+)$/

/**
 * The identity in the alternative names of a verified certificate, as Node prints them. Exactly one name that is
 * an identity of this cluster must be there: two would leave it to the reader which one counts.
 */
export function identityOf(alternativeNames: string, cluster: string): Result<Identity, string> {
  const uris = alternativeNames.split(', ').flatMap((name) => (name.startsWith('URI:') ? name.slice(4) : []))
  const [uri, ...others] = uris
  if (uri === undefined || others.length > 0) return refuse('the certificate names no identity, or more than one')
  const machine = MACHINE.exec(uri)
  if (machine?.[1] === cluster) {
    const id = parseMachineId(machine[2] ?? '')
    return id.ok ? ok({ kind: 'machine', machine: id.value, generation: Number(machine[3]) }) : id
  }
  const tenant = TENANT.exec(uri)
  if (tenant?.[1] === cluster) {
    const name = parseTenantName(tenant[2] ?? '')
    return name.ok ? ok({ kind: 'tenant', tenant: name.value }) : name
  }
  const user = USER.exec(uri)
  if (user?.[1] !== cluster) return refuse('the certificate is of another cluster')
  const name = parseUserName(user[2] ?? '')
  return name.ok ? ok({ kind: 'user', user: name.value }) : name
}
