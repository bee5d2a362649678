import type { Metric } from '../../../shared/model/telemetry.ts'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import { type Milliseconds, minutes } from '../../../shared/model/time.ts'
import { isUnsupported, nameOf } from './codes.ts'
import { Device, type Identity } from './device.ts'
import { XidEvents } from './events.ts'
import type { Nvml } from './library.ts'
import { type Pace, type Question, questions } from './questions.ts'

export const GPUS_MAX = 64
const MINUTE = minutes(1)
/** A device that was lost, came or went shows itself only to a new session, which makes the others wait. */
const REOPEN_AFTER = minutes(5)

const BEAT: ReadonlySet<Pace> = new Set(['beat'])
const ALL: ReadonlySet<Pace> = new Set(['beat', 'minute'])

export type XidSeen = { readonly uuid: string; readonly xid: number }

export type ReaderOptions = {
  readonly nvml: Nvml
  /** Monotonic. */
  readonly now: () => Milliseconds
  /** Hears which device is about to be asked, and null when none is. */
  readonly asking?: (index: number | null) => void
  readonly asked?: readonly Question[]
}

/** One session with the library, and its devices. Every call may hang: not for a process with other work. */
export class NvmlReader {
  metrics: readonly Metric[] = []
  values = new Float64Array(0)
  readonly #options: ReaderOptions
  readonly #asking: (index: number | null) => void
  #devices: readonly Device[] = []
  /** Devices that cannot even be opened, and why. */
  #closed: readonly string[] = []
  #count = 0
  #events: XidEvents | null = null
  #openedAt = 0
  #slowAt: number | null = null

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#asking = options.asking ?? (() => undefined)
  }

  get devices(): readonly Device[] {
    return this.#devices
  }

  /** Starts a session. The refusal says why there is none. */
  open(): Result<undefined, string> {
    const { nvml, now } = this.#options
    const opened = nvml.init()
    if (!opened.ok) return refuse(`nvmlInit: ${nameOf(opened.error)}`)
    const count = nvml.deviceCount()
    if (!count.ok) {
      nvml.shutdown()
      return refuse(`nvmlDeviceGetCount: ${nameOf(count.error)}`)
    }
    this.#openedAt = now()
    this.#slowAt = null
    this.#count = count.value
    this.#find(Math.min(count.value, GPUS_MAX))
    this.#events = XidEvents.of(
      nvml,
      this.#devices.filter((device) => !device.isLost).map(({ handle }) => handle),
    )
    return ok()
  }

  /** Reads all that is due, and returns why something is missing. */
  read(): string | null {
    const now = this.#options.now()
    const isSlow = this.#slowAt === null || now - this.#slowAt >= MINUTE
    if (isSlow) this.#slowAt = now
    for (const device of this.#devices) {
      this.#asking(device.identity.index)
      device.read(isSlow ? ALL : BEAT)
    }
    this.#asking(null)
    this.#gather()
    if (isSlow && this.#shallReopen(now)) this.#reopen()
    const failures = [...this.#closed, ...this.#devices.flatMap(({ failure }) => failure ?? [])]
    return failures.length === 0 ? null : failures.join('; ')
  }

  /** Xid errors since the last look. */
  xids(): readonly XidSeen[] {
    const found = this.#events?.take() ?? []
    return found.map(({ device, xid }) => ({
      uuid: this.#devices.find(({ handle }) => handle === device)?.identity.uuid ?? '',
      xid,
    }))
  }

  /** Lets go of every device. */
  close(): void {
    this.#events?.close()
    this.#events = null
    this.#options.nvml.shutdown()
  }

  #shallReopen(now: number): boolean {
    if (now - this.#openedAt < REOPEN_AFTER) return false
    const count = this.#options.nvml.deviceCount()
    const isOther = count.ok && count.value !== this.#count
    return isOther || this.#closed.length > 0 || this.#devices.some(({ isLost }) => isLost)
  }

  #reopen(): void {
    this.close()
    const opened = this.open()
    if (opened.ok) for (const device of this.#devices) device.read(ALL)
    else this.#closed = [opened.error]
    this.#gather()
  }

  #find(count: number): void {
    const { nvml, asked = questions } = this.#options
    const driver = nvml.text('nvmlSystemGetDriverVersion')
    const found: Device[] = []
    const closed = new Map<number, number>()
    for (let index = 0; index < count; index += 1) {
      this.#asking(index)
      const handle = nvml.device(index)
      const identity = handle.ok ? identityOf(nvml, handle.value, index) : null
      if (!handle.ok) {
        // Behind the last device, or one that this user may not see.
        if (!isUnsupported(handle.error)) closed.set(index, handle.error)
      } else if (identity === null) closed.set(index, UNKNOWN_ERROR)
      else found.push(new Device(nvml, handle.value, identity, driver, asked))
    }
    this.#asking(null)
    const missed = this.#missed(found, closed)
    for (const { identity } of missed) closed.delete(identity.index)
    this.#closed = [...closed].map(([index, code]) => `GPU ${index}: ${nameOf(code)}`)
    this.#devices = [...found, ...missed].toSorted((one, other) => one.identity.index - other.identity.index)
    this.#gather()
  }

  /** Devices of an earlier session that this one does not show: lost, and still this machine's. */
  #missed(found: readonly Device[], closed: ReadonlyMap<number, number>): readonly Device[] {
    const isThere = ({ identity }: Device): boolean =>
      found.some((other) => other.identity.uuid === identity.uuid || other.identity.index === identity.index)
    const missed = this.#devices.filter((device) => !isThere(device))
    for (const device of missed) device.lose(closed.get(device.identity.index) ?? GPU_NOT_FOUND)
    return missed
  }

  #gather(): void {
    const parts = this.#devices.map((device) => device.metrics)
    const isSame = parts.length === this.#shapes.length && parts.every((part, index) => part === this.#shapes[index])
    if (!isSame) {
      this.#shapes = parts
      this.metrics = parts.flat()
      this.values = new Float64Array(this.metrics.length)
    }
    let offset = 0
    for (const { values } of this.#devices) {
      this.values.set(values, offset)
      offset += values.length
    }
  }

  /** What `metrics` was made of, by identity. */
  #shapes: readonly (readonly Metric[])[] = []
}

const GPU_NOT_FOUND = 28
const UNKNOWN_ERROR = 999
const PCI_BUS_ID_AT = 36

function identityOf(nvml: Nvml, handle: bigint, index: number): Identity | null {
  const uuid = nvml.text('nvmlDeviceGetUUID', handle)
  if (!uuid.startsWith('GPU-')) return null
  return {
    index,
    uuid,
    model: nvml.text('nvmlDeviceGetName', handle),
    serial: nvml.text('nvmlDeviceGetSerial', handle),
    vbios: nvml.text('nvmlDeviceGetVbiosVersion', handle),
    pciBusId: pciBusIdOf(nvml, handle),
  }
}

function pciBusIdOf(nvml: Nvml, handle: bigint): string {
  const call = nvml.find('nvmlDeviceGetPciInfo_v3', ['void *', 'void *'])
  const { scratch } = nvml
  scratch.fill(0, 0, 128)
  if (call === null || call(handle, scratch) !== 0) return ''
  const text = scratch.toString('latin1', PCI_BUS_ID_AT, PCI_BUS_ID_AT + 32)
  return /^[0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7]/.exec(text)?.[0] ?? ''
}
