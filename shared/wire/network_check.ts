import type { NetworkCheck } from '../model/workload.ts'
import { count } from './check.ts'
import type { NetworkCheck as WireCheck, NetworkCheck__Output } from './gen/types/billet/v1/NetworkCheck.ts'

/** Nothing where there is none, as the model has it. */
export function decodeNetworkCheck(
  field: string,
  wire: NetworkCheck__Output | null,
): { readonly networkCheck?: NetworkCheck } {
  if (wire === null) return {}
  return { networkCheck: { bandwidthLeast: count(`${field}.bandwidth_least`, wire.bandwidth_least) } }
}

export function encodeNetworkCheck(check: NetworkCheck | undefined): { readonly network_check?: WireCheck } {
  return check === undefined ? {} : { network_check: { bandwidth_least: check.bandwidthLeast } }
}
