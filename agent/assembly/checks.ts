import type { ChildProcess } from 'node:child_process'
import { mkdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { isSea } from 'node:sea'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CheckOrder, CheckResult } from '../../shared/model/check.ts'
import type { Clock } from '../../shared/model/time.ts'
import { killSession, startProcess } from '../commands/process.ts'
import type { ProgramEnd } from '../checks/output.ts'
import { cpuEnvironment } from '../checks/own/cpu.ts'
import { runChecks } from '../checks/run.ts'
import { killCgroup } from '../runtime/cgroup.ts'
import { checkProgram } from '../sanitise/program.ts'
import type { Host } from './host.ts'

/** The word of the program that runs one check; `bin/billet-agent.ts` knows it too. */
const COMMAND = 'check'
const CGROUP = 'check'
const OUTPUT_BYTES_MAX = 1024 * 1024
const WORDS_MAX = 200
const KILL_ROUNDS = 50

export type CheckRunner = readonly [string, ...string[]]

/** This very program, as the runner of one check. */
export function checkRunner(): CheckRunner {
  const script = process.argv[1]
  return [process.execPath, ...(isSea() || script === undefined ? [] : [script]), COMMAND]
}

export type LocalChecksOptions = {
  readonly clock: Clock
  readonly host: Host
  readonly scratch: string
  readonly runner: CheckRunner | null
}

/** Checks on this machine, each in a process of its own, and within the bounds of its order. */
export class LocalChecks {
  readonly #with: LocalChecksOptions
  readonly #file: string

  constructor(options: LocalChecksOptions) {
    this.#with = options
    this.#file = join(options.scratch, '.check')
    this.#sweep()
  }

  async run(orders: readonly CheckOrder[]): Promise<readonly CheckResult[]> {
    const { clock, runner } = this.#with
    try {
      return await runChecks(orders, {
        clock,
        runner,
        file: this.#file,
        trusted: checkProgram,
        execute: (order) => this.#execute(order),
      })
    } finally {
      this.#sweep()
    }
  }

  /** What is left of a check that an earlier agent began, or that was killed before it could unlink its file. */
  #sweep(): void {
    const { cgroupRoot } = this.#with.host.facts
    if (cgroupRoot !== null) killCgroup(`${cgroupRoot}/${CGROUP}`)
    rmSync(this.#file, { force: true })
  }

  async #execute(order: CheckOrder): Promise<ProgramEnd> {
    const { argv, timeout } = order
    const spec = { argv, shell: false, runAs: null, cwd: '/', env: cpuEnvironment(), stdin: new Uint8Array() }
    const started = await startProcess({ ...spec, timeout, outputBytesMax: OUTPUT_BYTES_MAX })
    if (!started.ok) return { stdout: '', failure: started.error }
    return this.#attend(started.value, order)
  }

  /** Whatever it began is gone when this resolves. */
  async #attend(child: ChildProcess, order: CheckOrder): Promise<ProgramEnd> {
    const session = child.pid ?? 0
    const cgroup = this.#joinCgroup(session, order)
    const ended = once(child, 'exit')
    child.stdin?.on('error', () => undefined)
    child.stdin?.end()
    const output = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        if (output[stream].length < OUTPUT_BYTES_MAX) output[stream] += text
      })
    }
    const settled = new AbortController()
    const late = sleep(order.timeout, true, { signal: settled.signal }).catch(() => false)
    const isLate = await Promise.race([ended.then(() => false), late])
    settled.abort()
    // What it printed before its end is still to be read; a child of its own may keep the pipes open for good.
    const closed = isLate ? null : Promise.race([once(child, 'close'), sleep(500)])
    await closed
    for (let round = 0; round < KILL_ROUNDS && killSession(session, cgroup) > 0; round += 1) await sleep(10)
    await ended
    leaveCgroup(cgroup)
    child.stdout?.destroy()
    child.stderr?.destroy()
    return { stdout: output.stdout, failure: failureOf(child, order, isLate, output.stderr) }
  }

  #joinCgroup(pid: number, { memoryBytes }: CheckOrder): string | null {
    const { cgroupRoot } = this.#with.host.facts
    if (cgroupRoot === null) return null
    const path = `${cgroupRoot}/${CGROUP}`
    try {
      mkdirSync(path, { recursive: true })
      writeBound(`${path}/memory.max`, Math.min(memoryBytes, Math.floor(totalmem() / 2)))
      writeBound(`${path}/memory.swap.max`, 0)
      writeFileSync(`${path}/cgroup.procs`, String(pid))
    } catch {
      // It ended already, or the cgroup cannot be had: the session has to do.
    }
    return path
  }
}

/** A controller that is not handed down bounds nothing. */
function writeBound(path: string, bytes: number): void {
  try {
    writeFileSync(path, String(bytes))
  } catch {
    // The time-out, and the bound on what is read, still hold.
  }
}

function leaveCgroup(path: string | null): void {
  if (path === null) return
  try {
    rmdirSync(path)
  } catch {
    // The kernel has not let go of it yet; the next check uses it again.
  }
}

function failureOf(child: ChildProcess, { timeout }: CheckOrder, isLate: boolean, stderr: string): string | null {
  if (isLate) return `it did not end within ${timeout / 1000} s`
  if (child.exitCode === 0) return null
  const how =
    child.signalCode === null ? `it exited with code ${child.exitCode}` : `it was ended by ${child.signalCode}`
  const words = stderr.trim().split('\n').at(-1)?.slice(-WORDS_MAX) ?? ''
  return words === '' ? how : `${how}: ${words}`
}
