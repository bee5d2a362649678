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
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Clock, Milliseconds } from '../../shared/model/time.ts'
import { RedfishClient } from './client.ts'
import { carryOut } from './execute.ts'
import { type BmcFailure, bmcFailure, errorOf } from './failures.ts'
import { Gate } from './gate.ts'
import type { Hardware } from './identity.ts'
import { readSensors } from './sensors.ts'
import { type Found, SystemReader, findSystem } from './system.ts'
import { Transport } from './transport.ts'
import type { PasswordVault } from './vault.ts'

/** A machine, and how its BMC is reached. */
export type Target = { readonly machine: MachineId; readonly hardware: Hardware; readonly access: BmcAccess }

/** How long it may take, and a signal that fires when who asked has gone. */
type Patience = { readonly timeout: Milliseconds; readonly signal: AbortSignal }

type ControlOptions = {
  /** Null: no password can be kept or read. */
  readonly vault: PasswordVault | null
  readonly clock: Pick<Clock, 'monotonic'>
  /** From 0 to 1, for the waits between tries. */
  readonly draw: () => number
}

/** BMCs that are called at once, and calls that may wait for that. */
const AT_ONCE = 64
const WAITING_MAX = 4096

const NO_KEY =
  'This coordinator has no key to keep passwords of BMCs with: set the option bmc_key_file, or BILLET_BMC_KEY.'

/** Calls BMCs: so many at once, each in a session of its own, and one change of a machine at a time. */
export class PowerControl {
  readonly #options: ControlOptions
  readonly #changing = new Set<MachineId>()
  readonly #ending = new AbortController()
  readonly #gate = new Gate(AT_ONCE, WAITING_MAX)

  constructor(options: ControlOptions) {
    this.#options = options
  }

  /** Ends every call. */
  close(): void {
    this.#ending.abort()
  }

  seal(machine: MachineId, address: BmcAddress, password: string): Result<SealedPassword, BilletError> {
    const { vault } = this.#options
    return vault === null
      ? refuse(errorOf(bmcFailure('key_missing', NO_KEY), machine))
      : ok(vault.seal(machine, address, password))
  }

  /** Recognises the same password again, and tells nothing of it. */
  mark(password: string): string {
    return this.#options.vault?.mark(password) ?? ''
  }

  status(target: Target, patience: Patience): Promise<Result<PowerStatus, BilletError>> {
    return this.#with(target, patience, async (client, found) => {
      const seen = await new SystemReader(client, found).look(false)
      return seen.ok ? ok(seen.value.status) : seen
    })
  }

  sensors(target: Target, patience: Patience): Promise<Result<readonly BmcSensor[], BilletError>> {
    return this.#with(target, patience, async (client, found) => {
      const seen = await new SystemReader(client, found).look(false)
      return seen.ok ? readSensors(client, seen.value.chassis) : seen
    })
  }

  /** `mayGoOn` is asked right before the first order is sent. */
  async change(
    target: Target,
    change: PowerChange,
    patience: Patience,
    mayGoOn: () => boolean,
  ): Promise<Result<PowerChanged, BilletError>> {
    const { machine } = target
    if (this.#changing.has(machine)) {
      const sentence = 'Another order for the power of this machine is carried out; try again when it is over.'
      return refuse(errorOf(bmcFailure('busy', sentence), machine))
    }
    this.#changing.add(machine)
    try {
      const { clock } = this.#options
      return await this.#with(target, patience, (client, found, signal) =>
        carryOut({ client, found, change, clock, signal, mayGoOn }),
      )
    } finally {
      this.#changing.delete(machine)
    }
  }

  async #with<Value>(
    { machine, hardware, access }: Target,
    { timeout, signal: gone }: Patience,
    use: (client: RedfishClient, found: Found, signal: AbortSignal) => Promise<Result<Value, BmcFailure>>,
  ): Promise<Result<Value, BilletError>> {
    const password = this.#open(machine, access)
    if (!password.ok) return refuse(errorOf(password.error, machine))
    const signal = AbortSignal.any([gone, this.#ending.signal, AbortSignal.timeout(timeout)])
    if (!(await this.#gate.enter(signal))) {
      return refuse(errorOf(bmcFailure('busy', 'Too much is asked of BMCs at once; try again.'), machine))
    }
    const transport = new Transport(access.url, access.trust)
    const { userName } = access
    const client = new RedfishClient({
      transport,
      userName,
      password: password.value,
      signal,
      draw: this.#options.draw,
    })
    try {
      const found = await findSystem(client, access.system, hardware)
      const done = found.ok ? await use(client, found.value, signal) : found
      if (done.ok) return done
      const message = client.scrub(done.error.message)
      if (gone.aborted) return refuse(errorOf(bmcFailure('cancelled', `Who asked has gone. ${message}`), machine))
      return refuse(errorOf({ ...done.error, message }, machine))
    } finally {
      await client.close()
      transport.close()
      this.#gate.leave()
    }
  }

  #open(machine: MachineId, access: BmcAccess): Result<string, BmcFailure> {
    const { vault } = this.#options
    if (vault === null) return refuse(bmcFailure('key_missing', NO_KEY))
    const opened = vault.open(machine, access)
    return opened.ok ? opened : refuse(bmcFailure('key_missing', `The BMC cannot be called: ${opened.error}.`))
  }
}
