import { SUCCESS, isLost, isUnsupported } from './codes.ts'
import type { Nvml, NvmlFunction } from './library.ts'
import { numberAt } from './one_call.ts'
import type { Part, Row } from './part.ts'
import { ENTRY_BYTES } from './questions.ts'

/** The library's own limit. */
const LINKS_MAX = 18

/** What goes wrong on a link: as counters of a function until Hopper, and as values by number from Blackwell on. */
const COUNTERS = [
  { name: 'DCGM_FI_DEV_NVLINK_REPLAY_ERROR_COUNT_TOTAL', counter: 0 },
  { name: 'DCGM_FI_DEV_NVLINK_RECOVERY_ERROR_COUNT_TOTAL', counter: 1 },
  { name: 'DCGM_FI_DEV_NVLINK_CRC_FLIT_ERROR_COUNT_TOTAL', counter: 2 },
  { name: 'DCGM_FI_DEV_NVLINK_CRC_DATA_ERROR_COUNT_TOTAL', counter: 3 },
] as const
const VALUES = [
  { name: 'DCGM_FI_DEV_NVLINK_COUNT_RX_ERRORS', id: 208 },
  { name: 'DCGM_FI_DEV_NVLINK_COUNT_LOCAL_LINK_INTEGRITY_ERRORS', id: 211 },
  { name: 'DCGM_FI_DEV_NVLINK_COUNT_LINK_RECOVERY_FAILED_EVENTS', id: 214 },
  { name: 'DCGM_FI_DEV_NVLINK_COUNT_EFFECTIVE_ERRORS', id: 219 },
] as const

/** Errors of one kind on one link; null where they cannot be had, and then `code` says why. */
type Count = (link: number) => number | null
type Kind = { readonly name: string; readonly count: Count }

/**
 * The NVLinks of a device: how many there are and how many work, and errors over all of them. A link has numbers of
 * its own once it is down or has erred, and from then on: on a machine with eight devices that is nothing, or the
 * one cable that somebody has to find, and not 288 zeros.
 */
export class Links implements Part {
  readonly pace = 'minute'
  rows: readonly Row[]
  readonly #nvml: Nvml
  readonly #device: bigint
  readonly #state: NvmlFunction
  readonly #links: readonly number[]
  readonly #kinds: readonly Kind[]
  #troubled: readonly number[] = []

  private constructor(nvml: Nvml, device: bigint, state: NvmlFunction, links: readonly number[]) {
    this.#nvml = nvml
    this.#device = device
    this.#state = state
    this.#links = links
    this.#kinds = this.#findKinds(links[0] ?? 0)
    this.rows = this.#rows()
  }

  /** Null where the device has none. */
  static of(nvml: Nvml, device: bigint): Links | null {
    const state = nvml.find('nvmlDeviceGetNvLinkState', ['void *', 'uint32', 'void *'])
    if (state === null) return null
    const links: number[] = []
    for (let link = 0; link < LINKS_MAX; link += 1) {
      const code = state(device, link, nvml.scratch)
      if (code === SUCCESS) links.push(link)
      else if (isLost(code)) return null
    }
    return links.length === 0 ? null : new Links(nvml, device, state, links)
  }

  read(values: Float64Array, offset: number): number {
    const totals = this.#kinds.map(() => 0)
    const troubled: number[] = []
    const down: number[] = []
    const told = new Map<number, readonly [number, number]>()
    let active = 0
    for (const link of this.#links) {
      const code = this.#state(this.#device, link, this.#nvml.scratch)
      if (isLost(code)) return code
      const isUp = code === SUCCESS && this.#nvml.scratch.readUInt32LE(0) !== 0
      if (isUp) active += 1
      let errors = 0
      for (const [index, { count }] of this.#kinds.entries()) {
        const found = count(link) ?? 0
        totals[index] = (totals[index] ?? 0) + found
        errors += found
      }
      told.set(link, [isUp ? 1 : 0, errors])
      if (errors > 0 || this.#troubled.includes(link)) troubled.push(link)
      else if (!isUp) down.push(link)
    }
    // Where none works there is nothing at the other end: that is how the machine was built.
    if (active > 0) troubled.push(...down)
    if (troubled.length > this.#troubled.length) {
      this.#troubled = troubled.toSorted((one, other) => one - other)
      this.rows = this.#rows()
      // The place for what is told now is not there yet: the device lays its numbers out anew, and asks again.
      return SUCCESS
    }
    values.set([this.#links.length, active, ...totals], offset)
    const own = this.#troubled.flatMap((link) => told.get(link) ?? [Number.NaN, Number.NaN])
    values.set(own, offset + 2 + totals.length)
    return SUCCESS
  }

  #rows(): readonly Row[] {
    return [
      { name: 'billet_gpu_nvlink_links', unit: '', kind: 'gauge' },
      { name: 'billet_gpu_nvlink_links_active', unit: '', kind: 'gauge' },
      ...this.#kinds.map(({ name }): Row => ({ name, unit: '', kind: 'counter' })),
      ...this.#troubled.flatMap((link): readonly Row[] => {
        const labels = { link: String(link) }
        return [
          { name: 'billet_gpu_nvlink_up', unit: '', kind: 'gauge', labels },
          { name: 'billet_gpu_nvlink_errors_total', unit: '', kind: 'counter', labels },
        ]
      }),
    ]
  }

  #findKinds(link: number): readonly Kind[] {
    const byFunction = COUNTERS.flatMap(({ name, counter }) => this.#byFunction(name, counter, link))
    if (byFunction.length > 0) return byFunction
    return VALUES.flatMap(({ name, id }) => this.#byValue(name, id, link))
  }

  #byFunction(name: string, counter: number, link: number): readonly Kind[] {
    const { scratch } = this.#nvml
    const parameters = ['void *', 'uint32', 'uint32', 'void *'] as const
    const call = this.#nvml.find('nvmlDeviceGetNvLinkErrorCounter', parameters)
    if (call === null || isUnsupported(call(this.#device, link, counter, scratch))) return []
    const count: Count = (of) =>
      call(this.#device, of, counter, scratch) === SUCCESS ? known(numberAt(scratch, COUNT)) : null
    return [{ name, count }]
  }

  #byValue(name: string, id: number, link: number): readonly Kind[] {
    const { scratch } = this.#nvml
    const call = this.#nvml.find('nvmlDeviceGetFieldValues', ['void *', 'uint32', 'void *'])
    if (call === null) return []
    const count: Count = (of) => {
      scratch.fill(0, 0, ENTRY_BYTES)
      scratch.writeUInt32LE(id, 0)
      scratch.writeUInt32LE(of, 4)
      return call(this.#device, 1, scratch) === SUCCESS ? known(numberAt(scratch, VALUE)) : null
    }
    return count(link) === null ? [] : [{ name, count }]
  }
}

const COUNT = { at: 0, type: 'u64', scale: 1 } as const
const VALUE = { at: 0, type: 'entry', scale: 1 } as const
const known = (value: number): number | null => (Number.isNaN(value) ? null : value)
