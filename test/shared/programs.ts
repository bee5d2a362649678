import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { ExecutionContext } from 'ava'

const ROOT = join(import.meta.dirname, '..', '..')

/** An empty directory that is gone after the test. */
export function directory(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), 'billet-shared-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/**
 * Starts a few lines of a program in a process of its own, to be killed or limited without harm to the test. What it
 * imports is named from the root of the checkout.
 *
 * @param limits a shell's words before the program, such as "ulimit -f 64".
 */
export function program(lines: string, limits = ':'): ChildProcess {
  const node = `exec '${process.execPath}' --input-type=module --eval "$PROGRAM"`
  const env = { ...process.env, PROGRAM: lines.replaceAll("from '", `from '${ROOT}/`) }
  return spawn('/bin/sh', ['-c', `${limits}; ${node}`], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout?.on('data', (data: Buffer) => stdout.push(data))
    child.stderr?.on('data', (data: Buffer) => stderr.push(data))
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    )
  })
}
