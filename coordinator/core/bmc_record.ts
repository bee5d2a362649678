import type { MachineId, UserName } from '../../shared/model/ids.ts'
import type { BmcAccess } from '../../shared/model/power.ts'
import type { Instant } from '../../shared/model/time.ts'

/** How the BMC of a machine is reached. The key is the machine's. */
export type BmcRecord = BmcAccess & {
  readonly machine: MachineId
  readonly user: UserName
  readonly setAt: Instant
}
