import type { MachineId } from '../../shared/model/ids.ts'

/** Certificates of one machine that are kept in the state. */
export const CERTIFICATES_KEPT = 4

/** Keys are sorted as the releases were. */
export function certificateKey(machine: MachineId, sequence: number): string {
  return `${machine}.${String(sequence).padStart(12, '0')}`
}
