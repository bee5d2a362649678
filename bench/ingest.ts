import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LocalFleet } from '../demo/fleet.ts'
import type { Context } from '../shared/context_file.ts'
import { Connection } from '../shared/grpc/client.ts'
import { services } from '../shared/wire/load.ts'
import { cpuMilliseconds, memory, note, numberArgument, print } from './lib/figures.ts'
import { startServer } from './lib/server_process.ts'
import { type Fleet, SimulatedAgent } from './lib/simulated_agent.ts'

/**
 * Samples per second that one coordinator takes in: real binary, real TLS, simulated agents in this process that
 * send as fast as they are read. A sample counts once the coordinator has answered a heartbeat sent after it.
 */
const agentCount = numberArgument('agents', 100)
const seconds = numberArgument('seconds', 8)
const metricCount = numberArgument('metrics', 120)
const rounds = numberArgument('rounds', 2)
const sessionCount = numberArgument('sessions', 2000)
/** Samples between two heartbeats. */
const ROUND = 200
const BEFORE_MORE_MS = 2000

type Load = { readonly perSecond: number; readonly cpuMicroseconds: number }
type Where = { readonly agents: readonly SimulatedAgent[]; readonly pid: number }

const directory = mkdtempSync(join(tmpdir(), 'billet-bench-'))
const fleet = new LocalFleet(directory)
let echo: ChildProcess | undefined
try {
  await fleet.startCoordinator([`--connections-per-address-max=${sessionCount + agentCount + 100}`])
  const context = fleet.admin
  const joined = await joinAll(await whereabouts(context, agentCount), 0, agentCount)
  const ours = { agents: joined, pid: fleet.pid('coordinator') }
  const plain = await echoing(joined.map(({ identity }) => identity))
  for (const agent of [...ours.agents, ...plain.agents]) await agent.write({ schema: schema() })
  note(`${agentCount} agents with ${metricCount} metrics each, ${rounds} times ${seconds} s, and plain grpc-js beside`)
  const limit = await compare(ours, plain)
  for (const agent of plain.agents) agent.close()
  await latency(ours, context, limit / 2)
  for (const agent of ours.agents) agent.close()
  await sessions(context, ours.pid)
} finally {
  echo?.kill('SIGKILL')
  await fleet.stop()
  rmSync(directory, { recursive: true, force: true })
}

async function whereabouts({ ca, address }: Context, uses: number): Promise<Fleet> {
  const { stdout } = await fleet.billet('tokens', 'create', '--auto-approve', '--uses', `${uses}`)
  return { authority: ca, api: address, enrolment: fleet.addresses.enrolment, token: stdout.trim() }
}

/** A few at a time: each makes a key and a connection. */
async function joinAll(where: Fleet, first: number, count: number): Promise<readonly SimulatedAgent[]> {
  const agents: SimulatedAgent[] = []
  let next = first
  const joining = async (): Promise<void> => {
    while (next < first + count) agents.push(await SimulatedAgent.join(where, next++))
  }
  await Promise.all(Array.from({ length: 8 }, joining))
  return agents
}

/** The same agents at a server that does nothing but take in. */
async function echoing(identities: readonly SimulatedAgent['identity'][]): Promise<Where> {
  const identity = join(directory, 'coordinator', 'identity')
  const files = ['server.pem', 'server.key', 'ca.pem'].map((name) => join(identity, name))
  const { child, port } = await startServer('echo_server.ts', ...files)
  echo = child
  const authority = readFileSync(join(identity, 'ca.pem'), 'utf8')
  const agents: SimulatedAgent[] = []
  for (const one of identities) agents.push(await SimulatedAgent.connect(`127.0.0.1:${port}`, authority, one))
  return { agents, pid: child.pid ?? 0 }
}

function schema() {
  return {
    id: 1,
    metrics: Array.from({ length: metricCount }, (_, index) => ({ name: `metric_${index}`, kind: 1 as const })),
  }
}

function sampleNow() {
  const values = Array.from({ length: metricCount }, (_, index) => index * 1.5)
  return { sample: { schema_id: 1, time: { seconds: Math.floor(Date.now() / 1000), nanos: 0 }, values } }
}

