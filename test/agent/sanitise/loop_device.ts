import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { isRoot } from '../../conditional.ts'

export const SIZE = 8 * 1024 * 1024

/** Whether this user may make block devices on this machine. */
export const hasLoopDevices = isRoot && spawnSync('losetup', ['--find']).status === 0

/** A block device of its own, full of a tenant's data. */
export function loopDevice(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'billet-erase-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'disk')
  writeFileSync(file, Buffer.alloc(SIZE, 'a secret of the last tenant '))
  const made = execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8', stdio: 'pipe' }).trim()
  t.teardown(() => execFileSync('losetup', ['--detach', made]))
  return made
}
