import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import process from 'node:process'
import type { ExecutionContext } from 'ava'
import { type CgroupHost, findCgroupHost, removeCgroup } from '../../../agent/runtime/cgroup.ts'
import { createRuntime } from '../../../agent/runtime/execute.ts'
import type { Running } from '../../../agent/runtime/entry.ts'
import type { Runtime, RuntimeOptions } from '../../../agent/runtime/runtime.ts'
import type { HostFacts, PlacementFacts, RuntimeFailure, TaskExit } from '../../../agent/runtime/types.ts'
import {
  type PlacementId,
  epoch,
  parsePlacementId,
  parseTenantName,
  parseWorkloadId,
} from '../../../shared/model/ids.ts'
import type { Result } from '../../../shared/model/result.ts'
import { NO_LIMITS, type TaskSpec } from '../../../shared/model/task.ts'
import { type Clock, instant, milliseconds, seconds } from '../../../shared/model/time.ts'
import { isRoot } from '../../conditional.ts'

export const realClock: Clock = {
  now: () => instant(Date.now()),
  monotonic: () => milliseconds(performance.now()),
}

export function take<Value, Failure>(result: Result<Value, Failure>): Value {
  if (result.ok) return result.value
  throw new Error(`refused: ${JSON.stringify(result.error)}`)
}

export function refusal<Value, Failure>(result: Result<Value, Failure>): Failure {
  if (!result.ok) return result.error
  throw new Error(`was not refused: ${JSON.stringify(result.value)}`)
}

/** Waits for something to become true; the test's own time-out ends it. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export function task(argv: readonly string[], change: Partial<TaskSpec> = {}): TaskSpec {
  return {
    argv,
    env: {},
    cwd: null,
    files: [],
    secrets: [],
    limits: NO_LIMITS,
    stopSignal: 'SIGTERM',
    grace: seconds(5),
    user: 'tenant',
    ...change,
  }
}

/** Waits until a process of the placement is there. */
export async function untilAlive({ runtime, id }: Bench): Promise<void> {
  while ((await runtime.remains(id(), null).survivors()).length === 0) continue
}

/** Waits for a task's output: it has come as far as saying this. */
export async function untilSaid(own: Bench, said: string): Promise<void> {
  while (!(await own.output('stdout')).includes(said)) await new Promise((resolve) => setTimeout(resolve, 5))
}

export const shell = (script: string, change: Partial<TaskSpec> = {}): TaskSpec => task(['sh', '-c', script], change)

export type Bench = {
  readonly directory: string
  readonly host: HostFacts
  readonly runtime: Runtime
  /** A uid that no one else on this machine has. */
  readonly uid: number
  readonly another: (options?: Partial<RuntimeOptions>) => Runtime
  readonly facts: (number?: number) => PlacementFacts
  readonly id: (number?: number) => PlacementId
  readonly begin: (spec: TaskSpec, number?: number) => Promise<Result<Running, RuntimeFailure>>
  readonly finish: (spec: TaskSpec, number?: number) => Promise<TaskExit>
  readonly output: (stream: 'stdout' | 'stderr', number?: number) => Promise<string>
}

let benches = 0

const MEMBERS = {
  peers: ['10.0.0.1', '10.0.0.2'].map((address, rank) => ({ rank, address, group: '' })),
  generation: 1,
}

export type BenchOptions = Partial<RuntimeOptions> & { readonly host?: never; readonly facts?: Partial<HostFacts> }

function uidOf(number: number): number {
  return 1_000_000_000 + (process.pid % 1_000_000) * 100 + number
}

function placementOf(number: number): PlacementId {
  // Of this process alone: where nothing else tells tasks apart, they are known by their placement.
  return take(parsePlacementId(`plc-${String(process.pid * 1_000_000 + number).padStart(16, '0')}`))
}

function cgroups(t: ExecutionContext, name: string): CgroupHost {
  if (!isRoot) return { kind: 'absent', reason: 'not root' }
  const found = findCgroupHost(name)
  if (found.kind === 'usable') {
    t.teardown(() => {
      execFileSync('sh', ['-c', 'echo 1 > "$1/cgroup.kill"', 'sh', found.root])
      for (let attempt = 0; attempt < 200; attempt += 1) {
        try {
          removeCgroup(found.root)
          return
        } catch {
          execFileSync('sleep', ['0.01'])
        }
      }
    })
  }
  return found
}

/** Tasks do not keep an agent alive, so something must keep the test. */
function stayAwake(t: ExecutionContext): void {
  const awake = setInterval(() => undefined, 1000)
  t.teardown(() => clearInterval(awake))
}

/** Without a cgroup nothing else ends the tasks that a test leaves running. */
function endTasksWith(t: ExecutionContext, runtime: Runtime): void {
  t.teardown(async () => {
    for (const known of runtime.known()) await runtime.remains(known, null).killAll(seconds(5))
    runtime.close()
  })
}

/** A runtime on a machine of its own as far as that goes: directories, cgroup, uid; all gone at the end, tasks too. */
export function bench(t: ExecutionContext, options: BenchOptions = {}): Bench {
  benches += 1
  const number = benches
  const directory = mkdtempSync(`${tmpdir()}/billet-runtime-`)
  chmodSync(directory, 0o711)
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const cgroup = cgroups(t, `billet-test-${process.pid}-${number}`)
  const host: HostFacts = {
    root: isRoot,
    cgroupRoot: cgroup.kind === 'usable' ? cgroup.root : null,
    controllers: cgroup.kind === 'usable' ? cgroup.controllers : [],
    deviceGroups: [],
    rootTasksAllowed: false,
    paths: { state: `${directory}/state`, scratch: `${directory}/scratch`, run: `${directory}/run` },
    ...options.facts,
  }
  const uid = uidOf(number)
  const placement = (of: number): PlacementId => placementOf(number * 1000 + of)
  const another = (change: Partial<RuntimeOptions> = {}): Runtime => {
    const { facts: _facts, host: _host, ...rest } = options
    const made = createRuntime({ clock: realClock, pollMs: 20, ...rest, ...change, host })
    endTasksWith(t, made)
    return made
  }
  const runtime = another()
  stayAwake(t)
  const facts = (of = 1): PlacementFacts => ({
    placementId: placement(of),
    workloadId: take(parseWorkloadId('wkl-0000000000000001')),
    tenant: take(parseTenantName('acme')),
    epoch: epoch(1),
    uid,
    gid: uid,
    rank: 1,
    array: { index: 0, size: 1 },
    ...MEMBERS,
    slots: 8,
    masterPort: 29500,
    leased: false,
  })
  const begin = async (spec: TaskSpec, of = 1): Promise<Result<Running, RuntimeFailure>> => {
    const prepared = await runtime.prepare(spec, facts(of))
    return prepared.ok ? runtime.start(placement(of)) : prepared
  }
  return {
    directory,
    host,
    runtime,
    uid,
    another,
    facts,
    id: (of = 1) => placement(of),
    begin,
    finish: async (spec, of = 1) => take(await begin(spec, of)).exit,
    output: async (stream, of = 1) => {
      const chunk = take(await runtime.logs.read(placement(of), stream, 0, 32 * 1024))
      return new TextDecoder().decode(chunk.data)
    },
  }
}
