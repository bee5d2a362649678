import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import test, { type ExecutionContext } from 'ava'
import { loadContext } from '../../cli/context.ts'
import { Hopeless, type LocalFleet, until } from '../../demo/fleet.ts'
import { Connection } from '../../shared/grpc/client.ts'
import type { Placement__Output } from '../../shared/wire/gen/types/billet/v1/Placement.ts'
import { PlacementPhase } from '../../shared/wire/gen/types/billet/v1/PlacementPhase.ts'
import { WorkloadState } from '../../shared/wire/gen/types/billet/v1/WorkloadState.ts'
import type { Timestamp__Output } from '../../shared/wire/gen/types/google/protobuf/Timestamp.ts'
import { services } from '../../shared/wire/load.ts'
import { isRoot, onlyWhere } from '../conditional.ts'
import { must } from '../fixtures.ts'
import { countOf, fleetOf, tokenOf } from './fixture.ts'

const asRoot = onlyWhere(test.serial, isRoot, 'root')

const MACHINES = 6
const OUTSIDE = 36
const OWN = 6
/** The second scheduler begins with other workloads, so that it loses workloads to the first, and machines too. */
const SKIP = 3
const WORKLOAD_REASONS: ReadonlySet<string> = new Set(['VERSION_CONFLICT', 'NOTHING_WANTED'])
const OVER: ReadonlySet<unknown> = new Set([
  PlacementPhase.PLACEMENT_PHASE_EXITED,
  PlacementPhase.PLACEMENT_PHASE_FAILED,
  PlacementPhase.PLACEMENT_PHASE_LOST,
  PlacementPhase.PLACEMENT_PHASE_TIMED_OUT,
])
const FAILED: ReadonlySet<unknown> = new Set([
  WorkloadState.WORKLOAD_STATE_FAILED,
  WorkloadState.WORKLOAD_STATE_CANCELLED,
])

type Outcome = {
  readonly workload: string
  readonly accepted: boolean
  readonly reason: string
  readonly message: string
  readonly machines: Readonly<Record<string, string>>
  readonly proposed: readonly string[]
}

type Site = { readonly fleet: LocalFleet; readonly connection: Connection; readonly recorder: string }

/** A scheduler that runs as a program of its own, with a context file of its own. */
class Scheduler {
  readonly outcomes: Outcome[] = []
  /** It has decided what it binds first. */
  readonly ready: Promise<void>
  /** Every workload has ended, and so has it. */
  readonly done: Promise<void>
  readonly #child: ChildProcess

