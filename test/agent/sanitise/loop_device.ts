import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { canMount } from '../../conditional.ts'

export const SIZE = 8 * 1024 * 1024

function attach(file: string): string {
  return execFileSync('losetup', ['--find', '--show', file], { encoding: 'utf8', stdio: 'pipe' }).trim()
}

const detach = (device: string): unknown => execFileSync('losetup', ['--detach', device])

function canAttach(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'billet-loop-'))
  try {
    const file = join(directory, 'disk')
    writeFileSync(file, Buffer.alloc(SIZE))
    detach(attach(file))
    return true
  } catch {
    return false
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Whether this user may make block devices on this machine: some containers have the control device and no others. */
export const hasLoopDevices = canMount() && canAttach()

/** A block device of its own, full of a tenant's data. */
export function loopDevice(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'billet-erase-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'disk')
  writeFileSync(file, Buffer.alloc(SIZE, 'a secret of the last tenant '))
  const made = attach(file)
  t.teardown(() => detach(made))
  return made
}
