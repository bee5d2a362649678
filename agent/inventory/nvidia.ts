import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import nvidiaSmi from 'node-nvidia-smi'
import * as v from 'valibot'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Milliseconds } from '../../shared/model/time.ts'
import { withinTime } from './time_limit.ts'

/** A GPU as its driver describes it; all but the first two may be empty or zero. */
export type DriverGpu = {
  readonly index: number
  readonly uuid: string
  readonly model: string
  readonly memoryMebibytes: number
  readonly serial: string
  readonly driver: string
}

/** Calls back as the package node-nvidia-smi does. */
export type QueryNvidia = (callback: (failure: unknown, data?: unknown) => void) => void

const text = v.optional(v.fallback(v.string(), ''), '')
const device = v.object({
  uuid: v.pipe(v.string(), v.startsWith('GPU-')),
  product_name: text,
  serial: text,
  fb_memory_usage: v.optional(v.fallback(v.object({ total: text }), { total: '' }), { total: '' }),
})
const log = v.object({
  nvidia_smi_log: v.object({
    driver_version: text,
    // One device is an object, several are an array, and with none there is nothing.
    gpu: v.optional(v.union([v.array(v.unknown()), v.unknown()])),
  }),
})

const mebibytes = (total: string): number => Number(/^(\d{1,9})(?: MiB)?$/.exec(total)?.[1] ?? 0)

/** What `nvidia-smi -q -x` says once its XML is made an object; refused where it is not that at all. */
export function readNvidiaLog(data: unknown): Result<readonly DriverGpu[], string> {
  const parsed = v.safeParse(log, data)
  if (!parsed.success) return refuse(`nvidia-smi's XML: ${parsed.issues[0].message}`)
  const { driver_version: driver, gpu } = parsed.output.nvidia_smi_log
  const members: readonly unknown[] = Array.isArray(gpu) ? gpu : gpu === undefined ? [] : [gpu]
  const gpus: DriverGpu[] = []
  // The log is in the order of the driver's indices.
  for (const [index, member] of members.entries()) {
    const found = v.safeParse(device, member)
    if (!found.success) return refuse(`nvidia-smi's XML, gpu ${index}: ${found.issues[0].message}`)
    const { uuid, product_name: model, serial, fb_memory_usage: memory } = found.output
    gpus.push({ index, uuid, model, memoryMebibytes: mebibytes(memory.total), serial, driver })
  }
  return ok(gpus)
}

const CSV = 'index,uuid,name,memory.total,serial,driver_version'

/** Lines of `nvidia-smi --query-gpu`; what is no device, such as a complaint about one, is left out. */
export function readNvidiaCsv(output: string): readonly DriverGpu[] {
  return output.split('\n').flatMap((line) => {
    const [index = '', uuid = '', model = '', memory = '', serial = '', driver = ''] = line
      .split(',')
      .map((w) => w.trim())
    if (!/^\d{1,2}$/.test(index) || !uuid.startsWith('GPU-')) return []
    return [{ index: Number(index), uuid, model, memoryMebibytes: mebibytes(memory), serial: absent(serial), driver }]
  })
}

const absent = (field: string): string => (field.startsWith('[') ? '' : field)

export type NvidiaReport = { readonly gpus: readonly DriverGpu[]; readonly problem: string | null }

/**
 * Asks the driver for its devices, through node-nvidia-smi. That package cannot stop nvidia-smi, so that a hung one
 * is never joined by another; and it gives up at a single word on stderr, at a lost device, or beyond 1 MiB: then
 * the short query is tried, which can be stopped and takes what it gets.
 */
export class NvidiaQuery {
  readonly #timeout: Milliseconds
  readonly #query: QueryNvidia
  readonly #command: string
  #isUnanswered = false

  constructor(timeout: Milliseconds, query: QueryNvidia = nvidiaSmi, command = 'nvidia-smi') {
    this.#timeout = timeout
    this.#query = query
    this.#command = command
  }

  async gpus(signal: AbortSignal): Promise<NvidiaReport> {
    if (this.#isUnanswered) return { gpus: [], problem: 'nvidia-smi has not answered an earlier question yet' }
    const answer = await withinTime('nvidia-smi', this.#timeout, async () => this.#ask())
    const full = answer.ok ? readNvidiaLog(answer.value) : answer
    if (full.ok) return { gpus: full.value, problem: null }
    if (this.#isUnanswered || signal.aborted) return { gpus: [], problem: full.error }
    const short = await this.#askShort(signal)
    return short.length > 0 ? { gpus: short, problem: null } : { gpus: [], problem: full.error }
  }

  async #ask(): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#isUnanswered = true
    this.#query((failure, data) => {
      this.#isUnanswered = false
      if (failure === null || failure === undefined) resolve(data)
      else reject(failure instanceof Error ? failure : new Error(typeof failure === 'string' ? failure : 'failed'))
    })
    return promise
  }

  async #askShort(signal: AbortSignal): Promise<readonly DriverGpu[]> {
    const args = [`--query-gpu=${CSV}`, '--format=csv,noheader,nounits']
    const options = { timeout: this.#timeout, killSignal: 'SIGKILL', maxBuffer: 1024 ** 2, signal } as const
    try {
      const { stdout } = await promisify(execFile)(this.#command, args, options)
      return readNvidiaCsv(stdout)
    } catch (error) {
      // With a lost device it fails, but has told of the others.
      const stdout = error instanceof Error && 'stdout' in error ? error.stdout : ''
      return typeof stdout === 'string' ? readNvidiaCsv(stdout) : []
    }
  }
}