  constructor(t: ExecutionContext, fleet: LocalFleet, name: string, skip: number) {
    const context = join(fleet.directory, `${name}.json`)
    copyFileSync(fleet.contextFile, context)
    chmodSync(context, 0o600)
    const program = join(import.meta.dirname, 'greedy_scheduler.ts')
    const env = { PATH: process.env['PATH'], BILLET_CONFIG: context }
    const child = spawn(process.execPath, [program, `${skip}`], { env, stdio: 'pipe' })
    this.#child = child
    t.teardown(() => child.kill('SIGKILL'))
    let failure = ''
    child.stderr.on('data', (data: Buffer) => {
      failure += data.toString()
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const ready = new Promise<void>((resolve) => {
      createInterface(child.stdout).on('line', (line) => {
        const said: unknown = JSON.parse(line)
        if (isOutcome(said)) this.outcomes.push(said)
        else resolve()
      })
    })
    this.done = ended.then((code) => {
      if (code !== 0) throw new Error(`scheduler ${name} ended with ${code}: ${failure}`)
    })
    this.ready = Promise.race([ready, this.done])
  }

  go(): void {
    this.#child.stdin?.write('go\n')
  }
}

function isOutcome(said: unknown): said is Outcome {
  return typeof said === 'object' && said !== null && 'workload' in said && 'proposed' in said
}

/** Takes the machine for itself, and says that it ran: what no clock can make look otherwise. */
const task = (recorder: string): string =>
  `mkdir ${recorder}/held-$BILLET_PEERS || exit 9
   echo $BILLET_PLACEMENT > ${recorder}/ran-$BILLET_WORKLOAD-$BILLET_PLACEMENT
   sleep 0.2
   rmdir ${recorder}/held-$BILLET_PEERS`

/** So many alike: one by the command line, and what that asked for again and again. */
async function submit({ fleet, connection, recorder }: Site, count: number, ...options: readonly string[]) {
  const argv = ['run', '--tenant', 'a', '-d', ...options, '--', '/bin/sh', '-c', task(recorder)]
  const { code, stdout, stderr } = await fleet.billet(...argv)
  if (code !== 0) throw new Error(stderr)
  const { GetWorkload, SubmitWorkload } = services.WorkloadService
  const first = must(await connection.call(GetWorkload, { name: `workloads/${stdout.trim()}` })).workload
  const again = { tenant: 'a', spec: first?.spec ?? null }
  const more = await Promise.all(Array.from({ length: count - 1 }, () => connection.call(SubmitWorkload, again)))
  return [first, ...more.map((answer) => must(answer).workload)].map((workload) => workload?.name ?? '')
}

/** Every state of every placement, in the order in which they were decided. */
function watched(t: ExecutionContext, connection: Connection): readonly Placement__Output[] {
  const seen: Placement__Output[] = []
  const over = new AbortController()
  t.teardown(() => over.abort())
  const read = async (): Promise<void> => {
    const changes = connection.stream(services.PlacementService.WatchPlacements, {}, { signal: over.signal })
    for await (const change of changes) {
      if (over.signal.aborted) return
      const { placement } = must(change)
      if (placement !== null && placement !== undefined) seen.push(placement)
    }
  }
  read().catch((error: unknown) => {
    if (!over.signal.aborted) t.fail(String(error))
  })
  return seen
}

const millisecondsOf = (time: Timestamp__Output | null): number =>
  time === null ? Number.NaN : time.seconds * 1000 + time.nanos / 1e6

/** Machines that ever had two placements, by the order of what was decided and ended. */
function heldTwice(changes: readonly Placement__Output[]): readonly string[] {
  const active = new Map<string, string>()
  return changes.flatMap(({ name, machine, phase }) => {
    const holder = active.get(machine)
    if (holder !== undefined && holder !== name) return [`${machine}: ${name} beside ${holder}`]
    if (OVER.has(phase)) active.delete(machine)
    else active.set(machine, name)
    return []
  })
}

/** Placements whose task began before the one before it on the same machine had ended, by the machine's own clock. */
function overlapping(placements: readonly Placement__Output[]): readonly string[] {
  const byMachine = Object.values(Object.groupBy(placements, ({ machine }) => machine))
  return byMachine.flatMap((all = []) => {
    const inOrder = all.toSorted((one, other) => one.epoch - other.epoch)
    return inOrder.slice(1).flatMap(({ name, start_time: start }, index) => {
      const end = millisecondsOf(inOrder[index]?.end_time ?? null)
      return end <= millisecondsOf(start) ? [] : [name]
    })
  })
}

asRoot('two schedulers outside want every workload at once, and no machine has two tenants', async (t) => {
  t.timeout(240_000)
  const fleet = await fleetOf(t)
  const { address, ca, certificate, key } = loadContext({ config: fleet.contextFile }, {})
  const connection = new Connection(address, { authorities: ca, identity: { certificate, key } })
  t.teardown(() => connection.close())
  const changes = watched(t, connection)
  const token = await tokenOf(fleet, '--auto-approve', '--uses', `${MACHINES}`)
  for (let number = 1; number <= MACHINES; number += 1) fleet.startAgent(`m${number}`, number, token)
  await until('all are available', async () => (await countOf(fleet, 'available')) === MACHINES)
  const recorder = join(fleet.directory, 'recorder')
  mkdirSync(recorder)
  chmodSync(recorder, 0o1777)

  const site = { fleet, connection, recorder }
  const outside = [
    ...(await submit(site, OUTSIDE / 2, '--scheduler', 'a')),
    ...(await submit(site, OUTSIDE / 2, '--scheduler', 'b')),
  ]
  t.is(changes.length, 0, 'the coordinator leaves them alone')
  const schedulers = [new Scheduler(t, fleet, 'a', 0), new Scheduler(t, fleet, 'b', SKIP)]
  await Promise.all(schedulers.map((scheduler) => scheduler.ready))
  for (const scheduler of schedulers) scheduler.go()
  const own = await submit(site, OWN)
  await Promise.all(schedulers.map((scheduler) => scheduler.done))
  await allSucceeded(connection, OUTSIDE + OWN)

  const { placements } = must(await connection.call(services.PlacementService.ListPlacements, { page_size: 1000 }))
  const of = (names: readonly string[]) => placements.filter(({ workload }) => names.includes(workload))
  t.deepEqual(placements.map(({ workload }) => workload).toSorted(), [...outside, ...own].toSorted(), 'each ran once')
  const ran = readdirSync(recorder).map((name) => name.replace('ran-', ''))
  const shortNames = placements.map(({ name, workload }) =>
    `${workload}-${name}`.replaceAll(/(?:workload|placement)s\//g, ''),
  )
  t.deepEqual(ran.toSorted(), shortNames.toSorted(), 'and as its placement, says the task itself')
  await until(
    'the watch has told all',
    async () => changes.filter(({ phase }) => OVER.has(phase)).length >= placements.length,
  )
  t.deepEqual(heldTwice(changes), [])
  t.deepEqual(overlapping(placements), [])

  const outcomes = schedulers.flatMap((scheduler) => scheduler.outcomes)
  const accepted = outcomes.filter((outcome) => outcome.accepted)
  t.deepEqual(
    accepted.map(({ workload, proposed }) => `${workload} ${proposed.join()}`).toSorted(),
    of(outside)
      .map(({ workload, machine }) => `${workload} ${machine}`)
      .toSorted(),
    'every one is where a scheduler put it',
  )
  checkRefusals(
    t,
    outcomes.filter((outcome) => !outcome.accepted),
  )
  const began = of(own).map(({ create_time: time }) => millisecondsOf(time))
  const last = Math.max(...of(outside).map(({ create_time: time }) => millisecondsOf(time)))
  t.true(Math.max(...began) < last, 'the coordinator placed its own meanwhile')
})

/** Waits until every workload has ended, and well. */
async function allSucceeded(connection: Connection, count: number): Promise<void> {
  await until('all have succeeded', async () => {
    const { workloads } = must(await connection.call(services.WorkloadService.ListWorkloads, { page_size: 1000 }))
    const bad = workloads.filter(({ state }) => FAILED.has(state))
    if (bad.length > 0) throw new Hopeless(bad.map(({ name, state_reason: why }) => `${name}: ${why}`).join('\n'))
    return workloads.filter(({ state }) => state === WorkloadState.WORKLOAD_STATE_SUCCEEDED).length === count
  })
}

function checkRefusals(t: ExecutionContext, refused: readonly Outcome[]): void {
  t.true(refused.length >= MACHINES, 'both wanted every machine at once')
  t.true(refused.some(({ reason }) => reason === 'HELD_BY_TENANT'))
  for (const { workload, reason, message, machines, proposed } of refused) {
    t.true(message.includes(workload.slice('workloads/'.length)), message)
    const against = WORKLOAD_REASONS.has(reason) ? {} : Object.fromEntries(proposed.map((name) => [name, reason]))
    t.deepEqual(machines, against, `${reason}: ${message}`)
  }
  const counts = Object.entries(Object.groupBy(refused, ({ reason }) => reason))
  t.log(counts.map(([reason, all = []]) => `${all.length} ${reason}`).join(', '))
}
