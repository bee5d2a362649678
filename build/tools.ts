import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** The root of the checkout. */
export const root = join(import.meta.dirname, '..')

/**
 * Runs a program of this project's packages under the pinned Node, from the root of the checkout.
 *
 * @param name as in node_modules/.bin.
 * @returns what it wrote to standard output; its complaints go to ours.
 */
export function runTool(name: string, arguments_: readonly string[]): Buffer {
  const path = join(root, 'node_modules', '.bin', name)
  return execFileSync(process.execPath, [path, ...arguments_], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  })
}
