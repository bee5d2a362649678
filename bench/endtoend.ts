import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { LocalFleet, until } from '../demo/fleet.ts'
import { parseContextFile } from '../shared/context_file.ts'
import { Connection } from '../shared/grpc/client.ts'
import { WorkloadState } from '../shared/wire/gen/types/billet/v1/WorkloadState.ts'
import { services } from '../shared/wire/load.ts'
import { cpuMilliseconds, note, numberArgument, print } from './lib/figures.ts'

/**
 * Jobs per second, end to end: submitted, placed, /bin/true really run as the tenant's user, exited, handed back,
 * validated, and the machine available again. A real coordinator; real agents, many in one process. Each
 * machine's directories are in memory: two hundred machines do not share one disk. The coordinator's store is on it.
 */
const machineCount = numberArgument('machines', 200)
const jobCount = numberArgument('jobs', 1000)
/** Processes that the agents are spread over. */
const processCount = numberArgument('processes', 2)
/** Submissions that wait for their answer at once. */
const SUBMITTERS = 32

const directory = mkdtempSync(join(tmpdir(), 'billet-bench-'))
const machines = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'billet-bench-'))
chmodSync(machines, 0o755)
const fleet = new LocalFleet(directory)
const agents = await start()
try {
  const context = parseContextFile(readFileSync(fleet.contextFile, 'utf8'))
  const admin = context.ok ? context.value.contexts['admin'] : undefined
  if (admin === undefined) throw new Error('the coordinator wrote no context')
  const { ca: authorities, certificate, key, address } = admin
  const connection = new Connection(address, { authorities, identity: { certificate, key } })
  await until(`${machineCount} machines are available`, async () => (await available(connection)) === machineCount)
  note(`${machineCount} machines are available; ${jobCount} jobs follow`)
  const coordinator = fleet.pid('coordinator')
  const before = { coordinator: cpuMilliseconds(coordinator), agents: cpuOfAgents() }
  const seconds = await runJobs(connection)
  const after = { coordinator: cpuMilliseconds(coordinator), agents: cpuOfAgents() }
  print({ bench: 'endtoend', metric: 'jobs_per_second', value: jobCount / seconds, unit: '1/s' })
  print({
    bench: 'endtoend',
    metric: 'coordinator_cpu_ms_per_job',
    value: (after.coordinator - before.coordinator) / jobCount,
    unit: 'ms',
  })
  print({
    bench: 'endtoend',
    metric: 'agent_cpu_ms_per_job',
    value: (after.agents - before.agents) / jobCount,
    unit: 'ms',
  })
  connection.close()
} finally {
  for (const agent of agents) agent.kill('SIGTERM')
  for (const agent of agents) if (agent.exitCode === null) await once(agent, 'exit')
  await fleet.stop()
  for (const path of [directory, machines]) rmSync(path, { recursive: true, force: true })
}

async function start() {
  await fleet.startCoordinator()
  const { stdout } = await fleet.billet('tokens', 'create', '--auto-approve', '--uses', `${machineCount}`)
  const token = join(directory, 'token')
  writeFileSync(token, stdout, { mode: 0o600 })
  const { coordinator, enrolment, fingerprint } = fleet.addresses
  const program = join(import.meta.dirname, 'lib', 'many_agents.ts')
  const common = [machines, coordinator, enrolment, fingerprint, token]
  return Array.from({ length: processCount }, (_, index) => {
    const [first, end] = [index, index + 1].map((of) => `${Math.floor((of * machineCount) / processCount)}`)
    const options = [program, first ?? '', end ?? '', ...common]
    return spawn(process.execPath, options, { stdio: ['ignore', 'inherit', 'inherit'] })
  })
}

function cpuOfAgents(): number {
  return agents.reduce((sum, { pid }) => sum + cpuMilliseconds(pid ?? 0), 0)
}

async function available(connection: Connection): Promise<number> {
  const page = await connection.call(services.MachineService.ListMachines, { page_size: 1000, filter: { states: [3] } })
  return page.ok ? page.value.machines.length : 0
}

async function runJobs(connection: Connection): Promise<number> {
  const began = performance.now()
  let submitted = 0
  const submit = async (): Promise<void> => {
    while (submitted < jobCount) {
      submitted += 1
      const spec = { machine_count: 1, task: { argv: ['/bin/true'] } }
      const answer = await connection.call(services.WorkloadService.SubmitWorkload, { tenant: 'bench', spec })
      if (!answer.ok) throw new Error(answer.error.message)
    }
  }
  const ended = watchEnds(connection)
  await Promise.all([ended, ...Array.from({ length: SUBMITTERS }, submit)])
  while ((await available(connection)) < machineCount) await new Promise((resolve) => setTimeout(resolve, 20))
  return (performance.now() - began) / 1000
}

/** Answers once every job has succeeded; one that did not is an error. */
async function watchEnds(connection: Connection): Promise<void> {
  const over = new Set<string>()
  for await (const change of connection.stream(services.WorkloadService.WatchWorkloads, {})) {
    if (!change.ok) throw new Error(change.error.message)
    const { workload } = change.value
    if (workload === null || workload === undefined) continue
    if (workload.state === WorkloadState.WORKLOAD_STATE_FAILED) throw new Error(workload.state_reason)
    if (workload.state === WorkloadState.WORKLOAD_STATE_SUCCEEDED) over.add(workload.name)
    if (over.size === jobCount) return
  }
}
