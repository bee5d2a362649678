import { billetError } from '../../shared/model/errors.ts'
import { type Result, ok } from '../../shared/model/result.ts'
import type { BilletError } from '../../shared/model/errors.ts'
import { toStatus } from '../../shared/grpc/status.ts'
import type { Logger } from '../../shared/log.ts'
import type { MachineId } from '../../shared/model/ids.ts'
import { keyFingerprint, requestedKey } from '../../shared/tls/certificates.ts'
import { decode, invalid, text } from '../../shared/wire/check.ts'
import type { EnrolRequest__Output } from '../../shared/wire/gen/types/billet/v1/EnrolRequest.ts'
import type { EnrolResponse } from '../../shared/wire/gen/types/billet/v1/EnrolResponse.ts'
import type { EnrolmentServiceHandlers } from '../../shared/wire/gen/types/billet/v1/EnrolmentService.ts'
import { decodeHardware } from '../../shared/wire/inventory.ts'
import type { Fleet } from '../ports.ts'
import { hashSecret } from './tokens.ts'

/** Who signs; the authority is its implementation. */
export interface MachineSigner {
  readonly certificate: string
  machineCertificate(machine: MachineId, generation: number, key: SigningKey): Promise<string>
}

type SigningKey = Parameters<typeof keyFingerprint>[0]

/** The one service without a certificate, on a port of its own: nothing else is served there. */
export function enrolmentService(
  fleet: Fleet,
  signer: MachineSigner,
  sessionAddress: string,
  log: Logger,
): EnrolmentServiceHandlers {
  return {
    Enrol: (call, answer) => {
      const serve = async (): Promise<void> => {
        try {
          const result = await enrol(fleet, signer, sessionAddress, call.request)
          if (result.ok) answer(null, result.value)
          else answer(toStatus(result.error))
        } catch (error) {
          log.error({ error }, 'an enrolment failed with a bug')
          answer(toStatus(billetError('internal', 'The coordinator failed on this enrolment; its log says more.')))
        }
      }
      void serve()
    },
  }
}

async function enrol(
  fleet: Fleet,
  signer: MachineSigner,
  sessionAddress: string,
  request: EnrolRequest__Output,
): Promise<Result<EnrolResponse, BilletError>> {
  const asked = decode(() => {
    const { uuid = '', serial = '', macs } = decodeHardware('hardware', request.hardware)
    if (uuid === '' && serial === '' && macs.length === 0) invalid('hardware', 'expected at least one identifier')
    const hostname = text('hostname', request.hostname, 255)
    return { hostname, hardware: { uuid, serial, macAddresses: macs } }
  })
  if (!asked.ok) return asked
  const key = await requestedKey(request.certificate_request)
  if (!key.ok) return decode(() => invalid('certificate_request', key.error))
  const publicKey = await keyFingerprint(key.value)
  const tokenHash = hashSecret(request.token)
  const enrolled = await fleet.submit({ kind: 'enrol_machine', tokenHash, publicKey, ...asked.value })
  if (!enrolled.ok) return enrolled
  const { machine, generation } = enrolled.value
  return ok({
    machine: `machines/${machine}`,
    certificate: await signer.machineCertificate(machine, generation, key.value),
    certificate_authorities: signer.certificate,
    session_address: sessionAddress,
  })
}