/** All agents at once, as fast as they are read. */
async function load({ agents, pid }: Where): Promise<Load> {
  const began = performance.now()
  const cpuBefore = cpuMilliseconds(pid)
  const until = began + seconds * 1000
  let taken = 0
  const run = async (agent: SimulatedAgent): Promise<void> => {
    while (performance.now() < until) {
      const message = sampleNow()
      for (let count = 0; count < ROUND; count += 1) await agent.write(message)
      await agent.settled()
      taken += ROUND
    }
  }
  await Promise.all(agents.map(run))
  const elapsed = (performance.now() - began) / 1000
  return { perSecond: taken / elapsed, cpuMicroseconds: ((cpuMilliseconds(pid) - cpuBefore) * 1000) / taken }
}

/** In turns, so that both have the same neighbours; what counts is the best of each. */
async function compare(ours: Where, plain: Where): Promise<number> {
  const [mine, others]: [Load[], Load[]] = [[], []]
  // What is made at the first samples is made once.
  await load(ours)
  for (let round = 0; round < rounds; round += 1) {
    others.push(await load(plain))
    await sleep(BEFORE_MORE_MS)
    mine.push(await load(ours))
    await sleep(BEFORE_MORE_MS)
  }
  const most = (all: readonly Load[]): number => Math.max(...all.map(({ perSecond }) => perSecond))
  const least = (all: readonly Load[]): number => Math.min(...all.map(({ cpuMicroseconds }) => cpuMicroseconds))
  const common = { bench: 'ingest', peer: 'plain grpc-js' } as const
  print({ ...common, metric: 'samples_per_second', value: most(mine), unit: '1/s', ratio: most(mine) / most(others) })
  print({ bench: 'ingest', metric: 'echo_samples_per_second', value: most(others), unit: '1/s' })
  const cpu = { metric: 'coordinator_cpu_us_per_sample', value: least(mine), unit: 'us' }
  print({ ...common, ...cpu, ratio: least(mine) / least(others) })
  print({ bench: 'ingest', metric: 'echo_ratio', value: least(others) / least(mine), unit: 'ratio' })
  return most(mine)
}

/** How long calls of the API take while samples come at this rate. */
async function latency({ agents }: Where, { address, ca, certificate, key }: Context, rate: number): Promise<void> {
  const user = new Connection(address, { authorities: ca, identity: { certificate, key } })
  const until = performance.now() + seconds * 1000
  const beat = 50
  const each = Math.max(1, Math.round((rate * beat) / 1000 / agents.length))
  const run = async (agent: SimulatedAgent, number: number): Promise<void> => {
    await sleep((beat * number) / agents.length)
    while (performance.now() < until) {
      const next = performance.now() + beat
      const message = sampleNow()
      for (let count = 0; count < each; count += 1) await agent.write(message)
      await sleep(Math.max(0, next - performance.now()))
    }
  }
  const took: number[] = []
  const ask = async (): Promise<void> => {
    while (performance.now() < until) {
      const began = performance.now()
      const answer = await user.call(services.MachineService.ListMachines, { page_size: 100 })
      if (!answer.ok) throw new Error(answer.error.message)
      took.push(performance.now() - began)
      await sleep(10)
    }
  }
  await Promise.all([...agents.map(run), ask()])
  user.close()
  const sorted = took.toSorted((one, other) => one - other)
  const percentile = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? Number.NaN
  note(`${took.length} calls while ${Math.round(rate)} samples came in a second`)
  print({ bench: 'ingest', metric: 'api_p50_ms_at_half_load', value: percentile(0.5), unit: 'ms' })
  print({ bench: 'ingest', metric: 'api_p99_ms_at_half_load', value: percentile(0.99), unit: 'ms' })
}

/** What many sessions take: each has said what it measures, and sent a few samples. */
async function sessions(context: Context, coordinator: number): Promise<void> {
  await sleep(BEFORE_MORE_MS)
  const before = memory(coordinator)
  const agents = await joinAll(await whereabouts(context, sessionCount), agentCount, sessionCount)
  for (const agent of agents) await agent.write({ schema: schema() })
  for (let beat = 0; beat < 8; beat += 1) for (const agent of agents) await agent.write(sampleNow())
  for (const agent of agents) await agent.settled()
  await sleep(BEFORE_MORE_MS)
  const after = memory(coordinator)
  const each = (after.resident - before.resident) / sessionCount
  note(`${sessionCount} sessions, with 8 samples of ${metricCount} metrics each`)
  print({ bench: 'ingest', metric: 'resident_kb_per_session', value: each / 1000, unit: 'kB' })
  for (const agent of agents) agent.close()
}
