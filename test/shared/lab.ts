import { systemClock } from '../../shared/clock.ts'
import type { ClientTls } from '../../shared/grpc/client.ts'
import { parseMachineId } from '../../shared/model/ids.ts'
import { type Instant, type Milliseconds, hours, instant } from '../../shared/model/time.ts'
import {
  type Credential,
  type Holder,
  createAuthority,
  generateKey,
  issue,
  keyToPem,
  loadAuthority,
} from '../../shared/tls/certificates.ts'
import { COORDINATOR_NAME, machineUri } from '../../shared/tls/identity.ts'
import { must } from '../fixtures.ts'

export const CLUSTER = 'lab'
export const machine = must(parseMachineId('mch-0000000000000001'))

export const SERVER: Holder = { commonName: 'server', uris: [], hosts: [COORDINATOR_NAME], usage: 'server' }
export const CLIENT: Holder = {
  commonName: 'client',
  uris: [machineUri(CLUSTER, machine, 1)],
  hosts: [],
  usage: 'client',
}

export type Life = { readonly from: Instant; readonly lasting: Milliseconds }

/** Certificates of these are over, or begin tomorrow. */
export const OVER: Life = { from: instant(systemClock.now() - hours(2)), lasting: hours(1) }
export const TOMORROW: Life = { from: instant(systemClock.now() + hours(24)), lasting: hours(1) }

/** An authority of the test's own, and what it signs. */
export type Lab = {
  readonly certificate: string
  readonly sign: (holder: Holder, life?: Life) => Promise<Credential>
  /** What a caller shows and believes. */
  readonly client: (holder?: Holder, life?: Life) => Promise<ClientTls>
}

export async function lab(life: Life = { from: systemClock.now(), lasting: hours(24) }): Promise<Lab> {
  const made = await createAuthority(CLUSTER, life.from, life.lasting)
  const authority = await loadAuthority(made)
  const sign = async (holder: Holder, { from, lasting }: Life = life): Promise<Credential> => {
    const keys = await generateKey()
    const certificate = await issue(authority, holder, keys.publicKey, from, lasting)
    return { certificate, key: await keyToPem(keys.privateKey) }
  }
  const client = async (holder: Holder = CLIENT, at: Life = life): Promise<ClientTls> => ({
    authorities: made.certificate,
    identity: await sign(holder, at),
  })
  return { certificate: made.certificate, sign, client }
}
