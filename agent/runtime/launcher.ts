import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { closeSync, fchownSync, openSync } from 'node:fs'
import type { PlacementPlan } from './plan.ts'
import { launcherScript } from './shim.ts'
import { WATCHDOG } from './watchdog.ts'

/**
 * Shells of a megabyte that fork in the agent's place. A fork of the agent itself would copy the page tables of all
 * its memory, disturb the machine for milliseconds, and fail where memory is not overcommitted. Each shell is busy
 * while its task runs (what a shell runs in the background ignores SIGINT), so it serves one at a time.
 */
export class Launcher {
  readonly #shells = new Set<ChildProcess>()
  readonly #idle: ChildProcess[] = []
  readonly #idleMax: number

  /** @param idleMax shells that are kept for later: a machine has one tenant at a time, and needs one. */
  constructor(idleMax = 1) {
    this.#idleMax = idleMax
  }

  /** Asks for a placement's shim to be started; whether it was, its record says. */
  launch(file: string, over: Promise<unknown>): void {
    const shell = this.#idle.pop() ?? this.#open()
    shell.stdin?.write(`${file}\n`)
    const free = (): void => {
      if (this.#idle.length < this.#idleMax && this.#shells.has(shell)) this.#idle.push(shell)
      else shell.stdin?.end()
    }
    void over.then(free, free)
  }

  /** Asks for a watchdog, which outlives its task by some seconds: its shell serves nothing else. */
  watch(file: string): void {
    this.#open().stdin?.end(`${file}\n`)
  }

  #open(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', launcherScript(WATCHDOG), 'billet-launcher'], {
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.#shells.add(shell)
    const gone = (): void => {
      this.#shells.delete(shell)
      const index = this.#idle.indexOf(shell)
      if (index >= 0) this.#idle.splice(index, 1)
    }
    // What it was asked for is missed by its record, and refused then; the next launch has a new shell.
    shell.once('error', gone)
    shell.once('exit', gone)
    shell.stdin?.on('error', gone)
    // Neither keeps the agent from ending: the shell then reads the end of its input, once its task has ended too.
    shell.unref()
    if (shell.stdin instanceof Socket) shell.stdin.unref()
    return shell
  }

  close(): void {
    for (const shell of this.#shells) shell.stdin?.end()
    this.#shells.clear()
    this.#idle.length = 0
  }
}

/** Makes the logs for the task to append to. They belong to its uid, so that /dev/stdout can be opened again. */
export function makeLogs({ paths, exclusiveUid }: PlacementPlan): void {
  for (const stream of ['stdout', 'stderr']) {
    const descriptor = openSync(`${paths.records}/${stream}.log`, 'a', 0o600)
    if (exclusiveUid !== null) fchownSync(descriptor, exclusiveUid, 0)
    closeSync(descriptor)
  }
}
