import type { Buffer } from 'node:buffer'
import type { Koffi } from '../reader/koffi.ts'

/** System calls that the runtime lacks. Structures are laid out by whoever calls, for machines of 64 bits. */
export interface SystemCalls {
  /** What ioctl(2) returns: below 0 where it failed, and `errno` says why. */
  ioctl(descriptor: number, request: number, structure: Buffer): number
  /** What adjtimex(2) returns, which also writes the structure. */
  adjtimex(structure: Buffer): number
  /** Where the bytes lie; they stay there as long as there is the buffer. */
  address(bytes: Buffer): bigint
  errno(): number
}

const LIBRARY = 'libc.so.6'

/** @param library the C library; the system's where it is empty. Throws where it cannot be loaded. */
export function systemCalls(koffi: Koffi, library: string): SystemCalls {
  const libc = koffi.load(library === '' ? LIBRARY : library)
  // Both architectures pass the one argument after the request where they would pass it as a named one.
  const ioctl = libc.func('ioctl', 'int', ['int', 'uint64', 'void *'])
  const adjtimex = libc.func('adjtimex', 'int', ['void *'])
  return {
    ioctl: (descriptor, request, structure) => numberOf(ioctl(descriptor, request, structure)),
    adjtimex: (structure) => numberOf(adjtimex(structure)),
    address: (bytes) => koffi.address(bytes),
    errno: () => koffi.errno(),
  }
}

const numberOf = (returned: unknown): number => (typeof returned === 'number' ? returned : -1)
