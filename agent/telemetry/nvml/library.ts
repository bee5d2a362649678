import { Buffer } from 'node:buffer'
import { type Result, ok, refuse } from '../../../shared/model/result.ts'
import { SUCCESS } from './codes.ts'
import type { Argument, ForeignFunction, ForeignLibrary, Koffi } from '../reader/koffi.ts'

/** Answers with a code. */
export type NvmlFunction = (...given: readonly Argument[]) => number

/** Where drivers put it when the loader of the system does not know of it. */
const LIBRARY_PATHS: readonly string[] = [
  'libnvidia-ml.so.1',
  '/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1',
  '/usr/lib/aarch64-linux-gnu/libnvidia-ml.so.1',
  '/usr/lib64/libnvidia-ml.so.1',
  '/run/nvidia/driver/usr/lib64/libnvidia-ml.so.1',
]

const SCRATCH_BYTES = 64 * 1024

/** The library of the driver, as far as it has what is asked for: each version of it lacks something. */
export class Nvml {
  /** What functions fill in; good until the next call. */
  readonly scratch: Buffer = Buffer.alloc(SCRATCH_BYTES)
  readonly #library: ForeignLibrary
  readonly #functions = new Map<string, NvmlFunction | null>()

  constructor(library: ForeignLibrary) {
    this.#library = library
  }

  /** The function with these parameters; null where this library does not have it. */
  find(symbol: string, parameters: readonly ('uint32' | 'uint64' | 'void *')[]): NvmlFunction | null {
    const known = this.#functions.get(symbol)
    if (known !== undefined) return known
    let found: NvmlFunction | null = null
    try {
      found = answering(this.#library.func(symbol, 'int', parameters))
    } catch {
      // This driver is older, or newer, than the function.
    }
    this.#functions.set(symbol, found)
    return found
  }

  /** Starts a session, which keeps the devices open. */
  init(): Result<undefined, number> {
    const call = this.find('nvmlInit_v2', []) ?? this.find('nvmlInit', [])
    const code = call?.() ?? FUNCTION_NOT_FOUND
    return code === SUCCESS ? ok() : refuse(code)
  }

  /** Ends it: the devices can be reset, and their driver unloaded. */
  shutdown(): void {
    this.find('nvmlShutdown', [])?.()
  }

  deviceCount(): Result<number, number> {
    const call = this.find('nvmlDeviceGetCount_v2', ['void *']) ?? this.find('nvmlDeviceGetCount', ['void *'])
    const code = call?.(this.scratch) ?? FUNCTION_NOT_FOUND
    return code === SUCCESS ? ok(this.scratch.readUInt32LE(0)) : refuse(code)
  }

  /** The handle of a device. */
  device(index: number): Result<bigint, number> {
    const parameters = ['uint32', 'void *'] as const
    const call =
      this.find('nvmlDeviceGetHandleByIndex_v2', parameters) ?? this.find('nvmlDeviceGetHandleByIndex', parameters)
    const code = call?.(index, this.scratch) ?? FUNCTION_NOT_FOUND
    return code === SUCCESS ? ok(this.scratch.readBigUInt64LE(0)) : refuse(code)
  }

  /** A text about a device, or about the system where there is none; empty where it is not told. */
  text(symbol: string, device?: bigint): string {
    const length = 96
    this.scratch.fill(0, 0, length)
    const given = device === undefined ? [] : [device]
    const parameters = [...given.map(() => 'void *' as const), 'void *' as const, 'uint32' as const]
    const code = this.find(symbol, parameters)?.(...given, this.scratch, length) ?? FUNCTION_NOT_FOUND
    if (code !== SUCCESS) return ''
    const end = this.scratch.indexOf(0)
    return printable(this.scratch.toString('latin1', 0, end < 0 || end > length ? length : end))
  }
}

const FUNCTION_NOT_FOUND = 13

/** What a device calls itself is shown to people, and sent on. */
const printable = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]/g, ' ')
    .replace(/ +/g, ' ')
    .trim()

function answering(call: ForeignFunction): NvmlFunction {
  return (...given) => {
    const code = call(...given)
    return typeof code === 'number' ? code : FUNCTION_NOT_FOUND
  }
}

/**
 * Opens the driver's library. The refusal says why there is none.
 *
 * @param library its path; the usual places where it is empty.
 */
export function openNvml(koffi: Koffi, library: string): Result<Nvml, string> {
  let failure = ''
  for (const path of library === '' ? LIBRARY_PATHS : [library]) {
    try {
      return ok(new Nvml(koffi.load(path)))
    } catch (error) {
      if (failure === '') failure = error instanceof Error ? error.message : String(error)
    }
  }
  return refuse(`libnvidia-ml.so.1 cannot be loaded: ${failure}`)
}
