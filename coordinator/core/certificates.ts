import { ok } from '../../shared/model/result.ts'
import type { HandBackReport } from '../../shared/model/run.ts'
import { CERTIFICATES_KEPT, certificateKey } from './certificate_key.ts'
import type { Draft } from './draft.ts'
import type { Handler } from './handler.ts'
import type { CertificateRecord, MachineRecord } from './records.ts'

/**
 * Writes down what was proved, in the same decision that frees the machine; signing it is for the world. Answers the
 * number of the machine's newest release.
 */
export function certify(draft: Draft, machine: MachineRecord, handBack: HandBackReport): number {
  const { id, hostname, hardware, tenant, placement: key, epoch, releases } = machine
  // Whatever an agent without a memory cleaned was nobody's that is known.
  if (tenant === null || key === null) return releases
  const placement = draft.placement(key)
  const sequence = releases + 1
  const record: CertificateRecord = {
    machine: id,
    sequence,
    hostname,
    hardware,
    tenant,
    workload: placement.workload,
    placement: placement.id,
    epoch,
    term: draft.cluster().term,
    handBack,
    provedAt: draft.now,
    signed: null,
  }
  draft.put({ table: 'certificates', key: certificateKey(id, sequence), record })
  draft.effect({ kind: 'certify', machine: id, sequence })
  return sequence
}

export const certificateSigned: Handler<'certificate_signed'> = (draft, { machine, sequence, signed }) => {
  const key = certificateKey(machine, sequence)
  const record = draft.find('certificates', key)
  if (record === undefined || record.signed !== null) return ok(() => undefined)
  draft.put({ table: 'certificates', key, record: { ...record, signed } })
  const oldest = certificateKey(machine, sequence - CERTIFICATES_KEPT)
  if (draft.find('certificates', oldest) !== undefined) draft.put({ table: 'certificates', key: oldest, record: null })
  return ok(() => undefined)
}
