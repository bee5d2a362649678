import type { BilletError } from '../../shared/model/errors.ts'
import type { MachineId } from '../../shared/model/ids.ts'
import type {
  BmcAccess,
  BmcAddress,
  BmcSensor,
  PowerChange,
  PowerChanged,
  PowerStatus,
  SealedPassword,
} from '../../shared/model/power.ts'
import type { Result } from '../../shared/model/result.ts'
import type { Milliseconds } from '../../shared/model/time.ts'

/** A machine, how it is told from others, and how its BMC is reached. */
export type PowerTarget = {
  readonly machine: MachineId
  readonly hardware: { readonly uuid: string; readonly serial: string }
  readonly access: BmcAccess
}

/** How long it may take, and a signal that fires when who asked has gone. */
type PowerPatience = { readonly timeout: Milliseconds; readonly signal: AbortSignal }

/** What calls BMCs. No refusal of it holds a password. */
export interface Power {
  /** Refused with `bmc_key_missing` where there is no key. */
  seal(machine: MachineId, address: BmcAddress, password: string): Result<SealedPassword, BilletError>
  /** Recognises the same password again, and tells nothing of it. */
  mark(password: string): string
  status(target: PowerTarget, patience: PowerPatience): Promise<Result<PowerStatus, BilletError>>
  sensors(target: PowerTarget, patience: PowerPatience): Promise<Result<readonly BmcSensor[], BilletError>>
  /** Answers once the BMC says that it is so. `mayGoOn` is asked right before the first order is sent. */
  change(
    target: PowerTarget,
    change: PowerChange,
    patience: PowerPatience,
    mayGoOn: () => boolean,
  ): Promise<Result<PowerChanged, BilletError>>
}
