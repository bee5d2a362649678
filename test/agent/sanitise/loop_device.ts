import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'

export const SIZE = 8 * 1024 * 1024

function attach(file: string): string | null {
  try {
    return execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return null
  }
}

/** A block device of its own, full of a tenant's data; null where this machine lets nobody make one. */
export function loopDevice(t: ExecutionContext): string | null {
  const directory = mkdtempSync(join(tmpdir(), 'billet-erase-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'disk')
  writeFileSync(file, Buffer.alloc(SIZE, 'a secret of the last tenant '))
  const made = attach(file)
  if (made !== null) t.teardown(() => execFileSync('losetup', ['--detach', made]))
  return made
}
