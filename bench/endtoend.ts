import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { LocalFleet, until } from '../demo/fleet.ts'
import { Connection } from '../shared/grpc/client.ts'
import { WorkloadState } from '../shared/wire/gen/types/billet/v1/WorkloadState.ts'
import { MachineState } from '../shared/wire/gen/types/billet/v1/MachineState.ts'
import { measurePass } from './lib/one_pass.ts'
import { services } from '../shared/wire/load.ts'
import { BATCH, CLIENTS, measureApi, startSimulatedFleet } from './lib/allocations.ts'
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
/** Machines that only say that they do what is wanted; none: that part is left out. */
const simulatedCount = numberArgument('simulated', 1024)
const simulatedJobs = numberArgument('simulated-jobs', 10_000)
/** Workloads that wait where one pass is measured. */
const waitingCount = numberArgument('waiting', 20_000)
/** How long each of the rates by the API alone is measured. */
const secondsEach = numberArgument('seconds', 10)
/** Submissions that wait for their answer at once. */
const SUBMITTERS = 32

if (simulatedCount > 0) {
  if (simulatedCount < BATCH) throw new Error(`--simulated: expected 0, or at least ${BATCH}, got ${simulatedCount}`)
  await measurePass(simulatedCount, waitingCount)
  await byTheApi()
}
if (machineCount > 0) await withProcesses()

function adminConnection(fleet: LocalFleet): Connection {
  const { ca: authorities, certificate, key, address } = fleet.admin
  return new Connection(address, { authorities, identity: { certificate, key } })
}

/** By the API alone: machines that do at once what is wanted, and nothing in truth. */
async function byTheApi(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'billet-bench-'))
  const fleet = new LocalFleet(directory)
  await fleet.startCoordinator()
  const authority = join(directory, 'authority.pem')
  writeFileSync(authority, fleet.admin.ca)
  const { coordinator, enrolment } = fleet.addresses
  const token = await writeToken(fleet, simulatedCount)
  const about = { machines: simulatedCount, processes: processCount }
  const simulated = startSimulatedFleet(about, [authority, coordinator, enrolment, token])
  const connections = Array.from({ length: CLIENTS + 1 }, () => adminConnection(fleet))
  try {
    const [first] = connections
    if (first === undefined) return
    await until('all machines are available', async () => (await available(first)) === simulatedCount, 300_000)
    const pid = fleet.pid('coordinator')
    const measured = { connections, coordinator: pid, machines: simulatedCount, jobs: simulatedJobs }
    await measureApi({ ...measured, seconds: secondsEach })
  } finally {
    for (const connection of connections) connection.close()
    for (const child of simulated) child.kill('SIGTERM')
    await fleet.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function writeToken(fleet: LocalFleet, uses: number): Promise<string> {
  const { stdout } = await fleet.billet('tokens', 'create', '--auto-approve', '--uses', `${uses}`)
  const token = join(fleet.directory, 'token')
  writeFileSync(token, stdout, { mode: 0o600 })
  return token
}

async function withProcesses(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'billet-bench-'))
  const machines = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'billet-bench-'))
  chmodSync(machines, 0o755)
  const fleet = new LocalFleet(directory)
  const agents = await start(fleet, machines)
  const connection = adminConnection(fleet)
  try {
    await until(`${machineCount} machines are available`, async () => (await available(connection)) === machineCount)
    note(`${machineCount} machines are available; ${jobCount} jobs follow`)
    const coordinator = fleet.pid('coordinator')
    const before = { coordinator: cpuMilliseconds(coordinator), agents: cpuOf(agents) }
    const seconds = await runJobs(connection)
    const used = cpuMilliseconds(coordinator) - before.coordinator
    report('jobs_per_second', jobCount / seconds, '1/s')
    report('coordinator_cpu_ms_per_job', used / jobCount, 'ms')
    report('agent_cpu_ms_per_job', (cpuOf(agents) - before.agents) / jobCount, 'ms')
  } finally {
    connection.close()
    for (const agent of agents) agent.kill('SIGTERM')
    for (const agent of agents) if (agent.exitCode === null) await once(agent, 'exit')
    await fleet.stop()
    for (const path of [directory, machines]) rmSync(path, { recursive: true, force: true })
  }
}

function report(metric: string, value: number, unit: string): void {
  print({ bench: 'endtoend', metric, value, unit })
}

async function start(fleet: LocalFleet, machines: string): Promise<readonly ChildProcess[]> {
  await fleet.startCoordinator()
  const token = await writeToken(fleet, machineCount)
  const { coordinator, enrolment, fingerprint } = fleet.addresses
  const program = join(import.meta.dirname, 'lib', 'many_agents.ts')
  const common = [machines, coordinator, enrolment, fingerprint, token]
  return Array.from({ length: processCount }, (_, index) => {
    const [first, end] = [index, index + 1].map((of) => `${Math.floor((of * machineCount) / processCount)}`)
    const options = [program, first ?? '', end ?? '', ...common]
    return spawn(process.execPath, options, { stdio: ['ignore', 'inherit', 'inherit'] })
  })
}

function cpuOf(processes: readonly ChildProcess[]): number {
  return processes.reduce((sum, { pid }) => sum + cpuMilliseconds(pid ?? 0), 0)
}

async function available(connection: Connection): Promise<number> {
  let count = 0
  let page_token = ''
  do {
    const filter = { states: [MachineState.MACHINE_STATE_AVAILABLE] }
    const request = { page_size: 1000, page_token, filter }
    const page = await connection.call(services.MachineService.ListMachines, request)
    if (!page.ok) return 0
    count += page.value.machines.length
    page_token = page.value.next_page_token
  } while (page_token !== '')
  return count
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
