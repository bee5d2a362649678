import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { getRawAsset, isSea } from 'node:sea'

/** An argument of a C function: a number, a handle, or memory that it may read and fill in. */
export type Argument = number | bigint | Uint8Array
export type ForeignFunction = (...given: readonly Argument[]) => unknown

export interface ForeignLibrary {
  /** Throws where the library lacks the function. */
  func(name: string, result: string, given: readonly string[]): ForeignFunction
}

export type Koffi = {
  /** Throws where there is no such library. */
  readonly load: (path: string) => ForeignLibrary
  /** Where bytes lie. */
  readonly address: (bytes: Uint8Array) => bigint
  /** Why the last function failed, where it says so in that way. */
  readonly errno: () => number
}

/** Name of the addon inside the executable. */
const ASSET = 'koffi.node'
const NAMELESS = 0o20000000 | constants.O_DIRECTORY

/**
 * The foreign function interface. In the executable its addon is an asset, which the loader of the system takes from
 * a file alone: a file without a name where the file system knows such files, so that nobody else can ever open it,
 * and otherwise one in a directory that is only ours. A directory whose file system forbids programs does not do.
 *
 * @param directories where the file may lie, the best first. Throws where none will do.
 */
export function loadKoffi(directories: readonly string[] = DIRECTORIES): Koffi {
  if (!isSea()) return checked(createRequire(process.argv[1] ?? process.cwd())('koffi'))
  const addon = new Uint8Array(getRawAsset(ASSET))
  const failures: string[] = []
  for (const directory of directories) {
    for (const load of [loadNameless, loadNamed]) {
      try {
        return checked(load(directory, addon))
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error))
      }
    }
  }
  throw new Error(`the addon cannot be loaded from ${directories.join(', ')}: ${failures.join('; ').slice(0, 400)}`)
}

const DIRECTORIES: readonly string[] = ['/run', '/var/lib', tmpdir(), '/dev/shm']

function loadNameless(directory: string, addon: Uint8Array): unknown {
  const descriptor = openSync(directory, NAMELESS | constants.O_RDWR, 0o500)
  try {
    writeFileSync(descriptor, addon)
    return dlopen(`/proc/self/fd/${descriptor}`)
  } finally {
    closeSync(descriptor)
  }
}

function loadNamed(directory: string, addon: Uint8Array): unknown {
  const own = mkdtempSync(join(directory, 'billet-'))
  try {
    const path = join(own, ASSET)
    writeFileSync(path, addon, { mode: 0o500, flag: 'wx' })
    return dlopen(path)
  } finally {
    rmSync(own, { recursive: true })
  }
}

function dlopen(path: string): unknown {
  const module: { exports: unknown } = { exports: {} }
  process.dlopen(module, path)
  return module.exports
}

function checked(addon: unknown): Koffi {
  if (!isKoffi(addon)) throw new Error('the addon is not koffi')
  return addon
}

function isKoffi(value: unknown): value is Koffi {
  if (typeof value !== 'object' || value === null) return false
  return ['load', 'address', 'errno'].every((name) => typeof Reflect.get(value, name) === 'function')
}
