import type { ChildProcess } from 'node:child_process'
import { mkdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CheckOrder, CheckResult } from '../../shared/model/check.ts'
import type { WorkloadId } from '../../shared/model/ids.ts'
import { quantity } from '../../shared/model/quantity.ts'
import { type Result, ok, refuse } from '../../shared/model/result.ts'
import type { Peer } from '../../shared/model/run.ts'
import { type Clock, type Milliseconds, seconds } from '../../shared/model/time.ts'
import type { NetworkCheck } from '../../shared/model/workload.ts'
import { killSession, startProcess } from '../commands/process.ts'
import { type ProgramEnd, resultsOf } from '../checks/output.ts'
import { threadsEnvironment } from '../checks/own/threads.ts'
import { NETWORK, type Ring, encodeRing } from '../checks/ring.ts'
import { runChecks } from '../checks/run.ts'
import { killCgroup } from '../runtime/cgroup.ts'
import { checkProgram } from '../sanitise/program.ts'
import type { Host } from './host.ts'
import { ownProgram } from './own_program.ts'

/** The word of the program that runs one check; `bin/billet-agent.ts` knows it too. */
const COMMAND = 'check'
const CGROUP = 'check'
const OUTPUT_BYTES_MAX = 1024 * 1024
const WORDS_MAX = 200
const KILL_ROUNDS = 50
const LAST_WORDS_MS = 500
const DYING_MS = 5000
const NETWORK_MEMORY = 8 * 1024 ** 3
/** What an exchange with the neighbours may take, once all are there. */
const EXCHANGE_WITHIN = seconds(40)

export type CheckRunner = readonly [string, ...string[]]

/** This very program, as the runner of one check. */
export const checkRunner = (): CheckRunner => ownProgram(COMMAND)

export type LocalChecksOptions = {
  readonly clock: Clock
  readonly host: Host
  readonly scratch: string
  readonly runner: CheckRunner | null
}

/** What a workload asks of the network between its machines, and who is its next. */
export type NetworkAsked = {
  readonly workload: WorkloadId
  readonly rank: number
  readonly peers: readonly Peer[]
  readonly check: NetworkCheck
  readonly port: number
  /** The site's own program; empty: none. */
  readonly program: string
  readonly timeout: Milliseconds
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
        execute: (order, environment) => this.#execute(order, environment),
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

  /**
   * Whether the network between the machines of a workload carries what it asks for, by the site's own program or by
   * this one; what was measured, in words.
   */
  async network(asked: NetworkAsked): Promise<Result<readonly string[], string>> {
    const { runner } = this.#with
    const { program, timeout } = asked
    const order = { id: NETWORK, output: 'lines', timeout, memoryBytes: NETWORK_MEMORY } as const
    let ended: ProgramEnd
    if (program !== '') {
      const trusted = checkProgram(program)
      if (!trusted.ok) return trusted
      ended = await this.#execute({ ...order, argv: [program] }, environmentOf(asked))
    } else if (runner === null) {
      return refuse('this agent has no program to run it apart')
    } else {
      const argv = [...runner, NETWORK, encodeRing(ringOf(asked))]
      ended = await this.#execute({ ...order, argv }, threadsEnvironment())
    }
    const found = resultsOf(order, ended)
    const bad = found.flatMap(({ outcome }) => (outcome.kind === 'failed' ? [outcome.reason] : []))
    return bad.length > 0 ? refuse(bad.join('; ')) : ok(found.flatMap(wordsOf))
  }

  async #execute(order: CheckOrder, env: Readonly<Record<string, string>>): Promise<ProgramEnd> {
    const { argv, timeout } = order
    const spec = { argv, shell: false, runAs: null, cwd: '/', env, stdin: new Uint8Array() }
    const started = await startProcess({ ...spec, timeout, outputBytesMax: OUTPUT_BYTES_MAX })
    if (!started.ok) return { stdout: '', failure: started.error }
    return this.#attend(started.value, order)
  }

  /** Whatever it began is gone when this resolves. */
  async #attend(child: ChildProcess, order: CheckOrder): Promise<ProgramEnd> {
    const session = child.pid ?? 0
    const cgroup = this.#joinCgroup(session, order)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const closed = new Promise((resolve) => child.once('close', resolve))
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
    if (!isLate) await Promise.race([closed, sleep(LAST_WORDS_MS)])
    for (let round = 0; round < KILL_ROUNDS && killSession(session, cgroup) > 0; round += 1) await sleep(10)
    // One that hangs in a driver does not end when it is killed, and is told by that.
    await Promise.race([ended, sleep(DYING_MS)])
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

function ringOf({ workload, rank, peers, check, port, timeout }: NetworkAsked): Ring {
  const place = peers.findIndex((peer) => peer.rank === rank)
  const at = (offset: number) => peers[(place + offset + peers.length) % peers.length] ?? { rank, address: '' }
  // What is left of the time is for the exchange itself; where that is short, they share it.
  const patienceMs = Math.max(timeout / 2, timeout - EXCHANGE_WITHIN)
  const around = { previous: at(-1), own: at(0), next: at(1) }
  return { workload, ...around, port, bandwidthLeast: check.bandwidthLeast, patienceMs }
}

function environmentOf({ workload, rank, peers, check, port }: NetworkAsked): Readonly<Record<string, string>> {
  return {
    BILLET_WORKLOAD: workload,
    BILLET_RANK: String(rank),
    BILLET_PEERS: peers.map(({ address }) => address).join(','),
    BILLET_RANKS: peers.map((peer) => peer.rank).join(','),
    BILLET_MASTER_PORT: String(port),
    BILLET_BANDWIDTH_LEAST: String(check.bandwidthLeast),
  }
}

function wordsOf({ measure, device, outcome }: ReturnType<typeof resultsOf>[number]): readonly string[] {
  const name = [measure || NETWORK, device].filter((part) => part !== '').join(' ')
  return outcome.kind === 'measured' ? [`${name}: ${quantity(outcome.value, outcome.unit)}`] : []
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
