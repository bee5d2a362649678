import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '../shared/grpc/client.ts'
import type { Logger } from '../shared/log.ts'
import { type Result, refuse } from '../shared/model/result.ts'
import { type Clock, type Milliseconds, hours, milliseconds, minutes } from '../shared/model/time.ts'
import { agentServices } from '../shared/wire/agent_services.ts'
import { certificateRequest } from './certificate_request.ts'
import { type Identity, type IdentityStore, identityFrom, tlsOf } from './identity.ts'

export type RenewalOptions = {
  readonly store: IdentityStore
  readonly addresses: readonly string[]
  readonly clock: Clock
  readonly log: Logger
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Hears the renewed identity, which is on the disk by then. */
  readonly onRenewed: (identity: Identity) => void
}

/** Timers hold no more than 24 days, and a clock may be set meanwhile. */
const LOOK_EVERY = hours(1)
const AGAIN = minutes(5)

/** Keeps the certificate valid: past half of its life it is renewed, at times that differ from machine to machine. */
export async function keepRenewed(options: RenewalOptions, first: Identity, signal: AbortSignal): Promise<void> {
  const { clock, random, log } = options
  let identity = first
  let due = dueOf(identity, random())
  while (!signal.aborted) {
    const now = clock.now()
    if (now < due) {
      await pause(Math.min(due - now, LOOK_EVERY), signal)
      continue
    }
    const renewed = await renew(options, identity, signal)
    if (renewed.ok) {
      identity = renewed.value
      due = dueOf(identity, random())
      log.info(
        { machine_id: identity.machine, valid_until: new Date(identity.to).toISOString() },
        'certificate renewed',
      )
      options.onRenewed(identity)
    } else {
      log.warn({ reason: renewed.error, valid_until: new Date(identity.to).toISOString() }, 'certificate not renewed')
      await pause(AGAIN * (0.5 + random()), signal)
    }
  }
}

/** Between half and two thirds of its life. */
const dueOf = ({ from, to }: Identity, chance: number): number => from + (to - from) * (0.5 + chance / 6)

async function pause(length: number, signal: AbortSignal): Promise<void> {
  const wait: Milliseconds = milliseconds(Math.max(1, length))
  await sleep(wait, undefined, { signal, ref: false }).catch(() => undefined)
}

async function renew(
  { addresses, store }: RenewalOptions,
  identity: Identity,
  signal: AbortSignal,
): Promise<Result<Identity, string>> {
  let failure = 'there is no coordinator to ask'
  for (const address of addresses) {
    const connection = new Connection(address, tlsOf(identity))
    try {
      const request = { certificate_request: certificateRequest(identity.key) }
      const answer = await connection.call(agentServices.AgentService.RenewCertificate, request, { signal })
      if (!answer.ok) {
        failure = answer.error.message
        continue
      }
      const { certificate, certificate_authorities: authorities } = answer.value
      const renewed = identityFrom(certificate, { ...identity, authorities })
      if (renewed.ok && renewed.value.machine === identity.machine) {
        store.save(renewed.value)
        return renewed
      }
      failure = renewed.ok ? `the new certificate names ${renewed.value.machine}` : renewed.error
    } finally {
      connection.close()
    }
  }
  return refuse(failure)
}
