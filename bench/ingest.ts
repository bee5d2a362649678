import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalFleet } from '../demo/fleet.ts'
import { parseContextFile } from '../shared/context_file.ts'
import { cpuMilliseconds, note, numberArgument, print } from './lib/figures.ts'
import { SimulatedAgent } from './lib/simulated_agent.ts'

/**
 * Samples per second that one coordinator takes in: real binary, real TLS, simulated agents in this process that
 * send as fast as they are read. A sample counts once the coordinator has answered a heartbeat sent after it.
 */
const agentCount = numberArgument('agents', 50)
const seconds = numberArgument('seconds', 8)
const metricCount = numberArgument('metrics', 120)
/** Samples between two heartbeats. */
const ROUND = 200

const directory = mkdtempSync(join(tmpdir(), 'billet-bench-'))
const fleet = new LocalFleet(directory)
try {
  await fleet.startCoordinator()
  const { stdout } = await fleet.billet('tokens', 'create', '--auto-approve', '--uses', `${agentCount}`)
  const context = parseContextFile(readFileSync(fleet.contextFile, 'utf8'))
  if (!context.ok) throw new Error(context.error)
  const { ca: authority, address: api } = context.value.contexts['admin'] ?? { ca: '', address: '' }
  const where = { authority, api, enrolment: fleet.addresses.enrolment, token: stdout.trim() }
  const agents: SimulatedAgent[] = []
  for (let number = 0; number < agentCount; number += 1) agents.push(await SimulatedAgent.join(where, number))
  note(`${agentCount} agents with ${metricCount} metrics each, for ${seconds} s`)
  await measure(agents, fleet.pid('coordinator'))
  for (const agent of agents) agent.close()
} finally {
  await fleet.stop()
  rmSync(directory, { recursive: true, force: true })
}

async function measure(agents: readonly SimulatedAgent[], coordinator: number): Promise<void> {
  const metrics = Array.from({ length: metricCount }, (_, index) => ({ name: `metric_${index}`, kind: 1 as const }))
  for (const agent of agents) await agent.write({ schema: { id: 1, metrics } })
  const values = Array.from({ length: metricCount }, (_, index) => index * 1.5)
  const began = performance.now()
  const cpuBefore = cpuMilliseconds(coordinator)
  const until = began + seconds * 1000
  let taken = 0
  const run = async (agent: SimulatedAgent): Promise<void> => {
    while (performance.now() < until) {
      const time = { seconds: Math.floor(Date.now() / 1000), nanos: 0 }
      for (let count = 0; count < ROUND; count += 1) await agent.write({ sample: { schema_id: 1, time, values } })
      await agent.settled()
      taken += ROUND
    }
  }
  await Promise.all(agents.map(run))
  const elapsed = (performance.now() - began) / 1000
  const cpu = cpuMilliseconds(coordinator) - cpuBefore
  print({ bench: 'ingest', metric: 'samples_per_second', value: taken / elapsed, unit: '1/s' })
  print({ bench: 'ingest', metric: 'coordinator_cpu_us_per_sample', value: (cpu * 1000) / taken, unit: 'us' })
}
