import { spawnSync } from 'node:child_process'
import process from 'node:process'
import type { ExecutionContext } from 'ava'

type Declare = (title: string, body: (t: ExecutionContext) => Promise<void> | void) => void

export const isRoot = process.geteuid?.() === 0

/** Root in a container may not. */
export const canMount = (): boolean => isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0

export const hasProgram = (name: string): boolean => spawnSync(name, ['--version']).error === undefined

/**
 * Declares tests that not every machine can run, by ava's `test` or `test.serial`. Where `condition` is false, they are
 * left out and their titles say what they need; in CI, which installs all of it, they fail instead.
 */
export function onlyWhere(declare: Declare & { readonly skip: Declare }, condition: boolean, needs: string): Declare {
  if (condition) return declare
  return (title, body) => {
    if (process.env['CI'] === undefined) declare.skip(`${title} (skipped: needs ${needs})`, body)
    else declare(title, (t) => t.fail(`needs ${needs}`))
  }
}
