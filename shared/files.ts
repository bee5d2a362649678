import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'
import { type Result, ok, refuse } from './model/result.ts'

/** A directory that nobody but its owner can enter; one that others can enter is refused, not used. */
export function makePrivateDirectory(path: string): Result<undefined, string> {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const { mode, uid } = statSync(path)
    if ((mode & 0o077) !== 0) return refuse(`${path} can be entered by others; make it private: chmod 700 ${path}`)
    if (uid !== process.geteuid?.()) return refuse(`${path} belongs to user ${uid}; it must belong to this one`)
    return ok()
  } catch (error) {
    return refuse(`${path} cannot be made or read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** The text of a file with a secret; one that others can read is refused, not used. */
export function readPrivateFile(path: string): Result<string, string> {
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      return refuse(`${path} can be read by others; make it private: chmod 600 ${path}`)
    }
    return ok(readFileSync(path, 'utf8'))
  } catch (error) {
    return refuse(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Writes a file that only its owner can read, whole or not at all, and durable when it returns. */
export function writePrivateFile(path: string, content: string | Uint8Array): void {
  const aside = `${path}.new`
  // What an interrupted write left may be a link, or readable by others.
  rmSync(aside, { force: true })
  const file = openSync(aside, 'wx', 0o600)
  try {
    writeDurably(file, content)
    renameSync(aside, path)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  }
  syncDirectory(dirname(path))
}

function writeDurably(file: number, content: string | Uint8Array): void {
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** A rename is durable once the directory that holds the name is. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
