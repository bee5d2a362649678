import type { Metric } from '../../../shared/model/telemetry.ts'
import { SUCCESS, isLost, nameOf } from './codes.ts'
import type { Nvml } from './library.ts'
import { Links } from './links.ts'
import { Processes, retiredPages } from './lists.ts'
import { partOf } from './one_call.ts'
import type { Part, Row } from './part.ts'
import { type Pace, type Question, questions } from './questions.ts'

export type Identity = {
  readonly index: number
  readonly uuid: string
  readonly model: string
  readonly serial: string
  readonly pciBusId: string
  readonly vbios: string
}

type Slot = { readonly part: Part; readonly rows: readonly Row[]; readonly offset: number }

/** One device: the questions that it answers, found once, and what it last said. */
export class Device {
  readonly identity: Identity
  readonly handle: bigint
  metrics: readonly Metric[] = []
  values = new Float64Array(0)
  /** Why something was not told at the last reading; null where all was. */
  failure: string | null = null
  readonly #driver: string
  readonly #parts: readonly Part[]
  readonly #processes: Processes | null
  #slots: readonly Slot[] = []
  /** What the device as a whole answers: lost, or in need of a reset. */
  #code = SUCCESS

  constructor(nvml: Nvml, handle: bigint, identity: Identity, driver: string, asked: readonly Question[] = questions) {
    this.identity = identity
    this.handle = handle
    this.#driver = driver
    const parts = asked.map((question) => partOf(nvml, handle, question))
    this.#processes = Processes.of(nvml, handle)
    const others = [Links.of(nvml, handle), this.#processes, ...retiredPages(nvml, handle)]
    this.#parts = [...parts, ...others].filter((part) => part !== null)
    this.#lay()
  }

  get processes() {
    return this.#processes?.newest ?? []
  }

  get isLost(): boolean {
    return this.#code !== SUCCESS
  }

  /** Nothing is known of the device any more but that it is lost: no other device is affected by that. */
  lose(code: number): void {
    this.#code = code
    this.failure = `GPU ${this.identity.index}: ${nameOf(code)}`
    this.values.fill(Number.NaN)
    this.#tellState()
  }

  read(paces: ReadonlySet<Pace>): void {
    if (this.isLost) return
    this.failure = null
    for (let index = 0; index < this.#parts.length; index += 1) {
      const part = this.#parts[index]
      if (part === undefined || !paces.has(part.pace)) continue
      let code = this.#readSlot(index)
      if (part.rows !== this.#slots[index]?.rows) {
        this.#lay()
        code = this.#readSlot(index)
      }
      if (isLost(code)) {
        this.lose(code)
        return
      }
      if (code !== SUCCESS) this.failure ??= `GPU ${this.identity.index}: ${nameOf(code)}`
    }
    this.#tellState()
  }

  #readSlot(index: number): number {
    const slot = this.#slots[index]
    return slot === undefined ? SUCCESS : slot.part.read(this.values, slot.offset)
  }

  #tellState(): void {
    this.values[0] = 1
    this.values[1] = this.#code
  }

  #lay(): void {
    const before = this.values
    const known = new Map(this.#slots.map(({ part, rows, offset }) => [part, { rows, offset }]))
    const { index, uuid, model, serial, pciBusId, vbios } = this.identity
    const labels = { gpu: String(index), UUID: uuid, modelName: model }
    const info = { ...labels, pci_bus_id: pciBusId, serial, driver: this.#driver, vbios }
    const metrics: Metric[] = [
      { name: 'billet_gpu_info', unit: '', kind: 'gauge', labels: info },
      { name: 'billet_gpu_nvml_error', unit: '', kind: 'gauge', labels },
    ]
    this.#slots = this.#parts.map((part) => {
      const slot = { part, rows: part.rows, offset: metrics.length }
      for (const { name, unit, kind, labels: own } of part.rows) {
        metrics.push({ name, unit, kind, labels: own === undefined ? labels : { ...labels, ...own } })
      }
      return slot
    })
    this.metrics = metrics
    this.values = new Float64Array(metrics.length).fill(Number.NaN)
    for (const { part, rows, offset } of this.#slots) {
      const old = known.get(part)
      if (old?.rows === rows) this.values.set(before.subarray(old.offset, old.offset + rows.length), offset)
    }
    this.#tellState()
  }
}
