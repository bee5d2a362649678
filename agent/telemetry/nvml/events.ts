import { SUCCESS } from './codes.ts'
import type { Nvml, NvmlFunction } from './library.ts'

/** nvmlEventTypeXidCriticalError. */
const XID = 0x8
/** The shortest wait: nothing says that none at all is not taken for one without end. */
const WAIT_MS = 1
/** At one look; more have to wait for the next one. */
const EVENTS_MAX = 64

/** Offsets within nvmlEventData_t. */
const DEVICE_AT = 0
const TYPE_AT = 8
const DATA_AT = 16

export type Xid = { readonly device: bigint; readonly xid: number }

/** Xid errors, each told once, as the driver hands them out. */
export class XidEvents {
  readonly #nvml: Nvml
  readonly #set: bigint
  readonly #wait: NvmlFunction

  private constructor(nvml: Nvml, set: bigint, wait: NvmlFunction) {
    this.#nvml = nvml
    this.#set = set
    this.#wait = wait
  }

  /** Null where this driver has no events, or none of these devices tells of Xids. */
  static of(nvml: Nvml, devices: readonly bigint[]): XidEvents | null {
    const create = nvml.find('nvmlEventSetCreate', ['void *'])
    const register = nvml.find('nvmlDeviceRegisterEvents', ['void *', 'uint64', 'void *'])
    const parameters = ['void *', 'void *', 'uint32'] as const
    const wait = nvml.find('nvmlEventSetWait_v2', parameters) ?? nvml.find('nvmlEventSetWait', parameters)
    if (create === null || register === null || wait === null) return null
    if (create(nvml.scratch) !== SUCCESS) return null
    const events = new XidEvents(nvml, nvml.scratch.readBigUInt64LE(0), wait)
    const registered = devices.filter((device) => register(device, XID, events.#set) === SUCCESS)
    if (registered.length > 0) return events
    events.close()
    return null
  }

  /** What came since the last look. */
  take(): readonly Xid[] {
    const { scratch } = this.#nvml
    const found: Xid[] = []
    while (found.length < EVENTS_MAX && this.#wait(this.#set, scratch, WAIT_MS) === SUCCESS) {
      const device = scratch.readBigUInt64LE(DEVICE_AT)
      const isXid = (scratch.readBigUInt64LE(TYPE_AT) & BigInt(XID)) !== 0n
      if (isXid) found.push({ device, xid: Number(scratch.readBigUInt64LE(DATA_AT)) })
    }
    return found
  }

  close(): void {
    this.#nvml.find('nvmlEventSetFree', ['void *'])?.(this.#set)
  }
}
